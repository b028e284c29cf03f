// The stopwatch: median time of one learned bucket, measured over many at once.

/** Fewer than these say more about the clock than about what it measures. */
const LEAST_UPDATES = 256;

export class Stopwatch {
  private readonly micros: number[] = [];
  private updates = 0;
  private elapsedMs = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Runs `work`, which learns `updates` buckets. */
  measure(updates: number, work: () => void): void {
    const beganMs = this.now();
    work();
    this.elapsedMs += this.now() - beganMs;
    this.updates += updates;
    if (this.updates < LEAST_UPDATES) return;
    this.note();
  }

  /** Microseconds an update; NaN before the first. */
  get medianMicros(): number {
    if (this.updates > 0 && this.micros.length === 0) this.note();
    const sorted = [...this.micros].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  }

  private note(): void {
    this.micros.push((1000 * this.elapsedMs) / this.updates);
    this.elapsedMs = 0;
    this.updates = 0;
  }
}
