// The bytes of a file or of standard input, in large chunks, unpacked when they are gzip.
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export interface ChunkOptions {
  readonly chunkBytes: number;
  /** What `-` reads. */
  readonly stdin: Readable;
  /** Told how many bytes were read, before unpacking. */
  readonly onRead: (bytes: number) => void;
}

/** Ends with an error after the last bytes that could be had. */
export async function* chunksOf(path: string, options: ChunkOptions): AsyncGenerator<Buffer> {
  const raw = path === '-' ? streamChunks(options) : fileChunks(path, options);
  const begin = await beginning(raw);
  const whole = withBeginning(begin, raw);
  yield* begin[0] === 0x1f && begin[1] === 0x8b ? unpacked(whole) : whole;
}

async function* fileChunks(path: string, options: ChunkOptions): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    for (;;) {
      // A fresh one each time: the lines given out are views of it.
      const buffer = Buffer.allocUnsafeSlow(options.chunkBytes);
      const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, null);
      if (bytesRead === 0) return;
      options.onRead(bytesRead);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* streamChunks(options: ChunkOptions): AsyncGenerator<Buffer> {
  for await (const chunk of options.stdin) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    options.onRead(bytes.byteLength);
    yield bytes;
  }
}

/** At least two bytes, where there are two: what tells gzip from text. */
async function beginning(raw: AsyncGenerator<Buffer>): Promise<Buffer> {
  let begin: Buffer = Buffer.alloc(0);
  while (begin.byteLength < 2) {
    const next = await raw.next();
    if (next.done === true) break;
    begin = begin.byteLength === 0 ? next.value : Buffer.concat([begin, next.value]);
  }
  return begin;
}

async function* withBeginning(begin: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (begin.byteLength > 0) yield begin;
    yield* rest;
  } finally {
    // Also when nobody reads on after the beginning: the file must be closed.
    await rest.return(undefined);
  }
}

const UNPACK_BYTES = 64 * 1024;

/**
 * Written piece by piece and listened to, not piped: a stream that fails throws away what it
 * had already unpacked, and a torn file must give all that it holds.
 */
async function* unpacked(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const out: Buffer[] = [];
  let failure: Error | null = null;
  gunzip.on('data', (chunk: Buffer) => out.push(chunk));
  const ended = new Promise<void>((done) => {
    gunzip.on('end', done);
    gunzip.on('error', (error) => {
      failure = error;
      done();
    });
  });
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.byteLength && failure === null; at += UNPACK_BYTES) {
        const piece = chunk.subarray(at, at + UNPACK_BYTES);
        await Promise.race([ended, new Promise((done) => gunzip.write(piece, done))]);
        yield* out.splice(0);
      }
      if (failure !== null) break;
    }
    gunzip.end();
    await ended;
    yield* out.splice(0);
    if (failure !== null) throw failure;
  } finally {
    gunzip.destroy();
  }
}
