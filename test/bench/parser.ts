// Bare consumer: the library's own ordered consumer and JSON.parse, nothing else.
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connectNats } from '../../connectors/nats/connect.js';
import { type Quantiles, Samples } from './figures.js';
import { CpuTime, hear, nowMs, publishedAtMs, say, taskOf } from './role.js';

export interface ParserTask {
  readonly role: 'parser';
  readonly url: string;
  readonly stream: string;
  /** From the first message, or only what comes from now on. */
  readonly from: 'first' | 'new';
  /** Ends by itself after so many events; 0: at the parent's word. */
  readonly events: number;
  readonly samples: number;
}

export interface ParserResult {
  readonly events: number;
  /** From the first event to the last. */
  readonly seconds: number;
  readonly latencyMs: Quantiles;
  /** CPU time of this process an event (microseconds). */
  readonly cpuMicros: number;
}

const HELD_MESSAGES = 20_000;

async function main(task: ParserTask): Promise<void> {
  const connection = await connectNats({ url: task.url, name: 'bench-parser' });
  const manager = await jetstreamManager(connection);
  const { name } = await manager.consumers.add(task.stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: task.from === 'first' ? DeliverPolicy.All : DeliverPolicy.New,
    mem_storage: true,
    inactive_threshold: 30_000_000_000,
  });
  const consumer = await jetstream(connection).consumers.get(task.stream, name);
  const counter = new Counter(task);
  await say('ready');
  const finish = hear('finish');
  if (task.from === 'first') await hear('go');
  const messages = await consumer.consume({
    max_messages: HELD_MESSAGES,
    callback: (message) => counter.take(message.data),
  });
  await Promise.race([finish, counter.full]);
  await messages.close();
  await say(counter.result());
  await connection.close();
  process.disconnect?.();
}

class Counter {
  readonly full: Promise<void>;
  #events = 0;
  #firstMs = 0;
  readonly #cpu = new CpuTime();
  #lastMs = 0;
  readonly #decoder = new TextDecoder();
  readonly #latencies: Samples;
  #onFull: () => void = () => undefined;

  constructor(private readonly task: ParserTask) {
    this.#latencies = new Samples(task.samples);
    this.full = new Promise((resolve) => {
      this.#onFull = resolve;
    });
  }

  take(data: Uint8Array): void {
    if (this.#events === 0) this.#firstMs = performance.now();
    for (const line of this.#decoder.decode(data).split('\n')) {
      if (line === '') continue;
      const { id } = JSON.parse(line) as { id: string };
      this.#events++;
      const atMs = publishedAtMs(id);
      if (!Number.isNaN(atMs)) this.#latencies.add(nowMs() - atMs);
    }
    this.#lastMs = performance.now();
    if (this.#events === this.task.events) this.#onFull();
  }

  result(): ParserResult {
    const seconds = (this.#lastMs - this.#firstMs) / 1000;
    const cpuMicros = this.#cpu.microsEach(this.#events);
    return { events: this.#events, seconds, latencyMs: this.#latencies.quantiles(), cpuMicros };
  }
}

await main(taskOf<ParserTask>());
