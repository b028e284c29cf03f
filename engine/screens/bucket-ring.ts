// The last closed buckets of each row, for the chart of one SKU; saved with the state.
import type { Column } from '../../operators/stream/columns.js';
import type { ClosedBucket } from '../../operators/stream/outbox.js';
import type { Table } from '../../operators/stream/table.js';

/** Buckets kept a row: eight weeks of days. */
const KEPT = 56;

export interface KeptBucket {
  readonly startMs: number;
  readonly units: number;
  readonly forecast: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly onHandAtEnd: number;
}

export class BucketRing {
  private readonly count: Column<Int32Array>;
  private readonly startMs: Column<Float64Array>;
  private readonly figures: Readonly<Record<Figure, Column<Float32Array>>>;

  constructor(table: Table) {
    const columns = table.columns('screen-buckets');
    this.count = columns.int32('count');
    this.startMs = columns.float64('startMs', KEPT);
    this.figures = Object.fromEntries(
      FIGURES.map((name) => [name, columns.float32(name, KEPT)]),
    ) as Record<Figure, Column<Float32Array>>;
  }

  add(bucket: ClosedBucket, onHandAtEnd: number): void {
    const { row } = bucket;
    const { figures } = this;
    const n = this.count.values[row] as number;
    const at = row * KEPT + (n % KEPT);
    this.startMs.values[at] = bucket.startMs;
    figures.units.values[at] = bucket.units;
    figures.forecast.values[at] = bucket.forecast;
    figures.lower80.values[at] = bucket.lower80;
    figures.upper80.values[at] = bucket.upper80;
    figures.onHandAtEnd.values[at] = onHandAtEnd;
    this.count.values[row] = n + 1;
  }

  /** Oldest first. */
  of(row: number): KeptBucket[] {
    const n = this.count.values[row] as number;
    const kept: KeptBucket[] = [];
    for (let i = Math.max(0, n - KEPT); i < n; i++) {
      const at = row * KEPT + (i % KEPT);
      const figures = FIGURES.map((name) => [name, this.figures[name].values[at] as number]);
      const startMs = this.startMs.values[at] as number;
      kept.push({ startMs, ...(Object.fromEntries(figures) as Record<Figure, number>) });
    }
    return kept;
  }
}

const FIGURES = ['units', 'forecast', 'lower80', 'upper80', 'onHandAtEnd'] as const;
type Figure = (typeof FIGURES)[number];
