// A snapshot put together from the bytes of its file as they come, whoever sends them.
import { crc32 } from 'node:zlib';
import type { LayoutCheck, Snapshot } from '../snapshot-store.js';
import { decodeHeader, type FoundHeader, HEADER_BYTES } from './snapshot-format.js';

export class SnapshotAssembly {
  #head = Buffer.alloc(0);
  #header: FoundHeader | null = null;
  #bytes = Buffer.alloc(0);
  #filled = 0;
  #checksum = 0;

  /** `size` is that of the whole file: no more is asked of memory than what is there to come. */
  constructor(
    private readonly size: number,
    private readonly check: LayoutCheck,
  ) {}

  /** Null: go on. Otherwise why it is refused; the rest need not be read. */
  take(slice: Uint8Array): string | null {
    if (this.#header !== null) return this.#fill(this.#header, slice);
    this.#head = Buffer.concat([this.#head, slice]);
    if (this.#head.byteLength < HEADER_BYTES) return null;
    const header = decodeHeader(this.#head);
    if (typeof header === 'string') return header;
    const unreadable = this.check(header.schema);
    if (unreadable !== null) return unreadable;
    const { headerBytes, length } = header;
    if (this.size !== headerBytes + length) {
      return `torn: ${this.size - headerBytes} of ${length} bytes`;
    }
    this.#header = header;
    // Typed arrays will be laid over it, so it is a buffer of its own.
    this.#bytes = Buffer.allocUnsafeSlow(length);
    const first = this.#head.subarray(headerBytes);
    this.#head = Buffer.alloc(0);
    return this.#fill(header, first);
  }

  /** When all has come: the snapshot, or why it is refused. */
  end(): Snapshot | string {
    if (this.#header === null) return `torn: ${this.#head.byteLength} bytes, no whole header`;
    const { schema, position, fence, length, checksum } = this.#header;
    if (this.#filled < length) return `torn: ${this.#filled} of ${length} bytes`;
    if (this.#checksum !== checksum) return 'checksum does not match';
    return { schema, position, fence, bytes: this.#bytes };
  }

  #fill({ length }: FoundHeader, slice: Uint8Array): string | null {
    if (this.#filled + slice.byteLength > length) return `more than its ${length} bytes`;
    this.#bytes.set(slice, this.#filled);
    this.#filled += slice.byteLength;
    this.#checksum = crc32(slice, this.#checksum);
    return null;
  }
}
