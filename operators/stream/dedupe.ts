// Dedupe: remembers event ids for a window of stream time, 16 bytes an id.
import { IdTable } from './id-table.js';
import type { Stateful, StateReader, StateWriter } from './state.js';

export interface DedupeOptions {
  /** How long an id is remembered, in ms of stream time. */
  readonly windowMs: number;
  /** Most ids held; beyond it the oldest are forgotten before their window ends, and counted. */
  readonly maxIds: number;
}

/** A power of two: the fingerprint's first bits choose the part. */
const PARTS = 256;
const PART_BITS = 8;

/**
 * 64-bit fingerprints with the time at which each id was taken, in many small tables: one grows, or
 * drops what has left the window, while the others stay as they are, so that no event waits for the
 * whole. Two ids are confused with probability n / 2^64 for n ids held: about 5e-12 at 100 million.
 */
export class Dedupe implements Stateful {
  /** Ids forgotten before their window ended, because `maxIds` was reached. */
  forgotten = 0;
  private parts: IdTable[];
  private last = '';
  private lastHigh = fingerprint('', SEED_HIGH);
  private lastLow = fingerprint('', SEED_LOW);
  /** Counts the saves: a part that stands as it stood at the last one is copied before it changes. */
  private saves = 0;
  /** Saves whose pages are not copied yet. */
  private copying = 0;

  constructor(private readonly options: DedupeOptions) {
    this.parts = Array.from({ length: PARTS }, () => new IdTable());
  }

  /** True: `id` was taken within the window before `nowMs` (stream time). */
  has(id: string, nowMs: number): boolean {
    this.take(id);
    const part = this.parts[this.lastHigh >>> (32 - PART_BITS)] as IdTable;
    return part.takenAtMs(this.lastHigh, this.lastLow) >= nowMs - this.options.windowMs;
  }

  /** Takes `id` at `nowMs`. */
  add(id: string, nowMs: number): void {
    this.take(id);
    this.put(this.lastHigh, this.lastLow, nowMs, nowMs - this.options.windowMs);
  }

  get ids(): number {
    return this.parts.reduce((sum, { size }) => sum + size, 0);
  }

  save(out: StateWriter): void {
    const columns = this.parts.map((part) => part.columns);
    this.saves++;
    this.copying++;
    const left = new Set<string>(['high', 'low', 'takenAtMs']);
    const pages = (name: 'high' | 'low' | 'takenAtMs') => ({
      pages: columns.map((column) => column[name]),
      release: (): void => {
        if (left.delete(name) && left.size === 0) this.copying--;
      },
    });
    out.put(
      'dedupe.capacities',
      Uint32Array.from(columns, ({ high }) => high.length),
    );
    out.put('dedupe.high', { type: 'Uint32Array', ...pages('high') });
    out.put('dedupe.low', { type: 'Uint32Array', ...pages('low') });
    out.put('dedupe.takenAtMs', { type: 'Float64Array', ...pages('takenAtMs') });
    out.put('dedupe.forgotten', Float64Array.of(this.forgotten));
  }

  load(from: StateReader): void {
    const high = from.view('dedupe.high', Uint32Array);
    const low = from.view('dedupe.low', Uint32Array);
    const takenAtMs = from.view('dedupe.takenAtMs', Float64Array);
    let at = 0;
    this.parts = Array.from(from.uint32('dedupe.capacities'), (capacity) => {
      const begin = at;
      at += capacity;
      return new IdTable({
        high: high.slice(begin, at),
        low: low.slice(begin, at),
        takenAtMs: takenAtMs.slice(begin, at),
      });
    });
    this.forgotten = from.float64('dedupe.forgotten')[0] as number;
  }

  /** Takes ids over by their fingerprints; those of no time (NaN) are none. */
  takeOver(high: Uint32Array, low: Uint32Array, takenAtMs: Float64Array): void {
    for (let i = 0; i < takenAtMs.length; i++) {
      const at = takenAtMs[i] as number;
      if (!Number.isNaN(at)) this.put(high[i] as number, low[i] as number, at, -Infinity);
    }
  }

  private put(high: number, low: number, nowMs: number, fromMs: number): void {
    const at = high >>> (32 - PART_BITS);
    const part = this.parts[at] as IdTable;
    if (this.copying > 0) part.own(this.saves);
    const maxIds = Math.ceil(this.options.maxIds / PARTS);
    if (part.put(high, low, nowMs, maxIds)) return;
    this.forgotten += part.rebuild(fromMs, maxIds);
    part.put(high, low, nowMs, maxIds);
  }

  /** An id is mostly looked for and then added: its fingerprint is made once. */
  private take(id: string): void {
    if (id === this.last) return;
    this.last = id;
    this.lastHigh = fingerprint(id, SEED_HIGH);
    this.lastLow = fingerprint(id, SEED_LOW);
  }
}

const SEED_HIGH = 0x9e3779b1;
const SEED_LOW = 0x85ebca77;

/** 32 bits of a text: multiply and rotate over UTF-16 units, then a finalizer that mixes all. */
function fingerprint(text: string, seed: number): number {
  let h = seed ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x5bd1e995);
    h = (h << 13) | (h >>> 19);
    h = Math.imul(h, 5) + seed;
  }
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
