// Demand statistics: recent value and variability per row, and the classes they put it in.
import { learnAt, MOMENTS_WIDTH } from '../stats/recent-moments.js';
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';
import {
  ABC,
  type Abc,
  type Borders,
  type DemandClass,
  type Rank,
  rankOf,
  type Scale,
  XYZ,
  type Xyz,
} from './classes.js';
import { ValueHistogram } from './value-histogram.js';

/** After as many days value and variability count half: a quarter of a year. */
const HALF_LIFE_DAYS = 91;
/** Shares of a location's value that A makes up, and A and B together. */
const SHARES = [0.8, 0.95] as const;
/** Shares that take a row into the better class, and out of it. */
const NARROW_SHARES = [0.76, 0.94] as const;
const WIDE_SHARES = [0.84, 0.96] as const;
/** By coefficient of variation of demand a bucket. */
const VARIATION = {
  borders: [0.5, 1],
  narrow: [0.45, 0.9],
  wide: [0.55, 1.1],
  isFalling: false,
} as const;

/**
 * Value is units x price, each bucket's fading to a half in 91 days. As a location's bucket closes,
 * its rows by falling value: those that make up the first 80 % are A, up to 95 % B, the rest C; the
 * row that crosses a border belongs above it. Variability is sd / mean of demand a bucket, fading
 * alike: up to .5 X, up to 1 Y, above Z. So that classes do not flutter, a row gets into A when it is
 * among the first 76 % and leaves it beyond 84 %, B at 94 and 96 %; X at .45 and .55, Y at .9 and 1.1.
 */
export class DemandStatistics {
  private readonly moments: Column<Float64Array>;
  private readonly value: Column<Float64Array>;
  private readonly price: Column<Float64Array>;
  private readonly abcRank: Column<Uint8Array>;
  private readonly xyzRank: Column<Uint8Array>;
  /** Of the locations whose bucket closes, by number: values, and where classes end by them. */
  private readonly histograms = new Map<number, ValueHistogram>();
  private readonly scales = new Map<number, Scale>();
  /** Share that is left of an earlier bucket. */
  private readonly kept: number;
  private readonly memory: number;

  /** @param bucketDays length of a bucket */
  constructor(
    private readonly table: Table,
    bucketDays: number,
  ) {
    this.kept = keptAfter(bucketDays);
    this.memory = 1 / (1 - this.kept);
    const columns = table.columns('classes');
    this.moments = columns.float64('moments', MOMENTS_WIDTH);
    this.value = columns.float64('value');
    this.abcRank = columns.uint8('abc');
    this.xyzRank = columns.uint8('xyz');
    this.price = table.columns('statistics').float64('price', 1, 1);
  }

  /** Takes a closed bucket. */
  learn(row: number, units: number): void {
    const place = { values: this.moments.values, at: row * MOMENTS_WIDTH };
    learnAt(place, Math.max(0, units), { weight: 1, memory: this.memory });
  }

  /** Value of demand rises. Without a price (NaN) the row's last one counts, at first 1. */
  addValue(row: number, units: number, price: number): void {
    if (!Number.isNaN(price)) this.price.values[row] = price;
    this.value.values[row] =
      (this.value.values[row] as number) + units * (this.price.values[row] as number);
  }

  /** Cancelled units take what is left of their value back out, at the row's last price. */
  takeValue(row: number, units: number, ageDays: number): void {
    const taken = units * (this.price.values[row] as number) * keptAfter(Math.max(0, ageDays));
    this.value.values[row] = Math.max(0, (this.value.values[row] as number) - taken);
  }

  /** A bucket closes for the rows of some locations: all of them fade, then all are classed. */
  beginClosing(): void {
    this.histograms.clear();
    this.scales.clear();
  }

  /** A row whose bucket closes: its value fades, and has a part in its location's borders. */
  fade(row: number): void {
    const value = (this.value.values[row] as number) * this.kept;
    this.value.values[row] = value;
    histogramIn(this.histograms, this.table.locationNumber(row)).add(value);
  }

  /** Puts a row into its classes, once all rows of its location have faded. */
  classify(row: number): void {
    const location = this.table.locationNumber(row);
    let scale = this.scales.get(location);
    if (scale === undefined) {
      scale = scaleOf(histogramIn(this.histograms, location));
      this.scales.set(location, scale);
    }
    this.abcRank.values[row] = this.rankByValue(row, scale);
    this.xyzRank.values[row] = this.rankByVariation(row);
  }

  /** Class as of the last bucket; null: nothing was sold. */
  xyz(row: number): Xyz | null {
    const rank = this.xyzRank.values[row] || this.rankByVariation(row);
    return XYZ[rank - 1] ?? null;
  }

  /** Class as of the last closed bucket. */
  classOf(row: number): DemandClass {
    const abc = ABC[(this.abcRank.values[row] as number) - 1];
    if (abc === undefined) return '';
    const xyz = XYZ[(this.xyzRank.values[row] as number) - 1];
    return xyz === undefined ? abc : `${abc}${xyz}`;
  }

  /** Class of each row as of its last closed bucket; before the first, by the values there are. */
  abc(): Abc[] {
    const { rows } = this.table;
    const now = new Map<number, ValueHistogram>();
    for (let row = 0; row < rows; row++) {
      const values = histogramIn(now, this.table.locationNumber(row));
      values.add(this.value.values[row] as number);
    }
    const scales = new Map([...now].map(([location, values]) => [location, scaleOf(values)]));
    return Array.from({ length: rows }, (_, row) => {
      const scale = scales.get(this.table.locationNumber(row)) as Scale;
      return ABC[(this.abcRank.values[row] || this.rankByValue(row, scale)) - 1] as Abc;
    });
  }

  private rankByValue(row: number, scale: Scale): Rank {
    return rankOf(this.value.values[row] as number, scale, this.abcRank.values[row] as Rank);
  }

  /** 0: nothing was sold. */
  private rankByVariation(row: number): Rank {
    const at = row * MOMENTS_WIDTH;
    const weight = this.moments.values[at] as number;
    const mean = this.moments.values[at + 1] as number;
    if (!(mean > 0)) return 0;
    const variation = Math.sqrt((this.moments.values[at + 2] as number) / weight) / mean;
    return rankOf(variation, VARIATION, this.xyzRank.values[row] as Rank);
  }
}

function histogramIn(histograms: Map<number, ValueHistogram>, location: number): ValueHistogram {
  const known = histograms.get(location);
  if (known !== undefined) return known;
  const histogram = new ValueHistogram();
  histograms.set(location, histogram);
  return histogram;
}

function scaleOf(histogram: ValueHistogram): Scale {
  const at = ([first, second]: Borders): Borders => [
    histogram.border(first),
    histogram.border(second),
  ];
  return { borders: at(SHARES), narrow: at(NARROW_SHARES), wide: at(WIDE_SHARES), isFalling: true };
}

function keptAfter(days: number): number {
  return 0.5 ** (days / HALF_LIFE_DAYS);
}
