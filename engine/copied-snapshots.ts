// Snapshots in the data folder, each copied to the broker afterwards, so that another machine can
// take over; at the start the newest of both places.
import type { FileSnapshotStore } from '../connectors/files/snapshot-store.js';
import type { Lease } from '../connectors/nats/lease.js';
import type { SnapshotCopies } from '../connectors/nats/snapshot-copies.js';
import type { SnapshotCopy } from '../connectors/nats/snapshot-copy.js';
import type {
  LayoutCheck,
  NewestSnapshot,
  Snapshot,
  SnapshotStore,
} from '../connectors/snapshot-store.js';
import type { PartStatus } from '../dashboards/protocol.js';
import type { Logger } from './log.js';

export interface CopiedSnapshotsOptions {
  readonly local: FileSnapshotStore;
  readonly copies: SnapshotCopies;
  readonly lease: Pick<Lease, 'state' | 'fence'> | null;
  readonly onCopied: (took: { durationMs: number; copiedAtMs: number }) => void;
  readonly onFailed: () => void;
  readonly log: Logger;
  /** What is read of a file and sent at once. Default 128 KiB. */
  readonly sliceBytes?: number;
  /** An orderly end waits so long for the copy under way. Default 10,000. */
  readonly patienceMs?: number;
}

/**
 * `save` is that of the folder: a copy is made of the file, later, one at a time and in small
 * slices. Snapshots saved while one is under way are not copied one by one; the newest is, next.
 * One that fails is not tried again: the next is newer.
 */
export class CopiedSnapshots implements SnapshotStore {
  readonly #options: Required<CopiedSnapshotsOptions>;
  readonly #abort = new AbortController();
  #isWanted = false;
  #copying: Promise<void> | null = null;
  #copied: { readonly name: string; readonly position: number } | null = null;
  #lastError: string | null = null;

  constructor(options: CopiedSnapshotsOptions) {
    this.#options = { sliceBytes: 128 * 1024, patienceMs: 10_000, ...options };
  }

  async save(snapshot: Snapshot): Promise<void> {
    await this.#options.local.save(snapshot);
    this.#isWanted = true;
    this.#copying ??= this.#copyAll();
  }

  async newest(schema: number | LayoutCheck): Promise<NewestSnapshot> {
    const { local, copies, lease, log } = this.#options;
    const found = await newestOfBoth(local, copies, schema);
    const fence = found.snapshot?.fence ?? 0;
    if (lease !== null && fence > lease.fence) {
      log.error(
        { fence: lease.fence, of: fence, from: found.from },
        'the snapshot is of a later fence than this engine has: the bucket of the lease was made ' +
          'anew; no copies are made until snapshot.copyTo names another bucket',
      );
    }
    return found;
  }

  status(): PartStatus {
    const name = 'snapshot copies';
    if (this.#lastError !== null) return { name, state: 'degraded', detail: this.#lastError };
    const at = this.#copied === null ? 'none yet in' : `position ${this.#copied.position} in`;
    return { name, state: 'up', detail: `${at} bucket ${this.#options.copies.bucket}` };
  }

  /** In an orderly end the copy under way is finished, if that takes no longer than it may. */
  async close(isOrderly: boolean): Promise<void> {
    const { signal } = this.#abort;
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    const stop = (): void => this.#abort.abort(new Error('stopped before it was whole'));
    const patience = setTimeout(stop, isOrderly ? this.#options.patienceMs : 0);
    await Promise.race([this.#copying, aborted]);
    clearTimeout(patience);
    stop();
  }

  async #copyAll(): Promise<void> {
    while (this.#isWanted && !this.#abort.signal.aborted) {
      this.#isWanted = false;
      await this.#copyOne();
    }
    this.#copying = null;
  }

  async #copyOne(): Promise<void> {
    const { lease, onCopied, onFailed, log } = this.#options;
    // What its successor goes on from is not this one's.
    if (lease?.state === 'lost') return;
    const began = performance.now();
    try {
      const position = await this.#copyNewest();
      if (position === null) return;
      this.#lastError = null;
      const durationMs = performance.now() - began;
      log.debug({ position, durationMs }, 'snapshot copied');
      onCopied({ durationMs, copiedAtMs: Date.now() });
    } catch (error) {
      if (this.#abort.signal.aborted) {
        log.warn({ err: error }, 'the copy of a snapshot was given up');
        return;
      }
      this.#lastError = error instanceof Error ? error.message : String(error);
      log.error({ err: error }, 'snapshot not copied; the next one is tried');
      onFailed();
    }
  }

  /** The position that it is of; null: it has been copied already. */
  async #copyNewest(): Promise<number | null> {
    const { local, copies, sliceBytes } = this.#options;
    const name = (await local.names()).at(-1);
    if (name === undefined || name === this.#copied?.name) return null;
    const { header, slices, close } = await local.openSlices(name, sliceBytes);
    try {
      await copies.put({ header, slices: until(this.#abort.signal, slices) });
      this.#copied = { name, position: header.position };
      return header.position;
    } finally {
      await close();
    }
  }
}

/** By fence, then by position; of two that are equal the one that need not be fetched. */
async function newestOfBoth(
  local: FileSnapshotStore,
  copies: SnapshotCopies,
  schema: number | LayoutCheck,
): Promise<NewestSnapshot> {
  const listed = await copies.list();
  let own: NewestSnapshot | null = await local.newest(schema);
  const { refused } = own;
  const above = aboveOf(listed, own.snapshot);
  if (above.length === 0) return own;
  // The memory of a large state is needed once: better read again where no copy is any good.
  own = null;
  const found = await copies.newestOf(above, schema);
  const rest = found.snapshot === null ? await local.newest(schema) : found;
  return { ...rest, refused: [...refused, ...found.refused] };
}

function aboveOf(copies: readonly SnapshotCopy[], own: Snapshot | null): readonly SnapshotCopy[] {
  if (own === null) return copies;
  const { fence = 0, position } = own;
  return copies.filter((copy) =>
    copy.fence === fence ? copy.position > position : copy.fence > fence,
  );
}

async function* until(
  signal: AbortSignal,
  slices: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const slice of slices) {
    signal.throwIfAborted();
    yield slice;
  }
}
