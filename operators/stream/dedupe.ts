// Dedupe: remembers event ids for a window of stream time, 16 bytes an id.
import type { Stateful, StateReader, StateWriter } from './state.js';

export interface DedupeOptions {
  /** How long an id is remembered, in ms of stream time. */
  readonly windowMs: number;
  /** Most ids held; beyond it the oldest are forgotten before their window ends, and counted. */
  readonly maxIds: number;
}

const FIRST_CAPACITY = 1 << 14;
const MAX_LOAD = 0.7;

/**
 * A table of 64-bit fingerprints with the time at which each id was taken, open addressing.
 * Two ids are confused with probability n / 2^64 for n ids held: about 5e-12 at 100 million.
 */
export class Dedupe implements Stateful {
  /** Ids forgotten before their window ended, because `maxIds` was reached. */
  forgotten = 0;
  private size = 0;
  private high = new Uint32Array(FIRST_CAPACITY);
  private low = new Uint32Array(FIRST_CAPACITY);
  /** When the id was taken; 0 with both halves 0: a free place. */
  private takenAtMs = new Float64Array(FIRST_CAPACITY).fill(Number.NaN);

  constructor(private readonly options: DedupeOptions) {}

  /** True: `id` was taken within the window before `nowMs` (stream time). */
  has(id: string, nowMs: number): boolean {
    const taken = this.takenAtMs[this.place(fingerprint(id, SEED_HIGH), fingerprint(id, SEED_LOW))];
    return (taken as number) >= nowMs - this.options.windowMs;
  }

  /** Takes `id` at `nowMs`. */
  add(id: string, nowMs: number): void {
    if (this.size + 1 > this.takenAtMs.length * MAX_LOAD) this.rebuild(nowMs);
    this.put(fingerprint(id, SEED_HIGH), fingerprint(id, SEED_LOW), nowMs);
  }

  get ids(): number {
    return this.size;
  }

  save(out: StateWriter): void {
    out.put('dedupe.high', this.high);
    out.put('dedupe.low', this.low);
    out.put('dedupe.takenAtMs', this.takenAtMs);
    out.put('dedupe.counts', Float64Array.of(this.size, this.forgotten));
  }

  load(from: StateReader): void {
    this.high = from.uint32('dedupe.high');
    this.low = from.uint32('dedupe.low');
    this.takenAtMs = from.float64('dedupe.takenAtMs');
    const counts = from.float64('dedupe.counts');
    this.size = counts[0] as number;
    this.forgotten = counts[1] as number;
  }

  private put(high: number, low: number, takenAtMs: number): void {
    const place = this.place(high, low);
    if (Number.isNaN(this.takenAtMs[place])) this.size++;
    this.high[place] = high;
    this.low[place] = low;
    this.takenAtMs[place] = takenAtMs;
  }

  /** Where the fingerprint stands, or the free place where it would. */
  private place(high: number, low: number): number {
    const mask = this.takenAtMs.length - 1;
    let place = low & mask;
    while (!Number.isNaN(this.takenAtMs[place] as number)) {
      if (this.low[place] === low && this.high[place] === high) return place;
      place = (place + 1) & mask;
    }
    return place;
  }

  /** Drops what has left the window; grows when most is still inside. */
  private rebuild(nowMs: number): void {
    const { high, low, takenAtMs } = this;
    let from = nowMs - this.options.windowMs;
    let kept = takenAtMs.reduce((n, at) => (at >= from ? n + 1 : n), 0);
    if (kept >= this.options.maxIds) {
      const before = kept;
      const times = takenAtMs.filter((at) => at >= from).sort();
      from = times[times.length >> 1] as number;
      kept = takenAtMs.reduce((n, at) => (at > from ? n + 1 : n), 0);
      this.forgotten += before - kept;
      from = nextUp(from);
    }
    let capacity = FIRST_CAPACITY;
    while (kept > capacity * (MAX_LOAD / 2)) capacity *= 2;
    this.high = new Uint32Array(capacity);
    this.low = new Uint32Array(capacity);
    this.takenAtMs = new Float64Array(capacity).fill(Number.NaN);
    this.size = 0;
    for (let i = 0; i < takenAtMs.length; i++) {
      const at = takenAtMs[i] as number;
      if (at >= from) this.put(high[i] as number, low[i] as number, at);
    }
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

/** Just above a time in ms: times are kept in whole and fractional ms, a quarter is enough. */
function nextUp(ms: number): number {
  return ms + 0.25;
}
