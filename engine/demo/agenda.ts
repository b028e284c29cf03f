// What is still to come, in order of time: a binary heap; ties in the order they were put in.

interface Entry<T> {
  readonly atMs: number;
  readonly number: number;
  readonly value: T;
}

export class Agenda<T> {
  private readonly heap: Entry<T>[] = [];
  private numbered = 0;

  get size(): number {
    return this.heap.length;
  }

  /** Time of the first entry; null when there is none. */
  nextMs(): number | null {
    return this.heap[0]?.atMs ?? null;
  }

  /** @throws RangeError when `atMs` is no time. */
  add(atMs: number, value: T): void {
    if (!Number.isFinite(atMs)) throw new RangeError(`atMs must be finite, got ${atMs}`);
    this.heap.push({ atMs, number: this.numbered++, value });
    this.rise(this.heap.length - 1);
  }

  /** Takes the first entry out. @throws RangeError when there is none. */
  take(): { readonly atMs: number; readonly value: T } {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) throw new RangeError('the agenda is empty');
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.heap.length && this.isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [x, y] = [this.heap[a] as Entry<T>, this.heap[b] as Entry<T>];
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.number < y.number);
  }

  private swap(a: number, b: number): void {
    const entry = this.heap[a] as Entry<T>;
    this.heap[a] = this.heap[b] as Entry<T>;
    this.heap[b] = entry;
  }
}
