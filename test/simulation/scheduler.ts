// Virtual time: what happens next is the earliest of what was put here, one thing at a time.

/** Node's own, also while the global one is replaced. */
const realTurn = globalThis.setImmediate;

export interface Entry {
  readonly atMs: number;
  readonly serial: number;
  readonly run: () => void;
  /** Timers of the simulated process go with it; what the world does goes on. */
  readonly isProcess: boolean;
}

export class Scheduler {
  nowMs: number;
  /** Things that have happened. */
  steps = 0;
  #serial = 0;
  readonly #heap: Entry[] = [];
  readonly #cancelled = new Set<Entry>();

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  after(delayMs: number, run: () => void, isProcess = false): Entry {
    const atMs = this.nowMs + Math.max(delayMs, 0);
    const entry = { atMs, serial: this.#serial++, run, isProcess };
    this.#push(entry);
    return entry;
  }

  cancel(entry: Entry): void {
    this.#cancelled.add(entry);
  }

  /** The process is gone, and its timers with it. */
  dropProcess(): void {
    for (const entry of this.#heap) if (entry.isProcess) this.#cancelled.add(entry);
  }

  /**
   * Goes on until `isDone`; false: nothing is left to happen, or `limitMs` is reached. All that an
   * event brings about without waiting for the world is through before the next event.
   */
  async run(isDone: () => boolean, limitMs: number): Promise<boolean> {
    await turn();
    while (!isDone()) {
      const entry = this.#pop();
      if (entry === undefined) return false;
      if (this.#cancelled.delete(entry)) continue;
      if (entry.atMs > limitMs) return false;
      this.nowMs = Math.max(this.nowMs, entry.atMs);
      this.steps += 1;
      entry.run();
      await turn();
    }
    return true;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as Entry, entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Entry)) child += 1;
      if (isBefore(last, heap[child] as Entry)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial);
}

/** Microtasks and ticks, all of them, are through when this resolves. */
function turn(): Promise<void> {
  return new Promise((done) => realTurn(done));
}
