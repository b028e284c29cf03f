// Calibrated: one horizon: the shape of sizes, and conformal levels for each demand pattern.
import { DEMAND_PATTERNS, type DemandPattern } from '../demand/pattern.js';
import { ConformalLevels } from './levels.js';
import { type Lognormal, SharedShape } from './shape.js';

/**
 * What all rows have learned about forecasts of one horizon. A bucket further ahead has the spread
 * of sizes of the next one, of which there is news at once, and odds of demand of its own. Its
 * levels take part in each move of the next one's, and have their own slow ones on top of that:
 * what is judged weeks late is as much the luck of those weeks as the distribution's fault. A total
 * has all of its own.
 */
export class Calibrated {
  /** Numbers that `write` writes. */
  static readonly WIDTH = SharedShape.WIDTH + DEMAND_PATTERNS.length * ConformalLevels.WIDTH;
  readonly shape = new SharedShape();
  private readonly byPattern = new Map(
    DEMAND_PATTERNS.map((pattern) => [pattern, new ConformalLevels()]),
  );

  /**
   * @param late of a bucket further ahead: buckets from a forecast to its judgement, 2 or more;
   *   null: the next bucket, or a total
   */
  constructor(private readonly late: number | null = null) {}

  levels(pattern: DemandPattern): ConformalLevels {
    return this.byPattern.get(pattern) as ConformalLevels;
  }

  /** As `SharedShape.judge`, as far as the shape is learned here. */
  judgeShape(chance: number, lognormal: Lognormal, units: number): void {
    if (this.late === null) this.shape.judge(chance, lognormal, units);
    else this.shape.judgeOdds(chance, units);
  }

  /**
   * The bucket has closed; what has not been learned here yet is as it is at `nearer`, for which it
   * has closed already.
   */
  apply(nearer: Calibrated | undefined): void {
    if (nearer !== undefined && !this.shape.hasLearned) this.shape.startFrom(nearer.shape);
    this.shape.apply();
    if (nearer !== undefined && this.late !== null) this.shape.takeSizes(nearer.shape);
    for (const [pattern, levels] of this.byPattern) {
      const near = nearer?.levels(pattern);
      const isNew = near !== undefined && !levels.hasLearned;
      if (isNew) levels.startFrom(near);
      if (this.late === null) levels.apply();
      else levels.apply(this.late, isNew ? undefined : near);
    }
  }

  write(to: Float64Array): void {
    this.shape.write(to.subarray(0, SharedShape.WIDTH));
    let at = SharedShape.WIDTH;
    for (const levels of this.byPattern.values()) {
      levels.write(to.subarray(at, at + ConformalLevels.WIDTH));
      at += ConformalLevels.WIDTH;
    }
  }

  read(from: Float64Array): void {
    this.shape.read(from.subarray(0, SharedShape.WIDTH));
    let at = SharedShape.WIDTH;
    for (const levels of this.byPattern.values()) {
      levels.read(from.subarray(at, at + ConformalLevels.WIDTH));
      at += ConformalLevels.WIDTH;
    }
  }
}
