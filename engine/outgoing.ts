// What is on its way out: results sent and not yet stored, in the order of their batches.
import type { ResultMessage, ResultPublisher } from '../connectors/nats/publisher.js';
import type { Position } from '../connectors/source.js';
import type { AlreadyStored } from './already-stored.js';

/**
 * The next batch is decided while the results of the last ones are being stored: a broker's answer
 * takes longer than a decision. How many messages may be on their way is the publisher's limit.
 */
export class Outgoing {
  #position: Position;
  #all: Promise<void> = Promise.resolve();
  constructor(
    private readonly publisher: Pick<ResultPublisher, 'send'>,
    after: Position,
    /** Called when a result can never be stored: what follows must not be read. */
    private readonly onFailure: (error: unknown) => void,
    /** What an earlier run has stored of that which is decided again; it is not sent again. */
    private readonly stored: AlreadyStored | null = null,
  ) {
    this.#position = after;
  }

  /** Position up to which all results are stored. */
  get position(): Position {
    return this.#position;
  }

  /** Results that were not sent because an earlier run has stored them. */
  get skipped(): number {
    return this.stored?.skipped ?? 0;
  }

  /** Resolves when the results of the batch that ends at `through` are on their way. */
  async send(
    messages: Iterable<ResultMessage>,
    through: Position,
    signal: AbortSignal,
  ): Promise<void> {
    const before = this.#all;
    await this.stored?.keepUp(signal);
    const unsent = this.stored?.without(messages) ?? messages;
    const { stored } = await this.publisher.send(unsent, signal);
    this.stored?.passed(through);
    this.#all = Promise.all([before, stored]).then(() => {
      this.#position = through;
    });
    this.#all.catch(this.onFailure);
  }

  /** Resolves when all results sent so far are stored. @throws what kept one from being stored */
  async settled(): Promise<void> {
    await this.#all;
  }
}
