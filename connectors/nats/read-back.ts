// Reads back what a stream has stored since a moment: the ids of its messages, no bodies.
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { Patience } from './patience.js';
import { PullReader, type ReadFrom } from './pull-reader.js';

export interface ReadBackOptions {
  readonly stream: string;
  /** A moment by the server's clock, or a position. */
  readonly from: ReadFrom;
  /** Hears the header `Nats-Msg-Id` of each message that has one. */
  readonly onId: (id: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Default 1,000. */
  readonly heartbeatMs?: number;
  /** How long nothing may come before it fails. Default 30,000. */
  readonly patienceMs?: number;
}

/** Messages and bytes asked for at a time: without a body a message has some 300 bytes. */
const ROOM = { messages: 10_000, bytes: 16 * 1024 ** 2 };
/** Nothing for so long: what was still to come may have been deleted. */
const REQUEST_MS = 5_000;

/**
 * Resolves with the position to read on from when all that the stream held at some moment after the
 * call were told of. A server that goes away meanwhile is read on from when it is back.
 * @throws Error naming stream and reason when nothing comes any more, or the signal's reason
 */
export async function readBack(
  connection: NatsConnection,
  options: ReadBackOptions,
): Promise<ReadFrom> {
  const { stream, signal, patienceMs = 30_000 } = options;
  const what = `read back what stream ${stream} holds`;
  const patience = new Patience(connection, { what, patienceMs, signal });
  const run = new Run(connection, await jetstreamManager(connection, { checkAPI: false }), options);
  let before = 0;
  await patience.with(() => {
    if (run.messages > before) patience.renew();
    before = run.messages;
    return run.readOn();
  });
  return run.from;
}

class Run {
  messages = 0;
  from: ReadFrom;

  constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    private readonly options: ReadBackOptions,
  ) {
    this.from = options.from;
  }

  /** Resolves at the end of the stream; rejects when the reader is lost before. */
  async readOn(): Promise<void> {
    let end: (error: unknown) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      end = (error) => (error === null ? resolve() : reject(error));
    });
    // Lost while it is being started: that fails by itself.
    ended.catch(() => undefined);
    const { signal } = this.options;
    const onAbort = (): void => end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const reader = await this.#start(end);
    try {
      if (reader.leftAtStart === 0) return;
      reader.pull(ROOM);
      await ended;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      reader.close();
    }
  }

  async #start(end: (error: unknown) => void): Promise<PullReader> {
    const { stream, heartbeatMs = 1_000 } = this.options;
    const reader = await PullReader.start(
      {
        connection: this.connection,
        manager: this.manager,
        apiPrefix: '$JS.API',
        stream,
        from: this.from,
        heartbeatMs,
        requestMs: REQUEST_MS,
        headersOnly: true,
      },
      {
        onDelivery: ({ position }, message, left) => {
          this.#take(position, message.headers?.get('Nats-Msg-Id') ?? '');
          if (left === 0) end(null);
        },
        onPullEnd: () => void this.#goOn(reader).then((isEnd) => isEnd && end(null), end),
        onLost: (reason) => end(new Error(reason)),
      },
    );
    return reader;
  }

  /** Asks for more; true: there is none, for the last ones may be deleted after a start. */
  async #goOn(reader: PullReader): Promise<boolean> {
    const info = await this.manager.consumers.info(this.options.stream, reader.consumer);
    if (info.num_pending === 0) return true;
    if (reader.isIdle) reader.pull(ROOM);
    return false;
  }

  #take(position: number, id: string): void {
    this.messages += 1;
    this.from = position + 1;
    if (id !== '') this.options.onId(id);
  }
}
