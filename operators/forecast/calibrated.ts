// Calibrated: one horizon: the shape of sizes, and conformal levels for each demand pattern.
import { DEMAND_PATTERNS, type DemandPattern } from '../demand/pattern.js';
import { ConformalLevels } from './levels.js';
import { SharedShape } from './shape.js';

/** What all rows have learned about forecasts of one horizon. */
export class Calibrated {
  static readonly WIDTH = SharedShape.WIDTH + DEMAND_PATTERNS.length * ConformalLevels.WIDTH;
  readonly shape = new SharedShape();
  private readonly byPattern = new Map(
    DEMAND_PATTERNS.map((pattern) => [pattern, new ConformalLevels()]),
  );

  levels(pattern: DemandPattern): ConformalLevels {
    return this.byPattern.get(pattern) as ConformalLevels;
  }

  /** The bucket has closed; what has not been learned here yet is as it is at `nearer`. */
  apply(nearer: Calibrated | undefined): void {
    if (nearer !== undefined && !this.shape.hasLearned) this.shape.startFrom(nearer.shape);
    this.shape.apply();
    for (const [pattern, levels] of this.byPattern) {
      if (nearer !== undefined && !levels.hasLearned) levels.startFrom(nearer.levels(pattern));
      levels.apply();
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
