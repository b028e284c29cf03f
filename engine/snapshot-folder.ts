// The snapshots of a data folder, for people: what there is, one out of it, one into it.
import { link, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Settings } from '../config/settings.js';
import { REAL_DISK } from '../connectors/files/disk.js';
import { syncFolder } from '../connectors/files/durable.js';
import { lockFolder } from '../connectors/files/folder-lock.js';
import { writeSnapshot } from '../connectors/files/snapshot-file.js';
import { FileSnapshotStore } from '../connectors/files/snapshot-store.js';
import type { LayoutCheck, Snapshot, SnapshotStore } from '../connectors/snapshot-store.js';
import { createCore } from './core.js';
import { LAYOUTS, layoutCheck, stateOf } from './migrations.js';
import { BucketRing } from './screens/bucket-ring.js';
import { asWriter } from './snapshot-bucket.js';

export interface ListedSnapshot {
  readonly name: string;
  /** Null: what describes it cannot be read. */
  readonly savedAt: string | null;
  readonly bytes: number;
  /** Null: its header cannot be read, or it is not whole. */
  readonly position: number | null;
  readonly layout: number | null;
  /** 0: not known. */
  readonly fence: number | null;
  /** Why a start would pass it over; null: it would not. */
  readonly refused: string | null;
}

export interface NamedSnapshot {
  readonly name: string;
  readonly snapshot: Snapshot;
}

/** To be looked at, whether a start would take it or not. */
export const ANY_LAYOUT: LayoutCheck = () => null;

export function snapshotsDir(settings: Settings): string {
  return join(settings.data.dir, 'snapshots');
}

/** Each read from beginning to end; the newest first. */
export async function listSnapshots(settings: Settings): Promise<ListedSnapshot[]> {
  const dir = snapshotsDir(settings);
  const store = new FileSnapshotStore({ dir });
  const listed: ListedSnapshot[] = [];
  for (const name of (await store.names()).reverse()) {
    const found = await store.read(name, ANY_LAYOUT);
    const { size, mtime } = await stat(join(dir, name));
    const whole = typeof found === 'string' ? null : found;
    listed.push({
      name,
      savedAt: mtime.toISOString(),
      bytes: size,
      position: whole?.position ?? null,
      layout: whole?.schema ?? null,
      fence: whole === null ? null : (whole.fence ?? 0),
      refused: typeof found === 'string' ? found : layoutCheck(LAYOUTS)(found.schema),
    });
  }
  return listed;
}

/** By its name, or the newest. Null: there is none. @throws Error when it is refused */
export async function findSnapshot(
  settings: Settings,
  name: string | undefined,
): Promise<NamedSnapshot | null> {
  const store = new FileSnapshotStore({ dir: snapshotsDir(settings) });
  const names = await store.names();
  const wanted = name ?? names.at(-1);
  if (wanted === undefined || !names.includes(wanted)) return null;
  const found = await store.read(wanted, ANY_LAYOUT);
  if (typeof found === 'string') throw new Error(`snapshot ${wanted} is refused: ${found}`);
  return { name: wanted, snapshot: found };
}

/** As a file of its own, whole or not at all. @throws Error when `file` is there already */
export async function exportSnapshot(snapshot: Snapshot, file: string): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    await writeSnapshot(REAL_DISK, temporary, snapshot);
    // Unlike a rename, a link takes no other file's place.
    await link(temporary, file);
  } catch (error) {
    if (!isThere(error)) throw error;
    throw new Error(`${file} is there already: name another file`);
  } finally {
    await rm(temporary, { force: true });
    await syncFolder(dirname(file));
  }
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/**
 * Puts a snapshot in as the newest: the next start goes on from it. Where snapshots are copied to
 * the broker it is saved there too, under a fence of its own; else the copies would come before it.
 * @throws Error when it is refused, does not load with these settings, an engine uses the folder,
 * or, where there are copies, an engine writes
 */
export async function importSnapshot(settings: Settings, file: string): Promise<Snapshot> {
  const lock = await lockFolder(settings.data.dir);
  try {
    const snapshot = await readFile(file, layoutCheck(LAYOUTS));
    // Better refused here than at the engine's next start.
    loadedCore(settings, snapshot, file);
    const { keep, copyTo } = settings.snapshot;
    const local = new FileSnapshotStore({ dir: snapshotsDir(settings), keep });
    if (copyTo === null) await local.save(snapshot);
    else await asWriter(settings, (fence, copies) => saveIn([copies, local], snapshot, fence));
    return snapshot;
  } finally {
    await lock.release();
  }
}

async function saveIn(
  stores: readonly SnapshotStore[],
  snapshot: Snapshot,
  fence: number,
): Promise<void> {
  for (const store of stores) await store.save({ ...snapshot, fence });
}

async function readFile(file: string, check: LayoutCheck): Promise<Snapshot> {
  const store = new FileSnapshotStore({ dir: dirname(file) });
  const found = await store.read(basename(file), check);
  if (typeof found === 'string') throw new Error(`${file} is refused: ${found}`);
  return found;
}

/**
 * A core and its charts' buckets with the state of a snapshot, as the engine loads it.
 * @param from what it was read from, for people
 * @throws Error when it does not load with these settings
 */
export function loadedCore(settings: Settings, snapshot: Snapshot, from: string) {
  const core = createCore(settings);
  const buckets = new BucketRing(core.table);
  try {
    core.load(stateOf(snapshot, LAYOUTS));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error(`${from} does not load with these settings: ${error.message}`, {
      cause: error,
    });
  }
  return { core, buckets };
}
