// Conformal levels: which level of a distribution to ask for, so that its intervals hold as said.
import { along, gainAt, shareBelow, TRACKED, TRACKED_ENDS } from './tracked.js';

const COUNT = TRACKED.length;
/** A level keeps this share of its distance from 0 or 1 at least. */
const KEPT = 0.05;
/** How far levels stay apart. */
const APART = 1e-6;

/**
 * Adaptive conformal inference on the probability scale. For each tracked level p it keeps the
 * level u that is really asked of a distribution, so that in the long run the share p of what
 * comes lies below the quantile, however the data drifts:
 *   u' = u + gain (p - below), below = 1 where what came lies below the quantile at u, else 0.
 * For counts `below` is the share of the probability of what came, as these levels make it, that
 * lies below p: the same that coverage is measured by. Misses of a bucket are gathered over all
 * rows and applied at once when it has closed, so the order of rows changes nothing. With a
 * constant gain over T buckets |mean(below) - p| <= (1 + gain) / (gain T), as long as no level
 * meets its least distance from 0 or 1, or its neighbour. Levels that take part in the moves of
 * others have (2 + gain) in the place of (1 + gain): all those moves together are 1 at most, too.
 * Source: Gibbs & Candès, *Adaptive conformal inference under distribution shift*, NeurIPS 2021.
 */
export class ConformalLevels {
  /** Numbers that `write` writes. */
  static readonly WIDTH = COUNT + 1;
  /** Levels asked, with 0 and 1 at the ends. */
  private readonly ends = TRACKED_ENDS.slice();
  /** Level asked for each tracked one, in (0, 1), rising. */
  readonly asked = this.ends.subarray(1, 1 + COUNT);
  /** By how much the bucket that closed last has moved each level. */
  readonly moved = new Float64Array(COUNT);
  private readonly misses = new Float64Array(COUNT);
  private gathered = 0;
  private learned = 0;

  get hasLearned(): boolean {
    return this.learned > 0;
  }

  /** Before its own first bucket it goes on from where another one is. */
  startFrom(other: ConformalLevels): void {
    this.asked.set(other.asked);
  }

  /**
   * What came had the probabilities from `below` to `through` by the distribution itself.
   * @param shares takes how much of it lies below each tracked level, calibrated, 0-1
   */
  judge(below: number, through: number, shares: Float64Array): void {
    this.gathered++;
    const low = along(this.ends, TRACKED_ENDS, below);
    const high = along(this.ends, TRACKED_ENDS, through);
    for (let i = 0; i < COUNT; i++) {
      const p = TRACKED[i] as number;
      const share = shareBelow(p, low, high);
      shares[i] = share;
      this.misses[i] = (this.misses[i] as number) + p - share;
    }
  }

  /**
   * The bucket has closed for all rows.
   * @param late buckets from a forecast to its judgement, >= 1
   * @param nearer levels whose moves these take part in, already applied: news of later buckets is
   *   later, and what is nearer has seen first that all distributions are off
   */
  apply(late = 1, nearer?: ConformalLevels): void {
    const n = this.gathered;
    this.gathered = 0;
    this.learned += n;
    let before = 0;
    for (let i = 0; i < COUNT; i++) {
      const was = this.asked[i] as number;
      const shared = nearer === undefined ? 0 : (nearer.moved[i] as number);
      const own = n === 0 ? 0 : (gainAt(i, n, this.learned, late) * (this.misses[i] as number)) / n;
      before = Math.max(before + APART, bounded(was + shared + own, TRACKED[i] as number));
      this.asked[i] = before;
      this.moved[i] = before - was;
      this.misses[i] = 0;
    }
  }

  write(to: Float64Array): void {
    to.set(this.asked);
    to[COUNT] = this.learned;
  }

  read(from: Float64Array): void {
    this.asked.set(from.subarray(0, COUNT));
    this.learned = from[COUNT] as number;
  }
}

function bounded(u: number, p: number): number {
  const least = KEPT * Math.min(p, 1 - p);
  return Math.min(1 - least, Math.max(least, u));
}
