// Coverage over time: how often the intervals held in each bucket, and in each quarter.
import { coveredShare, type Mass } from '../../operators/forecast/distribution-measures.js';
import { byPercent, COVERAGE_LEVELS } from './score.js';

const WIDTH = COVERAGE_LEVELS.length + 1;

export interface Stretch {
  /** First bucket, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly forecasts: number;
  /** By level in percent. */
  readonly coverage: Readonly<Record<string, number>>;
}

/** Sums a bucket of time, over all series. */
export class CoverageCourse {
  private readonly sums: Float64Array;

  constructor(
    private readonly first: number,
    end: number,
  ) {
    this.sums = new Float64Array((end - first) * WIDTH);
  }

  add(bucket: number, mass: Mass): void {
    const at = (bucket - this.first) * WIDTH;
    this.sums[at] = (this.sums[at] as number) + 1;
    for (let i = 0; i < COVERAGE_LEVELS.length; i++) {
      const share = coveredShare(mass, COVERAGE_LEVELS[i] as number);
      this.sums[at + 1 + i] = (this.sums[at + 1 + i] as number) + share;
    }
  }

  /** The time from the first bucket scored to the last, in `count` parts as long as each other. */
  stretches(count: number): Stretch[] {
    const buckets = this.sums.length / WIDTH;
    const isScored = (n: number): boolean => (this.sums[n * WIDTH] as number) > 0;
    let from = 0;
    while (from < buckets && !isScored(from)) from++;
    let to = buckets;
    while (to > from && !isScored(to - 1)) to--;
    const parts = Math.min(count, to - from);
    const border = (i: number): number => from + Math.round((i * (to - from)) / parts);
    return Array.from({ length: parts }, (_, i) => this.stretch(border(i), border(i + 1)));
  }

  private stretch(from: number, to: number): Stretch {
    const sum = new Float64Array(WIDTH);
    for (let n = from * WIDTH; n < to * WIDTH; n++) {
      sum[n % WIDTH] = (sum[n % WIDTH] as number) + (this.sums[n] as number);
    }
    const forecasts = sum[0] as number;
    return {
      from: this.first + from,
      to: this.first + to,
      forecasts,
      coverage: byPercent((i) => (forecasts > 0 ? (sum[1 + i] as number) / forecasts : Number.NaN)),
    };
  }
}
