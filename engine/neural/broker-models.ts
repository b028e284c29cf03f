// Models on the broker, for people: what there is, one out, one into the log.
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { type Settings, SettingsError } from '../../config/settings.js';
import { connectNats } from '../../connectors/nats/connect.js';
import { EventPublisher } from '../../connectors/nats/event-publisher.js';
import { parseTime } from '../../operators/events/time.js';
import { natsOptions } from '../nats-options.js';
import { ModelCopies } from './model-copies.js';
import { modelEvent, versionOf } from './model-event.js';

/** @throws SettingsError when the settings name no broker */
export async function withBroker<T>(
  settings: Settings,
  work: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const { nats } = settings;
  if (nats.url === null) throw new SettingsError(['nats.url is not set: models are there']);
  const connection = await connectNats(natsOptions(nats, nats.url));
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The copies in `neural.copyTo`. @throws SettingsError when the settings name no bucket */
export async function withModelCopies<T>(
  settings: Settings,
  work: (copies: ModelCopies) => Promise<T>,
): Promise<T> {
  const { copyTo } = settings.neural;
  if (copyTo === null) {
    throw new SettingsError(['neural.copyTo is not set: no copies of models are made']);
  }
  return withBroker(settings, async (connection) =>
    work(await ModelCopies.open(connection, settings, copyTo)),
  );
}

/**
 * Puts a model into the log, from where every engine takes it; and a copy into the object store.
 * It may have been in force before: each call is another event.
 */
export async function publishModel(settings: Settings, bytes: Uint8Array): Promise<string> {
  const version = versionOf(bytes);
  const { copyTo } = settings.neural;
  await withBroker(settings, async (connection) => {
    if (copyTo !== null) {
      const copies = await ModelCopies.open(connection, settings, copyTo);
      await copies.put(version, bytes, null);
    }
    const timeMs = await newestTimeMs(connection, settings.nats.streams.events);
    const object = copyTo === null ? undefined : version;
    const event = modelEvent({ bytes, timeMs, object, again: String(Date.now()) });
    const publisher = new EventPublisher(connection);
    const json = JSON.stringify(event);
    await publisher.publish({ id: event.id, kind: 'control', json });
    await publisher.close();
  });
  return version;
}

/**
 * Time of the newest event in the log: the log may be of another time than now, and a model must
 * not make time pass. Without any that can be read, the time at which it was stored, or now.
 */
async function newestTimeMs(connection: NatsConnection, stream: string): Promise<number> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const { state } = await manager.streams.info(stream);
  if (state.messages === 0) return Date.now();
  const message = await manager.streams.getMessage(stream, { seq: state.last_seq });
  if (message === null) return Date.now();
  const lines = new TextDecoder().decode(message.data).trim().split('\n');
  const time = timeOf(lines.at(-1) ?? '');
  const timeMs = time === null ? Number.NaN : parseTime(time);
  return Number.isNaN(timeMs) ? message.time.getTime() : timeMs;
}

function timeOf(text: string): string | number | null {
  try {
    const { time } = JSON.parse(text) as { readonly time?: unknown };
    return typeof time === 'string' || typeof time === 'number' ? time : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
