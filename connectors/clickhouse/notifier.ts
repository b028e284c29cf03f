// Waiting for a condition that others bring about: look, wait for any change, look again.

export class Notifier {
  readonly #waiting = new Set<() => void>();
  #version = 0;

  /** Counts the changes: taken before looking, it tells whether one came while one looked. */
  get version(): number {
    return this.#version;
  }

  /** Something changed: everyone who waits looks again. */
  notify(): void {
    this.#version += 1;
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of woken) wake();
  }

  /** Until a change after `seen`; rejects with the signal's reason when that comes first. */
  changeAfter(seen: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (seen !== this.#version) return Promise.resolve();
    return new Promise((done, failed) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', giveUp);
        done();
      };
      const giveUp = (): void => {
        this.#waiting.delete(wake);
        failed(signal?.reason);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(wake);
    });
  }
}

/** Resolves after the time, or at once when the signal is aborted; keeps no process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener('abort', end, { once: true });
  });
}
