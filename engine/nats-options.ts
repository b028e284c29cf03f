// From settings to what the NATS connector takes: the connection, the streams and the lease.
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../config/settings.js';
import { instanceId } from '../connectors/files/instance-id.js';
import type { NatsOptions } from '../connectors/nats/connect.js';
import type { LeaseOptions } from '../connectors/nats/lease.js';
import { type StreamPlan, standardStreams } from '../connectors/nats/streams.js';

/** `url` apart, since the demo and the tests start a server of their own. */
export function natsOptions(settings: Settings['nats'], url: string): NatsOptions {
  const { user, password, token, credentialsFile, tls, startWait } = settings;
  const { caFile, certFile, keyFile } = tls;
  const files = given({ caFile, certFile, keyFile });
  const encrypted = Object.keys(files).length === 0 ? {} : { tls: files };
  const account = given({ user, password, token, credentialsFile });
  return { url, firstConnectTimeoutMs: startWait, ...account, ...encrypted };
}

/** Publishers of events repeat what was not acknowledged, seconds later; results an outage later. */
const eventsDuplicateWindowMs = 120_000;

export function streamPlans(settings: Settings['nats']): readonly StreamPlan[] {
  return standardStreams(settings.streams, {
    all: { duplicateWindowMs: settings.duplicateWindow, replicas: settings.replicas },
    events: { duplicateWindowMs: eventsDuplicateWindowMs },
  });
}

/** Of all that belongs to one pair of streams that is read and written. */
export function pairKey({ events, signals }: Settings['nats']['streams']): string {
  return `${events}.${signals}`;
}

/**
 * One writer for each pair of streams that is read and written. An engine that has its data folder
 * to itself follows the one that had it before, which is gone.
 */
export async function leaseOptions(
  { nats, data }: Settings,
  ownsFolder: boolean,
): Promise<LeaseOptions> {
  const { streams, lease, replicas } = nats;
  return {
    bucket: lease.bucket,
    key: pairKey(streams),
    holder: `${hostname()}/${await instanceId(join(data.dir, 'instance'))}`,
    isSuccessor: ownsFolder,
    durationMs: lease.duration,
    replicas,
  };
}

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> };

function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  ) as Given<T>;
}
