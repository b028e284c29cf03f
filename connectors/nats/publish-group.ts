// Messages that belong together: sent through one window, done when all are acknowledged.
import type { AckWindow, Message } from './ack-window.js';

export class PublishGroup {
  readonly #window: AckWindow;
  readonly #keys = new Set<string>();
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(window: AckWindow) {
    this.#window = window;
  }

  /** Waits for room in the window. Throws the group's first failure. */
  async send(message: Message): Promise<void> {
    await this.#window.room();
    this.#throwFailure();
    let key: string | null = null;
    key = this.#window.send(message, (error) => {
      if (key !== null) this.#keys.delete(key);
      if (error !== null) this.fail(error);
      else if (this.#keys.size === 0) this.#wakeUp();
    });
    if (key !== null) this.#keys.add(key);
    this.#throwFailure();
  }

  /** Resolves when all that was sent is acknowledged. Throws the group's first failure. */
  async settled(): Promise<void> {
    while (this.#keys.size > 0 && this.#failure === null) {
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
    this.#throwFailure();
  }

  /** Ends the group: what is on its way is no longer waited for. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const key of this.#keys) this.#window.forget(key);
    this.#keys.clear();
    this.#wakeUp();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
