// Whether a stream still holds the message that was read last: its positions alone do not say.
import { AckPolicy, DeliverPolicy, type JetStreamManager, ReplayPolicy } from '@nats-io/jetstream';
import { nanos, nuid } from 'nats';
import type { Delivery, Position } from '../source.js';

/** A message by its position and the time at which the stream stored it. */
export type StoredMark = Pick<Delivery, 'position' | 'storedAtMs'>;

/**
 * True: it holds another message there, so it was set back behind it and has grown since, and that
 * one came later. A message that is gone (retention, a deletion) tells nothing.
 */
export async function isReplaced(
  manager: JetStreamManager,
  stream: string,
  { position, storedAtMs }: StoredMark,
): Promise<boolean> {
  const found = await manager.streams.getMessage(stream, { seq: position });
  // Deliveries have whole milliseconds, cut and not rounded, as `Date.parse` does.
  return found !== null && storedAtMs !== null && Date.parse(found.timestamp) !== storedAtMs;
}

/** The first position that the stream stored after that time; `last + 1` where there is none. */
export async function firstStoredAfter(
  manager: JetStreamManager,
  stream: string,
  storedAtMs: number,
): Promise<Position> {
  // Only the server can search by time; it tells where such a consumer would begin.
  const { name, delivered } = await manager.consumers.add(stream, {
    name: `stockpulse-${nuid.next()}`,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(storedAtMs + 1).toISOString(),
    replay_policy: ReplayPolicy.Instant,
    inactive_threshold: nanos(1_000),
    mem_storage: true,
    num_replicas: 1,
  });
  await manager.consumers.delete(stream, name);
  return delivered.stream_seq + 1;
}
