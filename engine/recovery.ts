// Recovery: loads the newest whole snapshot at the start, saves new ones while the engine runs.
import type { Lease } from '../connectors/nats/lease.js';
import type { SnapshotStore } from '../connectors/snapshot-store.js';
import type { Position } from '../connectors/source.js';
import type { SetAsideEvent } from '../operators/stream/set-aside.js';
import { StateEncoder } from '../operators/stream/state-encoder.js';
import type { Core } from './core.js';
import type { Logger } from './log.js';
import { LAYOUTS, type Layouts, layoutCheck, stateOf } from './migrations.js';
import { pauses } from './pauses.js';

export interface RecoveryOptions {
  readonly store: SnapshotStore;
  readonly intervalMs: number;
  /** Makes everything written up to now survive a crash; before a snapshot that says so. */
  readonly makeDurable: () => Promise<void>;
  readonly onSaved: (took: { durationMs: number; savedAtMs: number }) => void;
  readonly log: Logger;
  /** Its fence is in each snapshot, and none is saved once it is lost. Default: there is none. */
  readonly lease?: Pick<Lease, 'state' | 'fence'> | null;
  /** Layouts of the state that are read. Default: this version's. */
  readonly layouts?: Layouts;
}

/**
 * A snapshot is the state after all events up to a position. It is saved only when all results of
 * those events are safe, so a restart sends again what came after it, under the same ids.
 */
export class Recovery {
  /** Position of the last snapshot that is safe; null: none. */
  savedPosition: Position | null = null;
  readonly #layouts: Layouts;
  readonly #encoder = new StateEncoder();
  #dueAtMs: number;
  /** A snapshot being written, or room being made for one. */
  #saving: Promise<void> | null = null;
  #lastError: string | null = null;

  constructor(private readonly options: RecoveryOptions) {
    this.#layouts = options.layouts ?? LAYOUTS;
    this.#dueAtMs = performance.now() + options.intervalMs;
  }

  /** Why the last snapshot could not be saved; null: it was. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** Fills a new core; returns the position to go on from, null for the beginning. */
  async load(core: Core, setAside: readonly SetAsideEvent[] = []): Promise<Position | null> {
    const { log, store } = this.options;
    const { snapshot, refused, from } = await store.newest(layoutCheck(this.#layouts));
    for (const { name, reason } of refused)
      log.warn({ snapshot: name, reason }, 'snapshot refused');
    if (snapshot === null) {
      for (const event of setAside) core.setAside.add(event);
      return null;
    }
    core.load(stateOf(snapshot, this.#layouts));
    this.savedPosition = snapshot.position;
    const { position, schema: layout, fence = 0 } = snapshot;
    log.info(
      { position, layout, fence, rows: core.table.rows, from },
      'state loaded from a snapshot',
    );
    await this.#keep(core, snapshot.position, setAside);
    await this.#makeRoom(core.sections());
    return snapshot.position;
  }

  /**
   * What is set aside is in a snapshot before the event is reached: the next run leaves it out
   * too. Without any snapshot, or when this one fails, the event is tried and set aside again.
   */
  async #keep(core: Core, position: Position, setAside: readonly SetAsideEvent[]): Promise<void> {
    const before = core.setAside.size;
    for (const event of setAside) core.setAside.add(event);
    if (core.setAside.size > before) await this.#save(core.sections(), position);
  }

  /** Resolves when no snapshot is being written any more. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  /**
   * Between two batches: begins a snapshot when one is due and none is being saved. The state is
   * copied here and now; the rest is done while further events are applied.
   */
  offer(core: Core, position: Position): void {
    if (this.#saving !== null || performance.now() < this.#dueAtMs) return;
    const sections = core.sections();
    const hasRoom = this.#encoder.hasRoom(sections);
    const work = hasRoom ? this.#save(sections, position) : this.#makeRoom(sections);
    this.#saving = work.then((isDone) => {
      this.#saving = null;
      // Room is there: the next batch may be followed by the snapshot.
      if (hasRoom || !isDone) this.#dueAtMs = performance.now() + this.options.intervalMs;
    });
  }

  /** The last snapshot before the end. */
  async finish(core: Core, position: Position): Promise<void> {
    await this.#saving;
    if (position > 0 && position !== this.savedPosition) {
      await this.#save(core.sections(), position);
    }
  }

  /** Numbers are copied before the first await. False: not saved. */
  async #save(sections: Sections, position: Position): Promise<boolean> {
    const began = performance.now();
    const { lease = null, log } = this.options;
    try {
      const bytes = await inSlices(this.#encoder.begin(sections));
      await this.options.makeDurable();
      // The other one goes on from its own: what this one knows is of no use any more.
      if (lease?.state === 'lost') {
        log.warn({ position }, 'snapshot not saved: another engine writes now');
        return false;
      }
      const fence = lease?.fence ?? 0;
      await this.options.store.save({ schema: this.#layouts.current, position, fence, bytes });
      this.savedPosition = position;
      this.#lastError = null;
      this.options.onSaved({ durationMs: performance.now() - began, savedAtMs: Date.now() });
      return true;
    } catch (error) {
      this.#failed(error, position);
      return false;
    }
  }

  /** Memory for the copy is got beforehand and bit by bit: new pages take longer than the copy. */
  async #makeRoom(sections: Sections): Promise<boolean> {
    try {
      await inSlices(this.#encoder.reserve(sections));
      return true;
    } catch (error) {
      this.#failed(error, this.savedPosition);
      return false;
    }
  }

  #failed(error: unknown, position: Position | null): void {
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.options.log.error({ err: error, position }, 'snapshot not saved; the next one is tried');
  }
}

type Sections = ReturnType<Core['sections']>;

/** Longest that a snapshot under way holds the loop (ms), give or take a step. */
const SLICE_MS = 2;

async function inSlices<T>(steps: Generator<void, T, void>): Promise<T> {
  const pause = pauses(SLICE_MS);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}
