// A disk in memory: what is written is in the cache, what is synced survives a loss of power.
import { basename, dirname } from 'node:path';
import type { Dice } from './dice.js';
import type { World } from './process.js';

/** A file's content: as a reader sees it, and what the plate has of it. */
export class Content {
  cached: Buffer = Buffer.alloc(0);
  plate: Buffer = Buffer.alloc(0);
  /** Not synced yet, in order. */
  pending: { readonly at: number; readonly bytes: Buffer }[] = [];

  write(bytes: Buffer, at: number): void {
    this.cached = splice(this.cached, bytes, at);
    this.pending.push({ at, bytes });
  }

  /** On the plate at once: what a cut leaves behind is no promise of anything. */
  truncate(length: number): void {
    this.cached = Buffer.from(this.cached.subarray(0, length));
    this.plate = Buffer.from(this.plate.subarray(0, length));
    this.pending = this.pending
      .filter(({ at }) => at < length)
      .map(({ at, bytes }) => ({ at, bytes: bytes.subarray(0, length - at) }));
  }

  /** Writes of a sync that failed are not pending any more, and no later sync covers them. */
  sync(): void {
    for (const { at, bytes } of this.pending) this.plate = splice(this.plate, bytes, at);
    this.pending = [];
  }

  /** Each unsynced write is there, torn, or lost. */
  settleUnsynced(dice: Dice): void {
    for (const { at, bytes } of this.pending) {
      const fate = dice.next('power/write');
      if (fate < 0.4) continue;
      const length = fate < 0.7 ? dice.between('power/torn', 0, bytes.length) : bytes.length;
      this.plate = splice(this.plate, bytes.subarray(0, length), at);
    }
    this.pending = [];
  }
}

/** A change to a folder's entries; `content` null: the entry goes. */
interface EntryChange {
  readonly name: string;
  readonly content: Content | null;
}

class Folder {
  readonly cached = new Map<string, Content>();
  readonly plate = new Map<string, Content>();
  /** Not synced yet, in order; those of one step come together or not at all. */
  pending: (readonly EntryChange[])[] = [];

  change(...changes: readonly EntryChange[]): void {
    this.pending.push(changes);
    apply(this.cached, changes);
  }

  sync(): void {
    for (const changes of this.pending) apply(this.plate, changes);
    this.pending = [];
  }
}

export class SimulatedDisk {
  readonly #folders = new Map<string, Folder>();

  constructor(private readonly world: World) {}

  /**
   * Of what was not synced each write is there, torn, or lost; of the changes to a folder the
   * first ones are there, as a journal has them.
   */
  losePower(): void {
    const { dice } = this.world.faults;
    for (const folder of this.#folders.values()) {
      const kept = dice.between('power/entries', 0, folder.pending.length);
      for (const changes of folder.pending.slice(0, kept)) apply(folder.plate, changes);
      folder.pending = [];
      folder.cached.clear();
      for (const [name, content] of folder.plate) folder.cached.set(name, content);
      for (const content of folder.plate.values()) {
        content.settleUnsynced(dice);
        content.cached = Buffer.from(content.plate);
      }
    }
  }

  folder(path: string): Folder {
    const found = this.#folders.get(path);
    if (found !== undefined) return found;
    throw fault('ENOENT', path);
  }

  make(path: string): void {
    if (!this.#folders.has(path)) this.#folders.set(path, new Folder());
  }

  /** Whatever is in the folder is carried away. */
  empty(path: string): void {
    const { cached, plate } = this.folder(path);
    this.folder(path).pending = [];
    cached.clear();
    plate.clear();
  }

  /** Is there a file of such a name, in whatever folder? */
  holds(ending: string): boolean {
    return [...this.#folders.values()].some((folder) =>
      [...folder.cached.keys()].some((name) => name.endsWith(ending)),
    );
  }

  has(path: string): boolean {
    return this.#folders.has(path);
  }

  content(path: string): Content {
    const content = this.folder(dirname(path)).cached.get(basename(path));
    if (content === undefined) throw fault('ENOENT', path);
    return content;
  }
}

function apply(entries: Map<string, Content>, changes: readonly EntryChange[]): void {
  for (const { name, content } of changes) {
    if (content === null) entries.delete(name);
    else entries.set(name, content);
  }
}

function splice(old: Buffer, bytes: Buffer, at: number): Buffer {
  const made = Buffer.alloc(Math.max(old.length, at + bytes.length));
  old.copy(made);
  bytes.copy(made, at);
  return made;
}

export function fault(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${what}`), { code });
}
