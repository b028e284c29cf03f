// Recorded events from files into NATS, at a speed, until they end or someone stops it.
import { NdjsonSource } from '../../connectors/files/ndjson-source.js';
import type { EventPublisher } from '../../connectors/nats/event-publisher.js';
import { Pacer } from './pacer.js';
import { recordedEvent } from './recorded-event.js';

export interface PublishRequest {
  readonly files: readonly string[];
  /** Recorded milliseconds a millisecond; Infinity: as fast as the server acknowledges. */
  readonly speed: number;
  /** Lines already published by a run before. */
  readonly after: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: PublishProgress) => void;
}

export interface PublishProgress {
  readonly published: number;
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  readonly timeMs: number | null;
}

export interface PublishSummary {
  /** Events sent and acknowledged. */
  readonly published: number;
  /** Of them, lines that are no event: the engine will refuse them. */
  readonly malformed: number;
  /** Last line acknowledged, counted over all files without blank ones: what `--after` takes. */
  readonly lastLine: number;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly interrupted: boolean;
  /** What could not be read. */
  readonly problems: readonly string[];
}

/** A wait as long as this sends a message that is not full yet, so that nothing sits in it. */
const flushBeforeWaitMs = 20;
const batchLines = 256;

/**
 * Publishes and resolves when everything sent is acknowledged. An abort ends it the same way:
 * no line is left between sent and known.
 */
export async function publishFiles(
  publisher: EventPublisher,
  request: PublishRequest,
): Promise<PublishSummary> {
  const source = new NdjsonSource({ files: request.files });
  const run = new Run(publisher, new Pacer({ speed: request.speed }), request.signal);
  // A silent pipe would hold the read, and with it the end, for ever.
  const stop = (): void => void source.close();
  request.signal.addEventListener('abort', stop, { once: true });
  try {
    await source.open(request.after);
    for (;;) {
      const batch = await source.nextBatch(batchLines);
      if (batch === null || !(await run.send(batch))) break;
      const { bytesRead, bytesTotal } = source;
      const { published, lastMs } = run;
      request.onProgress?.({ published, timeMs: lastMs, bytesRead, bytesTotal });
    }
    await publisher.flush();
  } finally {
    request.signal.removeEventListener('abort', stop);
    await source.close();
  }
  const problems = source.problems.map((p) => `${p.file}:${p.line} ${p.reason}`);
  return run.summary(request, problems);
}

class Run {
  published = 0;
  lastMs: number | null = null;
  #malformed = 0;
  #lastLine = 0;
  #firstMs: number | null = null;

  constructor(
    private readonly publisher: EventPublisher,
    private readonly pacer: Pacer,
    private readonly signal: AbortSignal,
  ) {}

  /** False: stopped on the way. */
  async send(batch: readonly { readonly position: number; readonly data: Uint8Array }[]) {
    for (const { position, data } of batch) {
      const event = recordedEvent(data);
      await this.#untilDue(event.timeMs);
      if (this.signal.aborted) return false;
      await this.publisher.publish(event);
      this.published += 1;
      this.#malformed += event.malformed ? 1 : 0;
      this.#lastLine = position;
      this.#firstMs ??= event.timeMs;
      this.lastMs = event.timeMs ?? this.lastMs;
    }
    return true;
  }

  async #untilDue(timeMs: number | null): Promise<void> {
    const waitMs = this.pacer.dueInMs(timeMs);
    if (waitMs === 0) return;
    if (waitMs >= flushBeforeWaitMs) await this.publisher.flush();
    await this.pacer.wait(timeMs, this.signal);
  }

  summary(request: PublishRequest, problems: readonly string[]): PublishSummary {
    return {
      published: this.published,
      malformed: this.#malformed,
      lastLine: Math.max(this.#lastLine, request.after),
      firstTime: isoOf(this.#firstMs),
      lastTime: isoOf(this.lastMs),
      interrupted: this.signal.aborted,
      problems,
    };
  }
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
