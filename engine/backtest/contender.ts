// The contract between a backtest and what it tests.
import type { Mass } from '../../operators/forecast/distribution-measures.js';
import type { DemandBucket } from '../../operators/forecast/forecaster.js';
import type { Target } from '../../operators/forecast/horizons.js';
import type { Scores } from '../../operators/forecast/neural/score.js';

/** What may come of a target. Valid until its contender is asked for another one or learns. */
export interface TargetDistribution {
  /** Least number of units with P(demand <= units) >= p, for p in (0, 1). */
  quantile(p: number): number;
  mass(units: number): Mass;
}

export interface Contender {
  readonly name: string;
  /** Nothing is scored before it is warm. False: it is scored where it is. */
  readonly isAwaited: boolean;
  /** As `OnlineForecaster.predict`: expected units of the next buckets; false while cold. */
  predict(row: number, horizon: number, out: Float64Array): boolean;
  /**
   * Null: it has none, and is judged by its points alone.
   * @param expected what it has just predicted for the buckets of the target, added up
   */
  distribution(row: number, target: Target, expected: number): TargetDistribution | null;
}

/** One training of the network, and what came of it. */
export interface Training {
  /** Buckets of time that had been seen. */
  readonly seen: number;
  readonly windows: number;
  /** It took the place of the one before. */
  readonly isPromoted: boolean;
  readonly scores: Scores;
  readonly backend: string;
}

/** A network that is trained between two buckets. */
export interface SubjectNetwork {
  /** Those so far. */
  readonly trainings: readonly Training[];
  /** All rows have learned their bucket, and the next one is still to come. */
  between(signal?: AbortSignal): Promise<void>;
}

/** What learns, and all that forecasts with it. Rows are the recording's numbers of series. */
export interface Subject {
  readonly contenders: readonly Contender[];
  /** Bytes of state a row, of all contenders together. */
  readonly bytesPerRow: number;
  /** Null: there is none. */
  readonly network: SubjectNetwork | null;
  /** A bucket has closed that nobody has learned yet. */
  before(row: number, bucket: DemandBucket): void;
  /** Takes the bucket behind the last one of its row; of this and of `apply` time is taken. */
  learn(row: number, bucket: DemandBucket): void;
  /** All rows that have this bucket have learned it. */
  apply(): void;
  /** Behind that, for each of these rows; then for all of them. */
  after(row: number): void;
  bucketDone(): void;
}
