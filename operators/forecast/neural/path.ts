// The path: what a network says of the buckets ahead of one state, each worked out once.
import type { Strip } from '../strip.js';
import { stepInput, writeTarget } from './features.js';
import type { Gru } from './gru.js';
import { FARTHEST, type Shape } from './shape.js';

/**
 * A row is asked several times while its state stands: for the next bucket, for the next week, for
 * a lead time. Means are kept until the next `begin`. Beyond step 14 targets differ by their season
 * alone, so a path of any length costs 14 + seasons - 1 of them; and targets of one season differ by
 * their step alone.
 */
export class Path {
  private readonly means: Float64Array;
  private readonly targets: Float32Array;
  /** Begin at which each mean, and each season's target, was worked out. */
  private readonly meanOf: Float64Array;
  private readonly targetOf: Float64Array;
  private begins = 0;
  private lastSeason = 0;

  constructor(
    private readonly shape: Shape,
    private readonly strip: Strip,
  ) {
    const { seasons, targetInputs } = shape;
    this.means = new Float64Array(FARTHEST + seasons);
    this.meanOf = new Float64Array(FARTHEST + seasons);
    this.targets = new Float32Array(seasons * targetInputs);
    this.targetOf = new Float64Array(seasons);
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
      this.means[like] = gru.predictMean(this.targets, this.target(like));
      this.meanOf[like] = this.begins;
    }
    return this.means[like] as number;
  }

  /** Where the inputs of a target stand. */
  private target(step: number): number {
    const { shape, strip, targets, targetOf } = this;
    const season = (this.lastSeason + step) % shape.seasons;
    const at = season * shape.targetInputs;
    if (targetOf[season] !== this.begins) {
      writeTarget(shape, strip, { b: strip.length - 1, step, season }, targets, at);
      targetOf[season] = this.begins;
    }
    targets[at] = stepInput(step);
    return at;
  }
}
