// The best single method of each series, chosen with hindsight on the first half of its life.
import type { Contender } from './contender.js';
import type { Recording } from './recording.js';

/** Name under which the chosen ones are shown together. */
export const BEST_ON_FIRST_HALF = 'best-on-first-half';

/** Methods that it may choose from, where they take part. */
export const CHOICES: readonly string[] = [
  'seasonal-naive',
  'ses-slow',
  'ses-fast',
  'croston',
  'sba',
  'tsb',
  'holt-winters-additive',
  'holt-winters-multiplicative',
];

/**
 * Per series the choice with the least mean absolute one-step error, over the buckets of the first
 * half in which all choices are warm and demand is known. (Within one series and one stretch of
 * time this orders as MASE does: the scale is the same for all.) The first of CHOICES wins a tie.
 */
export class FirstHalf {
  private readonly choices: readonly { readonly contender: Contender; readonly index: number }[];
  private readonly errors: Float64Array;
  private readonly judged: Int32Array;
  private readonly step = new Float64Array(1);
  private readonly now: Float64Array;

  constructor(
    private readonly recording: Recording,
    contenders: readonly Contender[],
  ) {
    this.choices = CHOICES.map((name) => {
      const index = contenders.findIndex((contender) => contender.name === name);
      return { contender: contenders[index] as Contender, index };
    }).filter(({ index }) => index >= 0);
    this.errors = new Float64Array(recording.series.length * this.choices.length);
    this.judged = new Int32Array(recording.series.length);
    this.now = new Float64Array(this.choices.length);
  }

  /** First bucket of the second half. */
  border(row: number): number {
    const first = this.recording.first(row);
    return first + Math.floor((this.recording.end(row) - first) / 2);
  }

  /** Takes the one-step forecasts of a bucket that was not learned yet. */
  judge(row: number, bucket: number): void {
    if (bucket >= this.border(row)) return;
    const actual = this.recording.demand(row, bucket);
    if (Number.isNaN(actual)) return;
    for (let i = 0; i < this.choices.length; i++) {
      if (!this.choices[i]?.contender.predict(row, 1, this.step)) return;
      this.now[i] = Math.abs((this.step[0] as number) - actual);
    }
    const at = row * this.choices.length;
    for (let i = 0; i < this.choices.length; i++) {
      this.errors[at + i] = (this.errors[at + i] as number) + (this.now[i] as number);
    }
    this.judged[row] = (this.judged[row] as number) + 1;
  }

  /** Index of the contender chosen for a row; -1: its first half has nothing to choose by. */
  chosen(row: number): number {
    if (this.judged[row] === 0 || this.choices.length === 0) return -1;
    const at = row * this.choices.length;
    let best = 0;
    for (let i = 1; i < this.choices.length; i++) {
      if ((this.errors[at + i] as number) < (this.errors[at + best] as number)) best = i;
    }
    return this.choices[best]?.index as number;
  }
}
