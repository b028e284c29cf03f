// A batch of rows, frozen before its first try: the same bytes and the same token in every try.
import { crc32 } from 'node:zlib';

export interface FrozenBatch {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Lines of JSONCompactEachRow. */
  readonly bytes: Buffer;
  /** Names table, positions, content and run: ClickHouse drops a second batch of that token. */
  readonly token: string;
}

/**
 * A replay after a crash may cut the very same batch again; it must not be taken for a second try
 * of one that ClickHouse perhaps never finished: so the token names the run of the process too.
 * The tables' keys absorb what comes twice.
 */
export function freeze(batch: {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly pieces: readonly Buffer[];
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly run: string;
}): FrozenBatch {
  const { table, columns, rows, firstPosition, lastPosition, run } = batch;
  const bytes = Buffer.concat(batch.pieces);
  const sum = crc32(bytes).toString(16).padStart(8, '0');
  const token = `${table}-${firstPosition}-${lastPosition}-${rows}-${sum}-${run}`;
  return { table, columns, rows, bytes, token };
}

/** For the spool: length of the head (u32 little endian), head as JSON, bytes. */
export function packBatch(batch: FrozenBatch): Buffer {
  const { bytes, ...head } = batch;
  const json = Buffer.from(JSON.stringify(head), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.byteLength, 0);
  return Buffer.concat([length, json, bytes]);
}

/** The columns are the batch's own, so that one spooled by an older version still fits. */
export function unpackBatch(packed: Uint8Array): FrozenBatch {
  const buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const end = 4 + buffer.readUInt32LE(0);
  const head: Omit<FrozenBatch, 'bytes'> = JSON.parse(buffer.toString('utf8', 4, end));
  return { ...head, bytes: buffer.subarray(end) };
}
