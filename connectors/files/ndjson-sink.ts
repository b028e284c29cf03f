// Lines into a file that appears under its name only when it is whole.
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { errorText, renameDurably } from './durable.js';

export interface NdjsonFileOptions {
  /** Bytes held before they are written. Default 1 MiB. */
  readonly bufferBytes?: number;
}

/**
 * For replay, which has nothing else to do while it writes: appending is synchronous, so that
 * no line waits in a queue. The same lines give the same bytes, whatever the buffer.
 */
export class NdjsonFile {
  readonly path: string;
  readonly #partial: string;
  readonly #buffer: Buffer;
  #fd: number | null;
  #used = 0;
  #lines = 0;

  constructor(path: string, options: NdjsonFileOptions = {}) {
    this.path = path;
    this.#partial = `${path}.partial`;
    this.#buffer = Buffer.allocUnsafe(Math.max(options.bufferBytes ?? 1024 ** 2, 1));
    this.#fd = this.#attempt('create', () => openSync(this.#partial, 'w'));
  }

  get lines(): number {
    return this.#lines;
  }

  /** One line, without its line break. */
  append(line: string): void {
    if (line.includes('\n')) throw new RangeError(`${this.path}: a line holds a line break`);
    this.#lines += 1;
    // UTF-8 takes at most three bytes for a unit of a string.
    const most = line.length * 3 + 1;
    if (this.#used + most > this.#buffer.byteLength) this.#flush();
    if (most > this.#buffer.byteLength) {
      this.#write(Buffer.from(`${line}\n`));
      return;
    }
    this.#used += this.#buffer.write(line, this.#used);
    this.#buffer[this.#used++] = 10;
  }

  /** Resolves when the whole file is on disk under its name. May be called twice. */
  async close(): Promise<void> {
    if (this.#fd === null) return;
    this.#flush();
    const fd = this.#fd;
    this.#fd = null;
    this.#attempt('finish', () => {
      fsyncSync(fd);
      closeSync(fd);
    });
    await renameDurably(this.#partial, this.path);
  }

  /** Leaves no file; what stood under the name before stays. */
  discard(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
    rmSync(this.#partial, { force: true });
  }

  #flush(): void {
    if (this.#used > 0) this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Uint8Array): void {
    const fd = this.#fd;
    if (fd === null) throw new Error(`${this.path} is closed`);
    this.#attempt('write', () => {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
    });
  }

  #attempt<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new Error(`cannot ${what} ${this.#partial}: ${errorText(error)}`, { cause: error });
    }
  }
}
