// Recovery: loads the newest whole snapshot at the start, saves new ones while the engine runs.
import type { SnapshotStore } from '../connectors/snapshot-store.js';
import type { Position } from '../connectors/source.js';
import type { SetAsideEvent } from '../operators/stream/set-aside.js';
import { type Core, STATE_SCHEMA } from './core.js';
import type { Logger } from './log.js';

export interface RecoveryOptions {
  readonly store: SnapshotStore;
  readonly intervalMs: number;
  /** Makes everything written up to now survive a crash; before a snapshot that says so. */
  readonly makeDurable: () => Promise<void>;
  readonly onSaved: (took: { durationMs: number; savedAtMs: number }) => void;
  readonly log: Logger;
}

/**
 * A snapshot is the state after all events up to a position. It is saved only when all results of
 * those events are safe, so a restart sends again what came after it, under the same ids.
 */
export class Recovery {
  /** Position of the last snapshot that is safe; null: none. */
  savedPosition: Position | null = null;
  #dueAtMs: number;
  #saving: Promise<void> | null = null;
  #lastError: string | null = null;

  constructor(private readonly options: RecoveryOptions) {
    this.#dueAtMs = performance.now() + options.intervalMs;
  }

  /** Why the last snapshot could not be saved; null: it was. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** Fills a new core; returns the position to go on from, null for the beginning. */
  async load(core: Core, setAside: readonly SetAsideEvent[] = []): Promise<Position | null> {
    const { log, store } = this.options;
    const { snapshot, refused } = await store.newest(STATE_SCHEMA);
    for (const { name, reason } of refused)
      log.warn({ snapshot: name, reason }, 'snapshot refused');
    if (snapshot === null) {
      for (const event of setAside) core.setAside.add(event);
      return null;
    }
    core.load(snapshot.bytes);
    this.savedPosition = snapshot.position;
    log.info(
      { position: snapshot.position, rows: core.table.rows },
      'state loaded from a snapshot',
    );
    await this.#keep(core, snapshot.position, setAside);
    return snapshot.position;
  }

  /**
   * What is set aside is in a snapshot before the event is reached: the next run leaves it out
   * too. Without any snapshot, or when this one fails, the event is tried and set aside again.
   */
  async #keep(core: Core, position: Position, setAside: readonly SetAsideEvent[]): Promise<void> {
    const before = core.setAside.size;
    for (const event of setAside) core.setAside.add(event);
    if (core.setAside.size > before) await this.#save(core.save(), position);
  }

  /** Resolves when no snapshot is being written any more. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  /** Between two batches: begins a snapshot when one is due and none is being saved. */
  offer(core: Core, position: Position): void {
    if (this.#saving !== null || performance.now() < this.#dueAtMs) return;
    this.#saving = this.#save(core.save(), position).finally(() => {
      this.#saving = null;
      this.#dueAtMs = performance.now() + this.options.intervalMs;
    });
  }

  /** The last snapshot before the end. */
  async finish(core: Core, position: Position): Promise<void> {
    await this.#saving;
    if (position > 0 && position !== this.savedPosition) await this.#save(core.save(), position);
  }

  async #save(bytes: Uint8Array, position: Position): Promise<void> {
    const began = performance.now();
    try {
      await this.options.makeDurable();
      await this.options.store.save({ schema: STATE_SCHEMA, position, bytes });
      this.savedPosition = position;
      this.#lastError = null;
      this.options.onSaved({ durationMs: performance.now() - began, savedAtMs: Date.now() });
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error);
      this.options.log.error({ err: error, position }, 'snapshot not saved; the next one is tried');
    }
  }
}
