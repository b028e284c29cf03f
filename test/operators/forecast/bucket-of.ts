// Demand buckets and rows for tests of forecasters.
import { Course } from '../../../operators/forecast/course.js';
import {
  type DemandBucket,
  emptyBucket,
  type OnlineForecaster,
} from '../../../operators/forecast/forecaster.js';
import { Table } from '../../../operators/stream/table.js';

const DAY_MS = 86_400_000;

/** The `n`-th bucket: sold from a full shelf, nothing known of price and carts. */
export function bucketOf(n: number, units: number, seasons = 7): DemandBucket {
  return {
    ...emptyBucket(),
    startMs: n * DAY_MS,
    season: n % seasons,
    units,
  };
}

/** Seasons behind which no gain is that of a start any more. */
const LONG = 1000;

/** One row and its forecaster, with the course that it is on. */
export class OneRow<F extends OnlineForecaster> {
  readonly forecaster: F;
  readonly row: number;
  readonly course: Course;
  private next = 0;

  constructor(
    make: (table: Table, course: Course) => F,
    private readonly seasons = 7,
  ) {
    const table = new Table();
    this.course = new Course(table, seasons);
    this.forecaster = make(table, this.course);
    this.row = table.row(table.skus.intern('A'), table.locations.intern('shop'));
  }

  /** As if it had sold for long, for known answers that start from a given state. */
  experienced(): this {
    for (let n = 0; n < LONG * this.seasons; n++) {
      this.course.advance(this.row, bucketOf(n, 1, this.seasons));
    }
    return this;
  }

  /** The buckets that follow, the first of all of season 0. */
  learn(series: readonly number[]): this {
    for (const units of series) {
      const bucket = bucketOf(this.next++, units, this.seasons);
      this.forecaster.learn(this.row, bucket);
      this.course.advance(this.row, bucket);
    }
    return this;
  }

  /** Empty: cold. */
  predict(horizon: number): readonly number[] {
    const out = new Float64Array(horizon);
    return this.forecaster.predict(this.row, horizon, out) ? [...out] : [];
  }
}
