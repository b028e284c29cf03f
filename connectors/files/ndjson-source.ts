// Recorded events from files: a line is a message, its number the position.
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Delivery, Position, Source } from '../source.js';
import { chunksOf } from './chunks.js';
import { errorText } from './durable.js';
import { type Line, LineSplitter } from './line-splitter.js';

export interface NdjsonSourceOptions {
  /** Plain or gzip, read in this order; `-` is standard input. */
  readonly files: readonly string[];
  /** Longer lines are not read. Default 1 MiB. */
  readonly maxLineBytes?: number;
  /** Default 1 MiB. */
  readonly chunkBytes?: number;
  /** Default: the process's own. */
  readonly stdin?: Readable;
}

/** What could not be read. A run that has one did not read its files whole. */
export interface FileProblem {
  readonly file: string;
  /** Number of the line in its file, from 1, blank lines counted. */
  readonly line: number;
  readonly reason: string;
}

/**
 * Positions count the lines of all files that are not blank, from 1. A line that is too long
 * has a position and a delivery without bytes, and is in `problems`. A file that cannot be read
 * further ends the source: later files would follow on a hole.
 */
export class NdjsonSource implements Source {
  readonly name = 'files';
  readonly #files: readonly string[];
  readonly #maxLineBytes: number;
  readonly #chunkBytes: number;
  readonly #stdin: Readable | null;
  readonly #problems: FileProblem[] = [];
  readonly #closed: Promise<null>;
  #end: () => void = () => undefined;
  #isClosed = false;
  #fileIndex = -1;
  #chunks: AsyncGenerator<Buffer> | null = null;
  /** The read under way, so that the disk works while the engine does. */
  #ahead: Promise<IteratorResult<Buffer>> | null = null;
  #lines: LineSplitter;
  #position = 0;
  #after = 0;
  #bytesRead = 0;
  #bytesTotal: number | null = null;

  constructor(options: NdjsonSourceOptions) {
    this.#files = options.files;
    this.#maxLineBytes = options.maxLineBytes ?? 1024 ** 2;
    this.#chunkBytes = options.chunkBytes ?? 1024 ** 2;
    this.#stdin = options.stdin ?? null;
    this.#lines = new LineSplitter(this.#maxLineBytes);
    this.#closed = new Promise((done) => {
      this.#end = () => done(null);
    });
  }

  get problems(): readonly FileProblem[] {
    return this.#problems;
  }

  /** Bytes read of `bytesTotal`, as stored (packed or not), for a progress bar. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Null when standard input is among the files. */
  get bytesTotal(): number | null {
    return this.#bytesTotal;
  }

  async open(after: Position | null): Promise<void> {
    this.#after = after ?? 0;
    const sizes = await Promise.all(this.#files.map(sizeOf));
    this.#bytesTotal = sizes.includes(null)
      ? null
      : sizes.reduce<number>((a, b) => a + (b ?? 0), 0);
    this.#nextFile();
  }

  async nextBatch(max: number): Promise<readonly Delivery[] | null> {
    if (!(max >= 1)) throw new RangeError(`nextBatch: max must be at least 1, not ${max}`);
    for (;;) {
      if (this.#isClosed || this.#ahead === null) return null;
      const batch: Delivery[] = [];
      for (let line = this.#lines.next(); line !== null; line = this.#lines.next()) {
        this.#accept(line, batch);
        if (batch.length >= max) return batch;
      }
      if (batch.length > 0) return batch;
      await this.#readOn(batch);
      if (batch.length > 0) return batch;
    }
  }

  /** Nothing to do: files stay. */
  async commit(_through: Position): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end();
    // Else a terminal or pipe that is silent would keep the process waiting.
    if (this.#files[this.#fileIndex] === '-') this.#stdinStream().destroy();
    await this.#ahead?.catch(() => undefined);
    await this.#chunks?.return(undefined).catch(() => undefined);
  }

  /** Unknown: lines are not counted before they are read. */
  async pending(): Promise<number | null> {
    return await Promise.resolve(null);
  }

  /** Feeds the next chunk, or takes the last line of this file and goes to the next. */
  async #readOn(batch: Delivery[]): Promise<void> {
    try {
      const next = await Promise.race([this.#ahead ?? this.#closed, this.#closed]);
      if (next === null) return;
      if (next.done !== true) {
        this.#readAhead();
        this.#lines.feed(next.value);
        return;
      }
      const last = this.#lines.finish();
      if (last !== null) this.#accept(last, batch);
      this.#nextFile();
    } catch (error) {
      this.#ahead = null;
      if (this.#isClosed) return;
      const file = this.#files[this.#fileIndex] ?? '';
      const reason = `cannot be read from this line on: ${errorText(error)}`;
      this.#problems.push({ file, line: this.#lines.number + 1, reason });
    }
  }

  #nextFile(): void {
    this.#fileIndex += 1;
    const file = this.#files[this.#fileIndex];
    this.#lines = new LineSplitter(this.#maxLineBytes);
    this.#chunks =
      file === undefined
        ? null
        : chunksOf(file, {
            chunkBytes: this.#chunkBytes,
            stdin: this.#stdinStream(),
            onRead: (bytes) => {
              this.#bytesRead += bytes;
            },
          });
    this.#readAhead();
  }

  #readAhead(): void {
    this.#ahead = this.#chunks?.next() ?? null;
    // Looked at when its turn comes; until then a failure must not count as unhandled.
    this.#ahead?.catch(() => undefined);
  }

  #accept(line: Line, batch: Delivery[]): void {
    this.#position += 1;
    const file = this.#files[this.#fileIndex] ?? '';
    if (line.isTooLong) {
      const reason = `longer than ${this.#maxLineBytes} bytes: not read`;
      this.#problems.push({ file, line: line.number, reason });
    }
    if (this.#position <= this.#after) return;
    batch.push({ position: this.#position, subject: file, storedAtMs: null, data: line.bytes });
  }

  #stdinStream(): Readable {
    return this.#stdin ?? process.stdin;
  }
}

/** Null: standard input. A file that is not there counts as empty: reading will say so. */
async function sizeOf(file: string): Promise<number | null> {
  if (file === '-') return null;
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
