// Which messages made the state: a restart goes back to a snapshot, and to what that was made of.
import { crc32 } from 'node:zlib';
import type { Snapshot, SnapshotStore } from '../../connectors/snapshot-store.js';
import type { Source } from '../../connectors/source.js';

/**
 * Where the stream lost nothing this is all of it, in order. Where it lost what a snapshot did not
 * hold yet, the state before the restart and the one after it are of different logs.
 */
export class Lineage {
  /** Positions handed to the core that runs now, and those in the snapshot it began with. */
  current: number[] = [];
  /** What the cores before it had seen. */
  readonly former: number[][] = [];
  readonly #saved = new Map<string, readonly number[]>();

  watchSource(source: Source): void {
    const nextBatch = source.nextBatch.bind(source);
    source.nextBatch = async (max) => {
      const batch = await nextBatch(max);
      for (const { position } of batch ?? []) this.current.push(position);
      return batch;
    };
  }

  watchStore(store: SnapshotStore): SnapshotStore {
    return {
      save: (snapshot) => {
        const made = this.current.filter((position) => position <= snapshot.position);
        this.#saved.set(nameOf(snapshot), made);
        return store.save(snapshot);
      },
      newest: async (schema) => {
        const found = await store.newest(schema);
        this.former.push(this.current);
        this.current = found.snapshot === null ? [] : this.#of(found.snapshot);
        return found;
      },
    };
  }

  #of(snapshot: Snapshot): number[] {
    const made = this.#saved.get(nameOf(snapshot));
    if (made === undefined) throw new Error('a snapshot was loaded that was never saved');
    return [...made];
  }
}

function nameOf({ position, bytes }: Snapshot): string {
  return `${position}/${bytes.byteLength}/${crc32(bytes)}`;
}
