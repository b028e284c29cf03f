// Publishing process: orders at a fixed rate, each with the moment of its publishing in its id.
import { setTimeout as wait } from 'node:timers/promises';
import { connectNats } from '../../connectors/nats/connect.js';
import { EventPublisher } from '../../connectors/nats/event-publisher.js';
import { LOCATION, orderJson, scattered } from './messages.js';
import { hear, nowMs, say, stampedId, taskOf } from './role.js';

export interface PublisherTask {
  readonly role: 'publisher';
  readonly url: string;
  /** Events a second; 0: as fast as the server acknowledges. */
  readonly rate: number;
  /** Events a message. */
  readonly pack: number;
  /** Stops after so long, however many are sent. */
  readonly limitMs: number;
  readonly warmUp: number;
  readonly count: number;
  readonly skus: number;
  /** Every so many-th event is for a SKU whose signal it raises; 0: none. */
  readonly triggerEvery: number;
  /** The first trigger SKU that no one has used yet. */
  readonly firstTrigger: number;
}

export interface PublisherResult {
  readonly count: number;
  readonly triggers: number;
  /** Events a second, from the first measured one sent to the last one acknowledged. */
  readonly rate: number;
  /** How late the last event was sent, against the fixed rate (ms). */
  readonly behindMs: number;
}

const IN_FLIGHT = 4_096;

async function main(task: PublisherTask): Promise<void> {
  const connection = await connectNats({ url: task.url, name: 'bench-publisher' });
  const { pack } = task;
  const publisher = new EventPublisher(connection, { pack, inFlight: IN_FLIGHT });
  await say('ready');
  await hear('go');
  const warmUp = { kind: 'w', count: task.warmUp, trigger: 0 } as const;
  const warmed = (await publishAll(publisher, task, warmUp)).triggers;
  await say('measuring');
  const began = performance.now();
  const measured = { kind: 'm', count: task.count, trigger: warmed } as const;
  const { sent: count, triggers } = await publishAll(publisher, task, measured);
  const sentMs = performance.now();
  await publisher.close();
  const seconds = (performance.now() - began) / 1000;
  const planned = task.rate > 0 ? (1000 * count) / task.rate : 0;
  const behindMs = task.rate > 0 ? Math.max(0, sentMs - began - planned) : 0;
  const result: PublisherResult = {
    count,
    triggers,
    rate: count / seconds,
    behindMs,
  };
  await say(result);
  await connection.close();
  process.disconnect?.();
}

/** Whole messages as they come due; with the number of signals that they must raise. */
async function publishAll(
  publisher: EventPublisher,
  task: PublisherTask,
  part: { readonly kind: 'm' | 'w'; readonly count: number; readonly trigger: number },
): Promise<{ readonly sent: number; readonly triggers: number }> {
  const began = performance.now();
  let sent = 0;
  let triggers = 0;
  while (sent < part.count && performance.now() - began < task.limitMs) {
    const due = task.rate === 0 ? part.count : ((performance.now() - began) * task.rate) / 1000;
    if (sent + task.pack > Math.min(due, part.count) && due < part.count) {
      await wait(1);
      continue;
    }
    const end = Math.min(part.count, sent + task.pack);
    for (; sent < end; sent++) {
      const raises = task.triggerEvery > 0 && sent % task.triggerEvery === 0;
      const sku = raises
        ? task.firstTrigger + part.trigger + triggers++
        : scattered(sent, task.skus);
      const atMs = nowMs();
      const id = stampedId(part.kind, sent, atMs);
      const json = orderJson({ id, sku, timeMs: Math.floor(atMs) });
      await publisher.publish({ id, kind: 'order', location: LOCATION, json });
    }
  }
  return { sent, triggers };
}

await main(taskOf<PublisherTask>());
