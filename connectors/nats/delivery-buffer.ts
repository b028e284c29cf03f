// What has arrived and was not yet taken: bounded, handed over in batches, ends or fails once.
import type { Delivery } from '../source.js';

export interface BufferLimits {
  readonly messages: number;
  readonly bytes: number;
}

export class DeliveryBuffer {
  readonly #limits: BufferLimits;
  #ready: Delivery[] = [];
  #bytes = 0;
  /** Set once: an error, or null for a plain end. */
  #end: { readonly error: Error | null } | null = null;
  #wake: (() => void) | null = null;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  get messages(): number {
    return this.#ready.length;
  }

  push(delivery: Delivery): void {
    this.#ready.push(delivery);
    this.#bytes += delivery.data.byteLength;
    // The taker runs after the whole chunk of the socket was pushed, and gets all of it.
    this.#wakeUp();
  }

  /** 1 to `max` deliveries, waiting for the first; null at the end; throws what it failed with. */
  async take(max: number): Promise<Delivery[] | null> {
    if (!(max >= 1)) throw new RangeError(`nextBatch: max must be at least 1, not ${max}`);
    while (this.#ready.length === 0) {
      if (this.#end?.error) throw this.#end.error;
      if (this.#end !== null) return null;
      if (this.#wake !== null) throw new Error('nextBatch was called while another one waits');
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
    if (this.#ready.length <= max) {
      const all = this.#ready;
      this.#ready = [];
      this.#bytes = 0;
      return all;
    }
    const batch = this.#ready.splice(0, max);
    for (const delivery of batch) this.#bytes -= delivery.data.byteLength;
    return batch;
  }

  /** What may be asked for; null until a quarter is free, so that requests stay large. */
  room(): BufferLimits | null {
    const messages = this.#limits.messages - this.#ready.length;
    const bytes = this.#limits.bytes - this.#bytes;
    const isWorthwhile = messages * 4 >= this.#limits.messages && bytes * 4 >= this.#limits.bytes;
    return isWorthwhile ? { messages, bytes } : null;
  }

  /** What is there is still handed out, then `take` throws. */
  fail(error: Error): void {
    this.#end ??= { error };
    this.#wakeUp();
  }

  /** Drops what is there; `take` gives null. */
  end(): void {
    this.#end = { error: null };
    this.#ready = [];
    this.#bytes = 0;
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
