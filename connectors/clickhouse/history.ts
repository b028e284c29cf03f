// The sink of one history table: batches, tried until they are in, on disk while ClickHouse is away.
import { join } from 'node:path';
import { ClickHouseError } from '@clickhouse/client';
import { Spool, SpoolFullError } from '../files/spool.js';
import type { Sink } from '../sink.js';
import { type FrozenBatch, packBatch, unpackBatch } from './batch.js';
import { BatchBuilder } from './batch-builder.js';
import { HISTORY_DEFAULTS, type HistoryOptions, type HistoryStats } from './history-options.js';
import { insertBatch, isWrongBatch } from './insert.js';
import { Notifier, pause } from './notifier.js';
import { setAside } from './rejected.js';
import { SendToken } from './send-token.js';
import type { HistoryTable } from './tables.js';

type Settings = HistoryOptions & typeof HISTORY_DEFAULTS;

/** A full disk is tried again this often. */
const SPILL_RETRY_MS = 250;

/**
 * Guarantee: rows are inserted in the order written, at least once, and count once under FINAL.
 * `write` takes rows into memory; what was written before a `flush` resolved is inserted or on
 * disk and survives a crash. Nothing is dropped: when memory and disk are full, `write` waits.
 *
 * Two loops: one sends (the spool first, then memory), one moves batches from memory to the spool
 * while they must not stay there, the one that is being sent too: a server that hangs must not hold
 * up the rest. What is in the spool is always older than what is in memory.
 */
export class HistorySink<Row> implements Sink<Row> {
  readonly name: string;
  readonly #options: Settings;
  readonly #spool: Spool;
  readonly #builder: BatchBuilder<Row>;
  readonly #token: SendToken;
  /** Frozen and in memory, oldest first. */
  readonly #queue: FrozenBatch[] = [];
  readonly #changed = new Notifier();
  /** Ends what is being sent, and all sending; then `#halt` ends the loops. */
  readonly #cut = new AbortController();
  readonly #halt = new AbortController();
  readonly #loops: Promise<unknown>;
  #queuedRows = 0;
  #frozen = 0;
  #settled = 0;
  #flushing = 0;
  #sending = false;
  #spilling = false;
  #closed: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failuresInRow = 0;
  #blocked = false;
  #stats = { insertedRows: 0, rejectedRows: 0, failures: 0, queueFull: 0, spoolFull: 0 };
  #lastError: string | null = null;

  private constructor(table: HistoryTable<Row>, options: Settings, spool: Spool) {
    this.name = table.name;
    this.#options = options;
    this.#spool = spool;
    const { batchRows: rows, batchBytes: bytes, run } = options;
    this.#builder = new BatchBuilder(table, { rows, bytes, run });
    this.#token = new SendToken(options.client, { inherited: spool.records > 0, run });
    this.#loops = Promise.all([this.#sendLoop(), this.#spillLoop()]);
  }

  /** Opens the spool; what is in it from before is sent first. */
  static async open<Row>(
    table: HistoryTable<Row>,
    options: HistoryOptions,
  ): Promise<HistorySink<Row>> {
    const all = { ...HISTORY_DEFAULTS, ...options };
    for (const [name, value] of Object.entries(all)) {
      if (typeof value !== 'number' || (Number.isFinite(value) && value >= 1)) continue;
      throw new RangeError(`history sink ${table.name}: ${name} must be at least 1, not ${value}`);
    }
    const spool = await Spool.open(join(all.dir, 'spool'), {
      maxBytes: all.spoolBytes,
      disk: all.disk,
    });
    for (const problem of spool.problems) {
      all.log(`${table.name}: ${problem.file}: ${problem.bytes} bytes lost: ${problem.reason}`);
    }
    return new HistorySink(table, all, spool);
  }

  /** Takes the rows into memory; waits while memory and disk are full. */
  async write(rows: readonly Row[], signal?: AbortSignal): Promise<void> {
    let at = 0;
    while (at < rows.length) {
      if (this.#queuedRows >= this.#options.maxQueuedRows) this.#stats.queueFull += 1;
      while (this.#queuedRows >= this.#options.maxQueuedRows && this.#closed === null) {
        this.#freeze();
        await this.#changed.changeAfter(this.#changed.version, signal);
      }
      signal?.throwIfAborted();
      if (this.#closed !== null) throw new Error(`history sink ${this.name} is closed`);
      const part = rows.slice(at, at + this.#builder.room);
      this.#builder.add(part);
      at += part.length;
      this.#queuedRows += part.length;
      if (this.#builder.full) this.#freeze();
      else this.#timer ??= setTimeout(() => this.#freeze(), this.#options.batchWaitMs).unref();
    }
  }

  /** Resolves when everything written so far is inserted, on disk, or set aside as wrong. */
  async flush(signal?: AbortSignal): Promise<void> {
    this.#freeze();
    const goal = this.#frozen;
    this.#flushing += 1;
    this.#changed.notify();
    try {
      while (this.#settled < goal) {
        if (this.#halt.signal.aborted) throw new Error(`history sink ${this.name} is closed`);
        await this.#changed.changeAfter(this.#changed.version, signal);
      }
    } finally {
      this.#flushing -= 1;
    }
  }

  /** Leaves on disk what ClickHouse does not take in time. Throws if the disk takes it neither. */
  close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  stats(): HistoryStats {
    const down = this.#failuresInRow > 0;
    return {
      ...this.#stats,
      queuedRows: this.#queuedRows,
      spooledBatches: this.#spool.records,
      spooledBytes: this.#spool.bytes,
      lastError: this.#lastError,
      state: this.#blocked ? 'degraded' : down ? 'down' : 'up',
    };
  }

  async #shut(): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#options.closeTimeoutMs);
    await this.flush(late.signal).catch(() => this.#logLate());
    clearTimeout(timer);
    this.#cut.abort();
    this.#changed.notify();
    // The spill loop takes what is left, if the disk takes it.
    while (this.#queue.length > 0 && (this.#sending || this.#spilling || !this.#blocked)) {
      await this.#changed.changeAfter(this.#changed.version);
    }
    this.#halt.abort();
    this.#changed.notify();
    await this.#loops;
    await this.#spool.close();
    if (this.#queuedRows > 0) {
      throw new Error(
        `history sink ${this.name}: ${this.#queuedRows} rows could be neither inserted nor ` +
          `written to disk: ${this.#lastError}`,
      );
    }
  }

  #logLate(): void {
    const rows = this.#queuedRows;
    this.#options.log(`${this.name}: ClickHouse took too long; ${rows} rows stay on disk`);
  }

  #freeze(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#builder.take();
    if (batch === null) return;
    this.#queue.push(batch);
    this.#frozen += 1;
    this.#changed.notify();
  }

  async #sendLoop(): Promise<void> {
    const halted = this.#halt.signal;
    while (!halted.aborted) {
      const seen = this.#changed.version;
      const sent = await this.#sendOne().catch((error: unknown) => this.#failed(error));
      if (sent === 'failed') {
        const { minBackoffMs, maxBackoffMs } = this.#options;
        await pause(Math.min(minBackoffMs * 2 ** (this.#failuresInRow - 1), maxBackoffMs), halted);
      } else if (sent === 'idle' && !halted.aborted) {
        await this.#changed.changeAfter(seen);
      }
    }
  }

  async #sendOne(): Promise<'sent' | 'failed' | 'idle'> {
    if (this.#cut.signal.aborted) return 'idle';
    if (this.#spool.records > 0) {
      const packed = await this.#spool.peek();
      if (packed === null) return 'idle';
      await this.#deliver(unpackBatch(packed));
      await this.#spool.shift();
      this.#changed.notify();
      return 'sent';
    }
    const batch = this.#queue[0];
    if (batch === undefined || this.#spilling) return 'idle';
    this.#sending = true;
    try {
      await this.#deliver(batch);
      await this.#forget(batch);
      return 'sent';
    } finally {
      this.#sending = false;
      this.#changed.notify();
    }
  }

  /** A batch that is in: meanwhile it may have gone to disk, or be on its way there. */
  async #forget(batch: FrozenBatch): Promise<void> {
    while (this.#spilling) await this.#changed.changeAfter(this.#changed.version);
    if (this.#queue[0] === batch) this.#leaveMemory(batch);
    else await this.#spool.shift();
  }

  /** Throws when the batch must be tried again. */
  async #deliver(batch: FrozenBatch): Promise<void> {
    try {
      const token = await this.#token.of(batch);
      await insertBatch(this.#options.client, batch, this.#cut.signal, token);
      this.#stats.insertedRows += batch.rows;
    } catch (error) {
      if (error instanceof ClickHouseError) this.#token.renew();
      if (!isWrongBatch(error)) throw error;
      const text = String(error);
      const { rejectedBytes: maxBytes, disk } = this.#options;
      await setAside(join(this.#options.dir, 'rejected'), batch, { error: text, maxBytes, disk });
      this.#stats.rejectedRows += batch.rows;
      this.#options.log(`${this.name}: ClickHouse refuses batch ${batch.token}: ${text}`);
    }
    this.#failuresInRow = 0;
    this.#blocked = false;
  }

  #failed(error: unknown): 'failed' | 'idle' {
    if (this.#cut.signal.aborted) return 'idle';
    this.#stats.failures += 1;
    this.#failuresInRow += 1;
    this.#lastError = error instanceof Error ? error.message : String(error);
    if (this.#failuresInRow === 1) this.#options.log(`${this.name}: ${this.#lastError}`);
    this.#changed.notify();
    return 'failed';
  }

  async #spillLoop(): Promise<void> {
    const halted = this.#halt.signal;
    while (!halted.aborted) {
      const batch = this.#queue[0];
      if (batch === undefined || !this.#mustSpill()) {
        await this.#changed.changeAfter(this.#changed.version);
        continue;
      }
      this.#spilling = true;
      try {
        await this.#spool.append(packBatch(batch));
        this.#leaveMemory(batch);
        this.#blocked = false;
      } catch (error) {
        // Tried again four times a second; it was reached once.
        if (error instanceof SpoolFullError && !this.#blocked) this.#stats.spoolFull += 1;
        this.#blocked = true;
        this.#lastError = error instanceof Error ? error.message : String(error);
      }
      this.#spilling = false;
      this.#changed.notify();
      if (this.#blocked) await pause(SPILL_RETRY_MS, halted);
    }
  }

  #mustSpill(): boolean {
    if (this.#queuedRows >= this.#options.maxQueuedRows) return true;
    if (this.#flushing > 0 && this.#spool.records > 0) return true;
    // One that is being sent is in soon, or has failed.
    return !this.#sending && (this.#failuresInRow > 0 || this.#cut.signal.aborted);
  }

  #leaveMemory(batch: FrozenBatch): void {
    this.#queue.shift();
    this.#queuedRows -= batch.rows;
    this.#settled += 1;
  }
}
