// Which messages made the state: a restart goes back to a snapshot, and to what that was made of.
import { crc32 } from 'node:zlib';
import { StreamRewoundError } from '../../connectors/nats/position-gap.js';
import type { NatsSource } from '../../connectors/nats/source.js';
import type { Snapshot, SnapshotStore } from '../../connectors/snapshot-store.js';
import type { Stored, Stream } from './nats-server.js';

/**
 * Where the stream lost nothing this is all of it, in order. Where it lost what a snapshot did not
 * hold yet, the state before the restart and the one after it are of different logs.
 */
export class Lineage {
  /** Messages handed to the core that runs now, and those in the snapshot it began with. */
  current: Stored[] = [];
  /** What no core should have been given. */
  readonly problems: string[] = [];
  /** What the cores before it had seen. */
  readonly former: Stored[][] = [];
  /** How much of what it had seen was gone when a core heard of it. */
  readonly gone = new Map<StreamRewoundError, number>();
  readonly #saved = new Map<string, readonly Stored[]>();

  constructor(private readonly stream: Stream) {}

  watchSource(source: NatsSource, onGap: 'continue' | 'stop'): void {
    const open = source.open.bind(source);
    source.open = (...given) => open(...given).catch((error: unknown) => this.#note(error));
    const nextBatch = source.nextBatch.bind(source);
    source.nextBatch = async (max) => {
      const batch = await nextBatch(max).catch((error: unknown) => this.#note(error));
      for (const { position, storedAtMs } of batch ?? []) {
        const before = this.current.at(-1)?.position ?? position - 1;
        if (onGap === 'stop' && position !== before + 1) {
          this.problems.push(`position ${position} was handed over after ${before}, gap or not`);
        }
        this.current.push(this.stream.whatWas({ position, storedAtMs: storedAtMs as number }));
      }
      return batch;
    };
  }

  watchStore(store: SnapshotStore): SnapshotStore {
    return {
      save: (snapshot) => {
        const made = this.current.filter(({ position }) => position <= snapshot.position);
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

  /** Later the stream may be another one again. */
  #note(error: unknown): never {
    // Before its first position nobody can tell what the stream held.
    const here = this.current.filter(({ position }) => position >= this.stream.first);
    const gone = here.filter((message) => !this.stream.holds(message)).length;
    if (error instanceof StreamRewoundError) this.gone.set(error, gone);
    throw error;
  }

  #of(snapshot: Snapshot): Stored[] {
    const made = this.#saved.get(nameOf(snapshot));
    if (made === undefined) throw new Error('a snapshot was loaded that was never saved');
    return [...made];
  }
}

function nameOf({ position, bytes }: Snapshot): string {
  return `${position}/${bytes.byteLength}/${crc32(bytes)}`;
}
