// Subscribing process: signals as another system gets them, and how old their causes are.
import { connectNats } from '../../connectors/nats/connect.js';
import { type Quantiles, Samples } from './figures.js';
import { hear, nowMs, publishedAtMs, say, taskOf } from './role.js';

export interface ListenerTask {
  readonly role: 'listener';
  readonly url: string;
  readonly samples: number;
}

export interface ListenerResult {
  readonly signals: number;
  /** From the cause's publishing to here. */
  readonly latencyMs: Quantiles;
}

async function main(task: ListenerTask): Promise<void> {
  const connection = await connectNats({ url: task.url, name: 'bench-listener' });
  const latencies = new Samples(task.samples);
  connection.subscribe('signals.>', {
    callback: (error, message) => {
      if (error !== null) throw error;
      const { cause } = message.json<{ cause: { id: string } }>();
      const atMs = publishedAtMs(cause.id);
      if (!Number.isNaN(atMs)) latencies.add(nowMs() - atMs);
    },
  });
  await connection.flush();
  await say('ready');
  await hear('finish');
  await connection.flush();
  const result: ListenerResult = { signals: latencies.count, latencyMs: latencies.quantiles() };
  await say(result);
  await connection.close();
  process.disconnect?.();
}

await main(taskOf<ListenerTask>());
