// An append-only queue on disk for batches whose sink is away: first in, first out, crash-safe.
import { type Disk, type DiskFile, REAL_DISK } from './disk.js';
import { errorText, syncFolder, writeAll } from './durable.js';
import {
  newSegment,
  type OpenedSpool,
  openFolder,
  type Segment,
  type SpoolProblem,
} from './spool-folder.js';
import {
  decodeHead,
  encodeHead,
  encodeRecord,
  HEAD_BYTES,
  RECORD_HEADER_BYTES,
  readRecord,
} from './spool-format.js';

export interface SpoolOptions {
  /** Bytes on disk, all segments together; an append beyond it is refused. Default 1 GiB. */
  readonly maxBytes?: number;
  /** A new segment begins after so many bytes; a segment is the unit of deletion. Default 64 MiB. */
  readonly segmentBytes?: number;
  readonly disk?: Disk;
}

/** The spool holds `maxBytes`: the caller must hold back (or drop, if that is its promise). */
export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError';
}

/**
 * Guarantee: what `append` resolved for is handed out by `peek` in order until `shift` resolved,
 * also after a power cut. A record may be handed out again when the cut fell into `shift`, so
 * its consumer must take the same record twice. One process may have a folder open.
 */
export class Spool {
  readonly problems: readonly SpoolProblem[];
  readonly #dir: string;
  readonly #disk: Disk;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #head: DiskFile;
  /** Oldest first; the last one takes the appends. */
  readonly #segments: Segment[];
  #headOffset: number;
  #records: number;
  #tail: DiskFile | null = null;
  #reader: { readonly number: number; readonly handle: DiskFile } | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(state: OpenedSpool, options: Required<SpoolOptions>) {
    this.#dir = state.dir;
    this.#disk = options.disk;
    this.problems = state.problems;
    this.#head = state.head;
    this.#segments = state.segments;
    this.#headOffset = state.headOffset;
    this.#records = state.records;
    this.#maxBytes = options.maxBytes;
    this.#segmentBytes = options.segmentBytes;
  }

  static async open(dir: string, options: SpoolOptions = {}): Promise<Spool> {
    const limits = {
      maxBytes: options.maxBytes ?? 1024 ** 3,
      segmentBytes: options.segmentBytes ?? 64 * 1024 ** 2,
    };
    for (const [name, value] of Object.entries(limits)) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`Spool.open: ${name} must be a whole number >= 1, not ${value}`);
      }
    }
    // Consumed bytes go only with their segment: small segments keep a small spool usable.
    const segmentBytes = Math.min(limits.segmentBytes, Math.ceil(limits.maxBytes / 4));
    const disk = options.disk ?? REAL_DISK;
    return new Spool(await openFolder(dir, disk), { ...limits, segmentBytes, disk });
  }

  /** Resolves when the record would survive a power cut. Throws SpoolFullError at the limit. */
  append(bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const size = bytes.byteLength + RECORD_HEADER_BYTES;
      if (this.#bytesOnDisk() + size > this.#maxBytes) {
        throw new SpoolFullError(
          `spool ${this.#dir} is full: ${this.#bytesOnDisk()} of ${this.#maxBytes} bytes used, ` +
            `${size} more wanted; bring its sink back or raise the limit`,
        );
      }
      const { segment, handle } = await this.#tailFor(size);
      try {
        await writeAll(handle, encodeRecord(bytes), segment.end);
        await handle.datasync();
      } catch (error) {
        // A torn record may lie behind `end`: the next append starts another segment, and
        // opening skips what is torn. Cut off if that works, so that it is not a problem later.
        await handle.truncate(segment.end).catch(() => undefined);
        await this.#closeTail();
        throw new Error(`spool ${segment.file}: cannot append: ${errorText(error)}`, {
          cause: error,
        });
      }
      segment.end += size;
      this.#records += 1;
    });
  }

  /** The oldest record, or null. The same one until `shift`. */
  peek(): Promise<Uint8Array | null> {
    return this.#inTurn(async () => {
      const first = await this.#oldest();
      if (first === undefined) return null;
      return await readRecord(await this.#readerOf(first), first.file, this.#headOffset);
    });
  }

  /** Forgets the oldest record; does nothing on an empty spool. */
  shift(): Promise<void> {
    return this.#inTurn(async () => {
      const first = await this.#oldest();
      if (first === undefined) return;
      const record = await readRecord(await this.#readerOf(first), first.file, this.#headOffset);
      const offset = this.#headOffset + record.byteLength + RECORD_HEADER_BYTES;
      // Only then in memory: a head that cannot be written leaves the record the oldest.
      await writeAll(this.#head, encodeHead({ segment: first.number, offset }), 0);
      await this.#head.datasync();
      this.#headOffset = offset;
      this.#records -= 1;
      await this.#dropConsumed();
    });
  }

  /** Records appended and not yet shifted. */
  get records(): number {
    return this.#records;
  }

  /** Bytes of those records, with their headers. */
  get bytes(): number {
    return this.#bytesOnDisk() - this.#headOffset;
  }

  /** Waits for what is under way; the records stay on disk. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#inTurn(async () => {
      this.#closed = true;
      await this.#closeTail();
      await this.#closeReader();
      await this.#head.close();
    });
  }

  #bytesOnDisk(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.end, 0);
  }

  async #tailFor(size: number): Promise<{ segment: Segment; handle: DiskFile }> {
    const last = this.#segments.at(-1);
    if (this.#tail !== null && last !== undefined) {
      if (last.end + size <= this.#segmentBytes || last.end === 0) {
        return { segment: last, handle: this.#tail };
      }
      await this.#closeTail();
    }
    const segment = newSegment(this.#dir, (last?.number ?? (await this.#lastNumber())) + 1);
    const handle = await this.#disk.open(segment.file, 'w');
    try {
      await syncFolder(this.#dir, this.#disk);
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#tail = handle;
    this.#segments.push(segment);
    return { segment, handle };
  }

  /** Numbers never repeat, so that an old head cannot point into a new segment. */
  async #lastNumber(): Promise<number> {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await this.#head.read(buffer, 0, HEAD_BYTES, 0);
    return decodeHead(buffer.subarray(0, bytesRead))?.segment ?? 0;
  }

  /**
   * The segment with the oldest record. An append that failed leaves a segment without records,
   * a removal that failed one with none left: neither may stand before those that come after.
   */
  async #oldest(): Promise<Segment | undefined> {
    while (this.#records > 0 && this.#isConsumed()) await this.#dropConsumed();
    return this.#records === 0 ? undefined : this.#segments[0];
  }

  #isConsumed(): boolean {
    const first = this.#segments[0];
    return first !== undefined && this.#headOffset >= first.end;
  }

  /** The head first, then the file: in between, opening finds the segment consumed. */
  async #dropConsumed(): Promise<void> {
    const first = this.#segments[0];
    if (first === undefined || !this.#isConsumed()) return;
    await this.#closeReader();
    if (this.#segments.length === 1) await this.#closeTail();
    this.#segments.shift();
    this.#headOffset = 0;
    await this.#disk.rm(first.file, { force: true });
  }

  async #readerOf(segment: Segment): Promise<DiskFile> {
    if (this.#reader?.number === segment.number) return this.#reader.handle;
    await this.#closeReader();
    const handle = await this.#disk.open(segment.file, 'r');
    this.#reader = { number: segment.number, handle };
    return handle;
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    await reader?.handle.close();
  }

  async #closeTail(): Promise<void> {
    const tail = this.#tail;
    this.#tail = null;
    await tail?.close();
  }

  /** One operation at a time, in the order of the calls; one that failed stops no other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(() => {
      if (this.#closed) throw new Error(`spool ${this.#dir} is closed`);
      return work();
    });
    this.#turn = run.catch(() => undefined);
    return run;
  }
}
