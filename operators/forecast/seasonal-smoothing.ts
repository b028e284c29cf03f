// What both kinds of Holt-Winters have in common: gains, and the state of a row.
import type { Table } from '../stream/table.js';
import type { Course } from './course.js';
import { averaging, checkGain } from './gain.js';
import { SeasonalStart, type SeasonalState } from './seasonal-start.js';

export interface HoltWintersOptions {
  /** Gain of the level, in [0, 1]. */
  readonly alpha: number;
  /** Gain of the trend, in [0, 1]; 0: no trend. The textbook's beta* is beta / alpha. */
  readonly beta: number;
  /** Gain of the seasons, in [0, 1]. */
  readonly gamma: number;
  /** Damping of the trend a bucket, in [0, 1]. */
  readonly phi: number;
}

/** Level, damped trend and seasons of each row; how they learn is the kind's own. */
export abstract class SeasonalSmoothing {
  protected readonly columns: SeasonalStart;

  /** @throws RangeError when a gain is not in [0, 1] */
  constructor(
    readonly name: string,
    table: Table,
    protected readonly course: Course,
    protected readonly options: HoltWintersOptions,
  ) {
    for (const gain of ['alpha', 'beta', 'gamma', 'phi'] as const) checkGain(gain, options[gain]);
    this.columns = new SeasonalStart(table, course, { scope: name, alpha: options.alpha });
  }

  /** Sets a row to a known state. */
  start(row: number, state: SeasonalState): void {
    this.columns.set(row, state);
  }

  /** What the row has learned; in the first two seasons they are deviations of either kind. */
  state(row: number): SeasonalState {
    return this.columns.get(row);
  }
}

/** A season's early visits count for more; as if it had been seen once before the first. */
export function seasonGain(gamma: number, visits: number): number {
  return averaging(gamma, visits + 1);
}
