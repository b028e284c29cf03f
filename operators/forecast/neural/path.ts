// The path: what a network says of the buckets ahead of one state, each worked out once.
import type { Strip } from '../strip.js';
import { stepInput, writeTarget } from './features.js';
import type { Gru } from './gru.js';
import { DENSE, FARTHEST, type Shape } from './shape.js';

/**
 * A row is asked several times while its state stands: for the next bucket, for the next week, for
 * a lead time. Means are kept until the next `begin`. Beyond step 14 targets differ by their season
 * alone, so a path of any length costs 14 + seasons - 1 of them; and targets of one season differ by
 * their step alone.
 */
export class Path {
  private readonly means: Float64Array;
  private readonly target: Float32Array;
  /** Of each season what the dense layer makes of its target, but for how far that is. */
  private readonly aims: Float64Array;
  /** Begin at which each mean, and each season's aim, was worked out. */
  private readonly meanOf: Float64Array;
  private readonly aimOf: Float64Array;
  private begins = 0;
  private lastSeason = 0;

  constructor(
    private readonly shape: Shape,
    private readonly strip: Strip,
  ) {
    const { seasons, targetInputs } = shape;
    this.means = new Float64Array(FARTHEST + seasons);
    this.meanOf = new Float64Array(FARTHEST + seasons);
    this.target = new Float32Array(targetInputs);
    this.aims = new Float64Array(seasons * DENSE);
    this.aimOf = new Float64Array(seasons);
  }

  /** The strip has the row's buckets now, and the network looks at its state. */
  begin(lastSeason: number): void {
    this.begins++;
    this.lastSeason = lastSeason;
  }

  /** Mean of the bucket `step` >= 1 ahead, in scales. */
  mean(gru: Gru, step: number): number {
    const { seasons } = this.shape;
    const like = step < FARTHEST ? step : FARTHEST + ((step - FARTHEST) % seasons);
    if (this.meanOf[like] !== this.begins) {
      this.means[like] = gru.meanAt(this.aims, this.aim(gru, like), stepInput(like));
      this.meanOf[like] = this.begins;
    }
    return this.means[like] as number;
  }

  /** Where the aim at the season of a step stands. */
  private aim(gru: Gru, step: number): number {
    const { shape, strip, target, aimOf } = this;
    const season = (this.lastSeason + step) % shape.seasons;
    const at = season * DENSE;
    if (aimOf[season] === this.begins) return at;
    writeTarget(shape, strip, { b: strip.length - 1, step, season }, target);
    gru.aim(target, this.aims, at);
    aimOf[season] = this.begins;
    return at;
  }
}
