// The copies of snapshots on the broker, from the settings: for the engine, and for people.
import type { NatsConnection } from 'nats';
import { type Settings, SettingsError } from '../config/settings.js';
import { connectNats } from '../connectors/nats/connect.js';
import { Lease } from '../connectors/nats/lease.js';
import { ObjectBucket } from '../connectors/nats/object-bucket.js';
import { SnapshotCopies } from '../connectors/nats/snapshot-copies.js';
import { leaseOptions, natsOptions, pairKey } from './nats-options.js';

/** Makes the bucket where it is missing. @throws Error that says what to do */
export async function openCopies(
  connection: NatsConnection,
  settings: Settings,
  bucket: string,
  signal?: AbortSignal,
): Promise<SnapshotCopies> {
  const { replicas } = settings.nats;
  return copiesIn(await ObjectBucket.open(connection, { bucket, replicas }), settings, signal);
}

function copiesIn(
  bucket: ObjectBucket,
  { nats, snapshot }: Settings,
  signal?: AbortSignal,
): SnapshotCopies {
  return new SnapshotCopies(bucket, { key: pairKey(nats.streams), keep: snapshot.keep, signal });
}

/** For a look at them; null: there is no such bucket. @throws Error that says what to do */
export async function withCopies<T>(
  settings: Settings,
  work: (copies: SnapshotCopies | null) => Promise<T>,
): Promise<T> {
  return withConnection(settings, async (connection, bucket) => {
    const found = await ObjectBucket.find(connection, { bucket });
    return work(found === null ? null : copiesIn(found, settings));
  });
}

/**
 * As the one that writes, under a fence of its own: what is saved then comes before all copies
 * there are. @throws Error when an engine writes
 */
export async function asWriter<T>(
  settings: Settings,
  work: (fence: number, copies: SnapshotCopies) => Promise<T>,
): Promise<T> {
  return withConnection(settings, async (connection, bucket) => {
    const copies = await openCopies(connection, settings, bucket);
    const lease = await takeLease(connection, settings);
    lease.keep();
    try {
      return await work(lease.fence, copies);
    } finally {
      await lease.release();
    }
  });
}

/** One that was killed elsewhere holds it until it runs out. */
async function takeLease(connection: NatsConnection, settings: Settings): Promise<Lease> {
  const options = await leaseOptions(settings, true);
  let holder: string | null = null;
  const signal = AbortSignal.timeout(2 * settings.nats.lease.duration + 1_000);
  try {
    return await Lease.acquire(connection, options, {
      signal,
      onWait: (by) => {
        holder = by;
      },
    });
  } catch (error) {
    if (!signal.aborted || holder === null) throw error;
    throw new Error(
      `${holder} writes: stop that engine, and those that stand by, first; to fork it instead, ` +
        'import with nats.streams.signals of the fork, or with snapshot.copyTo null',
      { cause: error },
    );
  }
}

async function withConnection<T>(
  { nats, snapshot }: Settings,
  work: (connection: NatsConnection, bucket: string) => Promise<T>,
): Promise<T> {
  const { copyTo } = snapshot;
  if (copyTo === null) {
    throw new SettingsError(['snapshot.copyTo is not set: no copies of snapshots are made']);
  }
  if (nats.url === null) throw new SettingsError(['nats.url is not set: the copies are there']);
  const connection = await connectNats(natsOptions(nats, nats.url));
  try {
    return await work(connection, copyTo);
  } finally {
    await connection.close();
  }
}
