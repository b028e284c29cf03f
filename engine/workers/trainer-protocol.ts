// What the engine and the thread that trains say to each other.
import type { Scores } from '../../operators/forecast/neural/score.js';
import type { Windows } from '../../operators/forecast/strip.js';

export interface TrainingTask {
  readonly windows: Windows;
  /**
   * Windows to judge by, of which `windows` have not seen the newest buckets. Null: the same ones,
   * whose newest buckets are then held back in training.
   */
  readonly judged: Windows | null;
  /** Buckets of a season. */
  readonly seasons: number;
  /** Model to go on from, as bytes; null: a new one. */
  readonly start: Uint8Array | null;
  /** Model in use, to compare with; null: none. */
  readonly present: Uint8Array | null;
  /** Steps of training, each over 64 windows or all there are. */
  readonly steps: number;
  /** Share of a processor that may be taken, in (0, 1]. */
  readonly cpuShare: number;
  readonly seed: number;
}

export interface Trained {
  /** As `encodeModel` writes it. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly scores: Scores;
  /** Mean loss of each pass. */
  readonly losses: readonly number[];
  /** From begin to end, and the part of it without the rests. */
  readonly seconds: number;
  readonly busySeconds: number;
  readonly backend: string;
}

export type TrainerAnswer =
  | { readonly kind: 'trained'; readonly trained: Trained }
  | { readonly kind: 'failed'; readonly reason: string };
