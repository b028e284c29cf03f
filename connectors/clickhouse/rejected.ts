// Batches that ClickHouse refuses as wrong: kept on disk with the reason, never dropped.
import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import { syncFolder, writeAll } from '../files/durable.js';
import type { FrozenBatch } from './batch.js';

/** Resolves when the batch would survive a power cut. Throws when the folder is full. */
export async function setAside(
  dir: string,
  batch: FrozenBatch,
  reason: { readonly error: string; readonly maxBytes: number; readonly disk: Disk },
): Promise<void> {
  const { disk } = reason;
  await disk.mkdir(dir, { recursive: true });
  const used = await folderBytes(dir, disk);
  if (used + batch.bytes.byteLength > reason.maxBytes) {
    throw new Error(
      `${dir} is full: ${used} of ${reason.maxBytes} bytes used by batches that ClickHouse ` +
        `refused (${reason.error}); look at them, insert or delete them`,
    );
  }
  const file = `${batch.token}.ndjson`;
  await writeDurably(disk, join(dir, file), batch.bytes);
  const columns = batch.columns.join(', ');
  const text =
    `${reason.error}\n\n${batch.rows} rows for table ${batch.table}, not inserted. To insert ` +
    `${file} once its cause is mended, send it as the data of:\n` +
    `INSERT INTO ${batch.table} (${columns}) FORMAT JSONCompactEachRow\n`;
  await writeDurably(disk, join(dir, `${batch.token}.error.txt`), Buffer.from(text, 'utf8'));
  await syncFolder(dir, disk);
}

async function writeDurably(disk: Disk, file: string, bytes: Uint8Array): Promise<void> {
  const handle = await disk.open(file, 'w');
  try {
    await writeAll(handle, bytes, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function folderBytes(dir: string, disk: Disk): Promise<number> {
  const names = await disk.readdir(dir);
  const sizes = await Promise.all(
    names.map(async (name) => (await disk.stat(join(dir, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
