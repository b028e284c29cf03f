// Chunks of bytes into lines: views of the chunks, no copy but for a line that spans two.

/** A line; `tooLong` has no bytes; numbers count lines of the input, blank ones included. */
export interface Line {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly isTooLong: boolean;
}

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const NOTHING = new Uint8Array(0);

export class LineSplitter {
  readonly #maxBytes: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Pieces of a line whose end has not come yet. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #number = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of the last line given out. */
  get number(): number {
    return this.#number;
  }

  /** Only after `next` gave null. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next line that is not blank; null: the chunk is used up. */
  next(): Line | null {
    for (;;) {
      const end = this.#chunk.indexOf(NEWLINE, this.#at);
      if (end === -1) {
        this.#keepRest();
        return null;
      }
      const piece = this.#chunk.subarray(this.#at, end);
      this.#at = end + 1;
      const line = this.#complete(piece);
      if (line !== null) return line;
    }
  }

  /** The last line, when it has no line break; once, after the last chunk. */
  finish(): Line | null {
    const isEmpty = this.#begunBytes === 0;
    return isEmpty ? null : this.#complete(Buffer.alloc(0));
  }

  #complete(piece: Buffer): Line | null {
    this.#number += 1;
    let bytes = piece;
    let size = piece.byteLength;
    if (this.#begunBytes > 0) {
      size += this.#begunBytes;
      if (size <= this.#maxBytes + 1) bytes = Buffer.concat([...this.#begun, piece]);
      this.#begun = [];
      this.#begunBytes = 0;
    }
    if (size > this.#maxBytes && !(size === this.#maxBytes + 1 && bytes.at(-1) === RETURN)) {
      return { number: this.#number, bytes: NOTHING, isTooLong: true };
    }
    if (bytes[size - 1] === RETURN) bytes = bytes.subarray(0, size - 1);
    if (isBlank(bytes)) return null;
    return { number: this.#number, bytes, isTooLong: false };
  }

  #keepRest(): void {
    const rest = this.#chunk.subarray(this.#at);
    this.#at = this.#chunk.byteLength;
    if (rest.byteLength === 0) return;
    this.#begunBytes += rest.byteLength;
    // Of a line that is too long only the length is kept: it must not fill the memory.
    if (this.#begunBytes > this.#maxBytes + 1) this.#begun = [];
    else this.#begun.push(rest);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  if ((bytes[0] ?? SPACE) > SPACE) return false;
  return bytes.every((byte) => byte <= SPACE);
}
