// The shape: how sizes really spread around what was expected, learned from all rows together.
import { normalDensity } from '../stats/normal.js';
import { gainAt, shareBelow, TRACKED, TRACKED_Z } from './tracked.js';

const COUNT = TRACKED.length;
/** Chances of demand are sorted into as many bins, even on the scale of log odds. */
const BINS = 10;
const LOWEST_LOG_ODDS = -3.5;
const BIN_WIDTH = 5 / (BINS - 1);
/** Odds are corrected by this factor at most, and by one part of it. */
const MOST_CORRECTION = 5;
/** What counts of buckets keep from bucket to bucket. */
const KEPT = 0.98;
/** Furthest that a quantile moves at once, in standard deviations; and how far apart they stay. */
const FURTHEST = 0.25;
const APART = 0.01;
/** Chances at which the next bin begins. */
const BORDERS = Array.from({ length: BINS - 1 }, (_, b) => {
  const odds = Math.exp(LOWEST_LOG_ODDS + (b + 1) * BIN_WIDTH);
  return odds / (1 + odds);
});
const DENSITIES = TRACKED_Z.map(normalDensity);

/** Sizes where there is demand: their log is normal, before it is reshaped. */
export interface Lognormal {
  readonly logMean: number;
  readonly logSd: number;
  /** Sizes are whole units, 1 or more. */
  readonly isWhole: boolean;
}

/** What rows of about the same chance of demand have in common. */
export interface Shared {
  /** What the odds of demand are to be multiplied by. */
  readonly correction: number;
  /** Standardised log size at each tracked level, rising. */
  readonly z: Float64Array;
}

class Bin implements Shared {
  static readonly WIDTH = COUNT + 3;
  readonly z = Float64Array.from(TRACKED_Z);
  readonly misses = new Float64Array(COUNT);
  gathered = 0;
  learned = 0;
  /** Buckets with demand: those that were expected, and those that came. */
  expected = 1;
  came = 1;

  /** As of the last bucket that has closed for all. */
  correction = 1;

  correct(): void {
    const ratio = this.came / this.expected;
    this.correction = Math.min(MOST_CORRECTION, Math.max(1 / MOST_CORRECTION, ratio));
  }

  apply(): void {
    this.expected = KEPT * this.expected + (1 - KEPT);
    this.came = KEPT * this.came + (1 - KEPT);
    this.correct();
    const n = this.gathered;
    if (n === 0) return;
    this.gathered = 0;
    this.learned += n;
    let before = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < COUNT; i++) {
      const miss = (this.misses[i] as number) / n;
      const step = (gainAt(i, n, this.learned) * miss) / (DENSITIES[i] as number);
      const z = (this.z[i] as number) + Math.min(FURTHEST, Math.max(-FURTHEST, step));
      before = Math.max(before + APART, z);
      this.z[i] = before;
      this.misses[i] = 0;
    }
  }
}

/**
 * Sizes are lognormal around what is expected, with two corrections that all rows learn together,
 * a bin for each range of the chance of demand:
 * - odds of demand times (buckets with demand that came / that were expected);
 * - the standardised log size z at each tracked level p follows what comes,
 *     z' = z + gain (p - below) / density(p),
 *   so that tails are as heavy and as lopsided as they are.
 * Misses of a bucket are gathered over all rows and applied at once when it has closed.
 */
export class SharedShape {
  /** Numbers that `write` writes. */
  static readonly WIDTH = BINS * Bin.WIDTH + 1;
  private readonly bins = Array.from({ length: BINS }, () => new Bin());
  private judged = 0;

  get hasLearned(): boolean {
    return this.judged > 0;
  }

  /** Before its own first bucket it goes on from where another one is. */
  startFrom(other: SharedShape): void {
    this.bins.forEach((bin, b) => {
      const from = other.bins[b] as Bin;
      bin.z.set(from.z);
      bin.expected = from.expected;
      bin.came = from.came;
      bin.correct();
    });
  }

  /** Sizes are from now on as spread as those of another one; odds of demand stay its own. */
  takeSizes(other: SharedShape): void {
    this.bins.forEach((bin, b) => {
      bin.z.set((other.bins[b] as Bin).z);
    });
  }

  /** What is shared by rows of about this chance of demand; to read. */
  of(chance: number): Shared {
    return this.binOf(chance);
  }

  /** `units` came where demand had been expected with `chance`; says nothing of sizes. */
  judgeOdds(chance: number, units: number): void {
    const bin = this.binOf(chance);
    this.judged++;
    bin.expected += chance;
    if (units > 0) bin.came++;
  }

  /** `units` came where demand had been expected with `chance`, and sizes as `lognormal` says. */
  judge(chance: number, lognormal: Lognormal, units: number): void {
    this.judgeOdds(chance, units);
    if (!(units > 0)) return;
    const bin = this.binOf(chance);
    bin.gathered++;
    const { logMean, logSd, isWhole } = lognormal;
    const high = (Math.log(isWhole ? units + 0.5 : units) - logMean) / logSd;
    const low = isWhole ? (Math.log(Math.max(0.5, units - 0.5)) - logMean) / logSd : high;
    for (let i = 0; i < COUNT; i++) {
      const share = shareBelow(bin.z[i] as number, low, high);
      bin.misses[i] = (bin.misses[i] as number) + (TRACKED[i] as number) - share;
    }
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    for (const bin of this.bins) bin.apply();
  }

  write(to: Float64Array): void {
    this.bins.forEach((bin, b) => {
      to.set(bin.z, b * Bin.WIDTH);
      to.set([bin.learned, bin.expected, bin.came], b * Bin.WIDTH + COUNT);
    });
    to[BINS * Bin.WIDTH] = this.judged;
  }

  read(from: Float64Array): void {
    this.bins.forEach((bin, b) => {
      const at = b * Bin.WIDTH;
      bin.z.set(from.subarray(at, at + COUNT));
      bin.learned = from[at + COUNT] as number;
      bin.expected = from[at + COUNT + 1] as number;
      bin.came = from[at + COUNT + 2] as number;
      bin.correct();
    });
    this.judged = from[BINS * Bin.WIDTH] as number;
  }

  private binOf(chance: number): Bin {
    let bin = 0;
    while (bin < BINS - 1 && chance >= (BORDERS[bin] as number)) bin++;
    return this.bins[bin] as Bin;
  }
}
