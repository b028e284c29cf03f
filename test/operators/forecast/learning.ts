// A learner with rows that trade day by day, for tests.
import { Distribution } from '../../../operators/forecast/distribution.js';
import type { DemandBucket } from '../../../operators/forecast/forecaster.js';
import type { Target } from '../../../operators/forecast/horizons.js';
import { Learner, type LearnerOptions } from '../../../operators/forecast/learner.js';
import { Table } from '../../../operators/stream/table.js';
import { bucketOf } from './bucket-of.js';
import { addRows, restore } from './rows-of.js';

/** What a row's day brings: units, or more of the bucket than that. */
export type Day = number | Partial<DemandBucket>;

export class Learning {
  private table = new Table();
  learner: Learner;
  day = 0;

  constructor(
    readonly rows: number,
    private readonly options: Partial<LearnerOptions> = {},
  ) {
    this.learner = this.newLearner(this.table);
    addRows(this.table, rows);
  }

  /** A day of each row; rows learn in this order, or in the one that is given. */
  trade(days: readonly Day[], order: readonly number[] = days.map((_, row) => row)): this {
    for (const row of order) {
      const day = days[row] as Day;
      const more = typeof day === 'number' ? { units: day } : day;
      this.learner.learn(row, { ...bucketOf(this.day, 0), ...more });
    }
    this.learner.apply();
    this.day++;
    return this;
  }

  /** Empty: cold. */
  predict(row: number, horizon: number): readonly number[] {
    const out = new Float64Array(horizon);
    return this.learner.combination.predict(row, horizon, out) ? [...out] : [];
  }

  distribution(row: number, target: Target): Distribution {
    const path = this.predict(row, target.to).slice(target.from - 1);
    const expected = path.reduce((sum, units) => sum + units, 0);
    return this.learner.outlook.distribution(row, target, expected, new Distribution());
  }

  /** Goes on in a new learner that has loaded what this one saved. */
  restart(): void {
    const table = new Table();
    const learner = this.newLearner(table);
    restore([this.table, this.learner], [table, learner]);
    this.table = table;
    this.learner = learner;
  }

  private newLearner(table: Table): Learner {
    return new Learner(table, {
      neural: null,
      seasons: 7,
      horizons: { near: 7, far: 28 },
      categoryOf: () => 0,
      nameOf: () => '',
      withCarts: true,
      withCensoring: true,
      ...this.options,
    });
  }
}
