// When an engine that runs allocates: from time to time, and when it is asked to.
import type { Settings } from '../../config/settings.js';
import type { Core } from '../core.js';
import type { Logger } from '../log.js';
import { allocateSnapshot } from '../workers/allocator.js';
import type { AllocationReport } from './report.js';

export interface AllocationRunsOptions {
  readonly settings: Settings;
  readonly log: Logger;
}

/**
 * Each works on the newest snapshot, in a thread that reads it from disk: a consistent moment of all
 * needs, and nothing of it is done where events are decided. It only tells; no signal changes.
 */
export class AllocationRuns {
  readonly #options: AllocationRunsOptions;
  readonly #stop = new AbortController();
  /** Stream time of the next one (ms). */
  #dueAtMs = Number.NaN;
  #running: Promise<AllocationReport> | null = null;
  #last: AllocationReport | null = null;

  constructor(options: AllocationRunsOptions) {
    this.#options = options;
  }

  /** What the last one told. */
  get last(): AllocationReport | null {
    return this.#last;
  }

  /** Between two batches: begins one when it is time for it. */
  offer({ clock }: Core): void {
    const { enabled, every } = this.#options.settings.allocation;
    const { streamTimeMs } = clock;
    if (!enabled || !Number.isFinite(streamTimeMs)) return;
    if (Number.isNaN(this.#dueAtMs)) this.#dueAtMs = streamTimeMs + every;
    if (streamTimeMs < this.#dueAtMs || this.#running !== null) return;
    this.#dueAtMs = streamTimeMs + every;
    // What went wrong is in the log.
    this.run().catch(() => undefined);
  }

  /** One now; or the one under way, if there is one. @throws Error when there is no answer */
  run(): Promise<AllocationReport> {
    this.#running ??= this.#allocate().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends one under way. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    await this.#running?.catch(() => undefined);
  }

  async #allocate(): Promise<AllocationReport> {
    const { settings, log } = this.#options;
    try {
      const report = await allocateSnapshot(settings, this.#stop.signal);
      this.#last = report;
      const { status, says, marginSaved, gap, seconds } = report;
      log.info({ status, says, marginSaved, gap, seconds }, 'open needs were allocated');
      return report;
    } catch (error) {
      if (!this.#stop.signal.aborted) log.warn({ err: error }, 'open needs could not be allocated');
      throw error;
    }
  }
}
