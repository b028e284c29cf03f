// Cuts: windows of what rows remember, taken now and then, and put together for a training.

import { pickWindows } from '../../operators/forecast/pick-windows.js';
import type { Recent } from '../../operators/forecast/recent.js';
import type { Windows } from '../../operators/forecast/strip.js';
import { randomFrom } from '../../operators/stats/random.js';
import { trainingRows } from './training-rows.js';

/** What a training is given. */
export interface TrainingWindows {
  /** Of all cuts but the last, if there are several. */
  readonly windows: Windows;
  /** Of the last cut, whose newest buckets no other has; null: there is only one. */
  readonly judged: Windows | null;
}

export interface WindowCutsOptions {
  /** Windows of one cut, and of each part of a training, at most. */
  readonly most: number;
  readonly seed: number;
}

/** Cuts that are put together, at most: two years of weeks. */
const MOST_CUTS = 104;

/** For trainings without an engine that runs. A cut is to be `HELD_BACK` buckets behind another. */
export class WindowCuts {
  private readonly cuts: Windows[] = [];

  constructor(private readonly options: WindowCutsOptions) {}

  /**
   * Copies what some of the rows remember; false: none remembers enough.
   * @param isWanted false: the row is left out, as one that does not go on
   */
  cut(recent: Recent, rows: number, isWanted: (row: number) => boolean = () => true): boolean {
    const chosen = trainingRows(recent, rows, { ...this.options, isWanted });
    if (chosen.length === 0) return false;
    this.cuts.push(recent.cut(chosen));
    if (this.cuts.length > MOST_CUTS) this.cuts.shift();
    return true;
  }

  /** Windows of all cuts. */
  get count(): number {
    return this.cuts.reduce((sum, { count }) => sum + count, 0);
  }

  /** Copies, which may be given away. */
  parts(): TrainingWindows {
    const { most, seed } = this.options;
    const random = randomFrom(seed);
    const last = this.cuts.slice(-1);
    if (this.cuts.length < 2) return { windows: pickWindows(last, most, random), judged: null };
    const windows = pickWindows(this.cuts.slice(0, -1), most, random);
    return { windows, judged: pickWindows(last, most, random) };
  }
}
