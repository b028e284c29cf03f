// Traffic: events a second, latency and lag over the last minute, for screens and metrics.

/** Upper bounds of the latency classes (ms): each 25 % above the one before. */
const BOUNDS = Array.from({ length: 72 }, (_, i) => 0.05 * 1.25 ** i);
const SECONDS = 60;

export class Traffic {
  lagEvents = 0;
  #lastStoredAtMs: number | null = null;
  #lastDecidedAtMs = 0;
  /** Events of each of the last 60 s, and when its second was. */
  readonly #events = new Float64Array(SECONDS);
  readonly #second = new Float64Array(SECONDS).fill(-1);
  readonly #latency = Array.from({ length: SECONDS }, () => new Uint32Array(BOUNDS.length));
  #startedAtMs: number;

  constructor(private readonly nowMs: () => number) {
    this.#startedAtMs = nowMs();
  }

  /** A batch was decided now: `latencies` (ms, the first `count`) from stored to decided. */
  decided(count: number, latencies: Float64Array, lastStoredAtMs: number | null): void {
    this.#lastDecidedAtMs = this.nowMs();
    this.#lastStoredAtMs = lastStoredAtMs;
    const slot = this.#slot();
    this.#events[slot] = (this.#events[slot] as number) + count;
    const classes = this.#latency[slot] as Uint32Array;
    for (let i = 0; i < count; i++) {
      const at = classOf(latencies[i] as number);
      classes[at] = (classes[at] as number) + 1;
    }
  }

  /** Forgets what was measured up to now. */
  reset(): void {
    this.#second.fill(-1);
    this.#startedAtMs = this.nowMs();
  }

  /** Mean over the last 10 whole seconds, or since the start. */
  eventsPerSecond(): number {
    const now = Math.floor(this.nowMs() / 1000);
    const seconds = Math.min(10, Math.max(1, now - Math.floor(this.#startedAtMs / 1000)));
    let sum = 0;
    for (let i = 0; i < SECONDS; i++) {
      const age = now - (this.#second[i] as number);
      if (age >= 1 && age <= seconds) sum += this.#events[i] as number;
    }
    return sum / seconds;
  }

  /** Quantile of the last minute's latencies (ms, to 25 %); null without events. */
  latencyMs(quantile: number): number | null {
    const now = Math.floor(this.nowMs() / 1000);
    const sums = new Float64Array(BOUNDS.length);
    let total = 0;
    for (let i = 0; i < SECONDS; i++) {
      if (now - (this.#second[i] as number) >= SECONDS) continue;
      const classes = this.#latency[i] as Uint32Array;
      for (let c = 0; c < sums.length; c++) {
        sums[c] = (sums[c] as number) + (classes[c] as number);
        total += classes[c] as number;
      }
    }
    if (total === 0) return null;
    let seen = 0;
    const at = sums.findIndex((n) => {
      seen += n;
      return seen >= quantile * total;
    });
    return BOUNDS[at] as number;
  }

  /** Age of the newest event decided while more wait; 0 when all that is stored is decided. */
  lagSeconds(): number {
    if (this.lagEvents === 0 || this.#lastStoredAtMs === null) return 0;
    return Math.max(0, (this.nowMs() - this.#lastStoredAtMs) / 1000);
  }

  /** Milliseconds since the last batch; Infinity before the first. */
  idleMs(): number {
    return this.#lastDecidedAtMs === 0
      ? Number.POSITIVE_INFINITY
      : this.nowMs() - this.#lastDecidedAtMs;
  }

  #slot(): number {
    const second = Math.floor(this.nowMs() / 1000);
    const slot = second % SECONDS;
    if (this.#second[slot] !== second) {
      this.#second[slot] = second;
      this.#events[slot] = 0;
      (this.#latency[slot] as Uint32Array).fill(0);
    }
    return slot;
  }
}

function classOf(ms: number): number {
  const at = Math.ceil(Math.log(Math.max(ms, 0.05) / 0.05) / Math.log(1.25));
  return Math.min(BOUNDS.length - 1, Math.max(0, at));
}
