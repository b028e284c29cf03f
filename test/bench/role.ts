// What each measuring process shares: its task, its words with the parent, the common clock.

/** Milliseconds since 1970 with fractions: the same clock in all processes of one machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** An id that says when its event was published, to the microsecond; `w` of the warm-up. */
export function stampedId(kind: 'm' | 'w', n: number, atMs: number): string {
  return `${kind}${n}.${Math.round(atMs * 1000)}`;
}

/** When the event of a measured id was published (ms); NaN: not one that counts. */
export function publishedAtMs(id: string): number {
  return id.startsWith('m') ? Number(id.slice(id.indexOf('.') + 1)) / 1000 : Number.NaN;
}

/** CPU time of this process since the making of it: what other work on the machine changes least. */
export class CpuTime {
  readonly #before = process.cpuUsage();

  /** Microseconds for each of `count`. */
  microsEach(count: number): number {
    const { user, system } = process.cpuUsage(this.#before);
    return (user + system) / count;
  }
}

export function taskOf<T>(): T {
  return JSON.parse(process.argv[2] ?? '') as T;
}

/** Resolves at the parent's word; a parent that is gone ends this process. */
export async function hear(word: 'go' | 'finish'): Promise<void> {
  await new Promise<void>((resolve) => {
    process.on('message', (message) => {
      if (message === word) resolve();
    });
    process.once('disconnect', () => process.exit(1));
  });
}

export async function say(message: unknown): Promise<void> {
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}
