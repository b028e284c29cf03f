// The outlook: the calibrated distribution of a row's coming demand, around any point forecast.
import type { DemandPattern } from '../demand/pattern.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { Calibrated } from './calibrated.js';
import type { Course } from './course.js';
import { Distribution } from './distribution.js';
import { between, GROUPS, type Horizons, type Target } from './horizons.js';
import { Outstanding, type Over } from './outstanding.js';
import type { Shared } from './shape.js';
import { type Hurdle, Spread } from './spread.js';
import { TRACKED } from './tracked.js';

const COUNT = TRACKED.length;
const NEXT: Target = { from: 1, to: 1 };
/** Level of the quantile that a bucket is learned with at most. */
const BULK = TRACKED.indexOf(0.995);
/** The row's own mean, around which its distribution lies, learns up to so many times as much. */
const MOST_TIMES = 3;
/** Rows that are enough to judge forecasts further ahead; with more each has its turn less often. */
const ROWS_A_TURN = 8000;
const MOST_TURNS = 8;

/** Whatever predicts the next buckets of a row; false while it cannot. */
export interface Predictor {
  predict(row: number, horizon: number, out: Float64Array): boolean;
}

export interface OutlookParts {
  readonly table: Table;
  readonly course: Course;
  readonly predictor: Predictor;
  readonly horizons: Horizons;
  /** Name of its state; another one for each outlook over a table. */
  readonly scope: string;
}

/**
 * How far demand strays from a point forecast, learned as buckets close: by `Spread` (what a row
 * knows of itself), `SharedShape` (what all rows know together) and `ConformalLevels` (what makes
 * each level hold, for each demand pattern). For each row `judge` before its forecasters learn a
 * bucket and `keep` behind that; `apply` when the bucket has closed for all rows.
 */
export class Outlook implements Stateful {
  private readonly spread: Spread;
  private readonly groups: readonly Calibrated[];
  private readonly outstanding: readonly Outstanding[];
  private readonly path: Float64Array;
  private readonly scratch = new Distribution();
  private readonly usual = new Distribution();
  private readonly mass = { below: 0, through: 0 };
  private readonly shares = new Float64Array(COUNT);
  private readonly unread = new Float64Array(COUNT);
  private readonly blended = { correction: 1, z: new Float64Array(COUNT) };

  constructor(private readonly parts: OutlookParts) {
    const { table, course, scope, horizons } = parts;
    this.spread = new Spread(table, scope);
    this.groups = calibratedFor(horizons);
    const { near, far } = horizons;
    this.outstanding = [near, far].map(
      (buckets) => new Outstanding(table, scope, { buckets, seasons: course.seasons }),
    );
    this.path = new Float64Array(far);
  }

  /** Demand pattern over the row's life. */
  pattern(row: number): DemandPattern {
    return this.spread.pattern(row);
  }

  /**
   * A bucket has closed.
   * @param units all that was asked for in it; NaN: that is not known
   * @param expected what was forecast for it; NaN: nothing
   * @returns share of what came that lies below each tracked level, to read at once; null: unknown
   */
  judge(row: number, units: number, expected: number): Float64Array | null {
    const known = this.parts.course.known(row);
    const isKnown = !Number.isNaN(units);
    const isJudged = isKnown && !Number.isNaN(expected);
    const { shares } = this;
    if (isJudged) {
      const hurdle = this.spread.of(row, known, expected, 1, 1);
      this.judgeGroup(0, row, hurdle, units, shares);
    }
    for (let n = 0; n < this.outstanding.length; n++) {
      const over = (this.outstanding[n] as Outstanding).take(row, units);
      if (over !== null) this.judgeOver(n, row, over, units);
    }
    return isJudged ? shares : null;
  }

  /**
   * Takes the bucket that was judged into what is known of the row: its size as it came, its mean
   * with three times of what `most` allows.
   * @returns units as forecasters are to learn them
   */
  learn(row: number, units: number, expected: number): number {
    if (Number.isNaN(units)) return units;
    const known = this.parts.course.known(row);
    const damped = this.damped(row, units, expected);
    if (!Number.isNaN(expected)) {
      this.spread.learnSize(row, units, this.spread.of(row, known, expected, 1, 1));
    }
    this.spread.learn(row, Math.min(units, MOST_TIMES * damped), known);
    return damped;
  }

  /**
   * Most units that are learned of a bucket for which `expected` are forecast: the 99.5 % quantile
   * of the row's distribution. More, as of a bulk order, counts as these. If demand stays up there,
   * the distribution follows within some buckets, and so does what is learned.
   */
  most(row: number, expected: number): number {
    const usual = this.distribution(row, NEXT, expected, this.usual);
    return Math.max(1, expected, usual.quantile(TRACKED[BULK] as number));
  }

  /** Units of a bucket in which stock ran out: a bulk order may be what emptied the shelf. */
  bounded(row: number, units: number, expected: number): number {
    return units > expected ? Math.min(units, this.most(row, expected)) : units;
  }

  /** Keeps the forecasts further ahead that are due, until they can be judged. */
  keep(row: number): void {
    const { course, predictor } = this.parts;
    const known = course.known(row);
    const turns = Math.min(MOST_TURNS, 1 + Math.floor(this.parts.table.rows / ROWS_A_TURN));
    for (const outstanding of this.outstanding) {
      if (!outstanding.isDue(row, known, turns)) continue;
      const { buckets } = outstanding;
      if (!predictor.predict(row, buckets, this.path)) continue;
      let sum = 0;
      for (let i = 0; i < buckets; i++) sum += this.path[i] as number;
      const expected = this.path[buckets - 1] as number;
      outstanding.putLast(row, this.spread.of(row, known, expected, 1, buckets));
      outstanding.putTotal(row, this.spread.of(row, known, sum, buckets, buckets));
    }
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    this.spread.apply();
    const [next, bucketNear, bucketFar, totalNear, totalFar] = this.groups;
    // What is nearer comes first: what is further ahead goes by it.
    next?.apply(undefined);
    bucketNear?.apply(next);
    bucketFar?.apply(next);
    totalNear?.apply(next);
    totalFar?.apply(totalNear);
  }

  /**
   * Writes the distribution of the units of a target.
   * @param expected what is forecast for it, in all
   * @returns `into`
   */
  distribution(row: number, target: Target, expected: number, into: Distribution): Distribution {
    const { course, horizons } = this.parts;
    const buckets = target.to - target.from + 1;
    const hurdle = this.spread.of(row, course.known(row), expected, buckets, target.to);
    const { first, second, weight } = between(target, horizons);
    const one = this.groups[first] as Calibrated;
    const two = this.groups[second] as Calibrated;
    const shared = this.blend(one.shape.of(hurdle.chance), two.shape.of(hurdle.chance), weight);
    into.set(hurdle, this.spread.isWhole(row), shared);
    const pattern = this.pattern(row);
    const near = one.levels(pattern).asked;
    const far = two.levels(pattern).asked;
    for (let i = 0; i < COUNT; i++) {
      into.asked[i + 1] = mix(near[i] as number, far[i] as number, weight);
    }
    return into;
  }

  save(out: StateWriter): void {
    this.spread.save(out);
    const all = new Float64Array(GROUPS.length * Calibrated.WIDTH);
    this.groups.forEach((group, g) => {
      group.write(all.subarray(g * Calibrated.WIDTH, (g + 1) * Calibrated.WIDTH));
    });
    out.put(`${this.parts.scope}.calibrated`, all);
  }

  load(from: StateReader): void {
    this.spread.load(from);
    const all = from.float64(`${this.parts.scope}.calibrated`);
    this.groups.forEach((group, g) => {
      group.read(all.subarray(g * Calibrated.WIDTH, (g + 1) * Calibrated.WIDTH));
    });
  }

  private damped(row: number, units: number, expected: number): number {
    if (!(units > expected)) return units;
    // Of what `judge` was told: none of it lies below the quantile where it is beyond.
    if ((this.shares[BULK] as number) > 0) return units;
    return Math.min(units, this.most(row, expected));
  }

  private judgeOver(n: number, row: number, over: Over, units: number): void {
    if (!Number.isNaN(units)) this.judgeGroup(1 + n, row, over.last, units, this.unread);
    if (Number.isNaN(over.units)) return;
    this.judgeGroup(3 + n, row, over.total, over.units, this.unread);
  }

  private judgeGroup(
    group: number,
    row: number,
    hurdle: Hurdle,
    units: number,
    shares: Float64Array,
  ): void {
    const { scratch, mass } = this;
    const calibrated = this.groups[group] as Calibrated;
    const { shape } = calibrated;
    scratch.set(hurdle, this.spread.isWhole(row), shape.of(hurdle.chance));
    scratch.ownMass(units, mass);
    calibrated.levels(this.pattern(row)).judge(mass.below, mass.through, shares);
    calibrated.judgeShape(hurdle.chance, scratch, units);
  }

  private blend(one: Shared, two: Shared, weight: number): Shared {
    const { blended } = this;
    blended.correction = one.correction ** (1 - weight) * two.correction ** weight;
    for (let i = 0; i < COUNT; i++) {
      blended.z[i] = mix(one.z[i] as number, two.z[i] as number, weight);
    }
    return blended;
  }
}

/** In the order of GROUPS. */
function calibratedFor({ near, far }: Horizons): Calibrated[] {
  const later = [near, far].map((late) => new Calibrated(late));
  return [new Calibrated(), ...later, new Calibrated(), new Calibrated()];
}

function mix(a: number, b: number, weight: number): number {
  return a + weight * (b - a);
}
