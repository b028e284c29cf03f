// Sends one frozen batch, and tells a batch that is wrong from a ClickHouse that is away.
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import type { FrozenBatch } from './batch.js';
import { quoteName } from './sql-text.js';

/** `token`: see `send-token.ts` for when it is not the batch's own. */
export async function insertBatch(
  client: ClickHouseClient,
  batch: FrozenBatch,
  signal: AbortSignal,
  token: string = batch.token,
): Promise<void> {
  // The client listens for an abort to come, and would miss one that came before.
  signal.throwIfAborted();
  const columns = batch.columns.map(quoteName).join(', ');
  const query = `INSERT INTO ${quoteName(batch.table)} (${columns}) FORMAT JSONCompactEachRow`;
  // exec and not insert: the latter would take the rows as objects and encode them in each try.
  const { stream } = await client.exec({
    query,
    values: Readable.from([batch.bytes], { objectMode: false }),
    abort_signal: signal,
    clickhouse_settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      // Old events may spread over many months; that is slow, and no reason to refuse them.
      max_partitions_per_insert_block: '0',
      // One block for one batch, so that its token stands for all of it.
      min_insert_block_size_rows: '1048449',
      min_insert_block_size_bytes: '268435456',
    },
  });
  await finished(stream.resume());
}

/**
 * Codes that speak of the rows and will come again for the same bytes: they cannot be parsed, do
 * not fit a column's type, break a constraint, or are more than a request may hold. What is wrong
 * with the table, the user or the server (no such table, too many parts, no space) is not here:
 * somebody will mend that, and the rows are good.
 */
const WRONG_BATCH = new Set([
  ...['6', '7', '20', '25', '26', '27', '38', '41', '53', '69', '70', '72', '117'],
  ...['131', '307', '321', '349', '407', '467', '469'],
]);

export function isWrongBatch(error: unknown): boolean {
  return error instanceof ClickHouseError && WRONG_BATCH.has(error.code);
}
