// Bugs to be found: each wraps or replaces a part of the engine from outside.
import type { SnapshotStore } from '../../connectors/snapshot-store.js';
import type { Broker } from '../../engine/broker.js';
import type { Core } from '../../engine/core.js';
import type { EngineParts } from '../../engine/parts.js';
import { type Batch, OUTCOME } from '../../operators/stream/batch.js';
import { type UnfrozenOptions, unfrozenHistory } from './unfrozen-history.js';

export interface Plant {
  /** What the bug is. */
  readonly bug: string;
  spoil(parts: EngineParts, options: UnfrozenOptions): EngineParts;
}

export const PLANTS = {
  'skip-dedupe': {
    bug: 'an event that comes again counts again',
    spoil: (parts) => {
      parts.core.dedupe.has = () => false;
      return parts;
    },
  },
  'early-snapshot': {
    bug: 'a snapshot is saved before the results of its events are stored',
    spoil: (parts) => {
      believeStored(parts.broker);
      if (parts.history !== null) parts.history.flush = () => Promise.resolve();
      return parts;
    },
  },
  'position-plus-one': {
    bug: 'a snapshot says one position more than its state holds',
    spoil: (parts) => ({ ...parts, snapshots: onePositionMore(parts.snapshots) }),
  },
  'unfrozen-retry': {
    bug: 'a failed insert is tried again with what has come meanwhile, under its old token',
    spoil: (parts, options) => ({ ...parts, history: unfrozenHistory(options) }),
  },
  'fresh-token': {
    bug: 'each try of an insert has another token',
    spoil: (parts, options) => {
      freshTokens(options);
      return parts;
    },
  },
  'no-read-back': {
    bug: 'what an earlier run has published is not looked up before it is published again',
    spoil: (parts) => {
      parts.broker.alreadyStored = () => Promise.resolve(null);
      return parts;
    },
  },
  'unmarked-snapshot': {
    bug: 'a snapshot does not say which message it ends with',
    spoil: (parts) => {
      const open = parts.broker.source.open.bind(parts.broker.source);
      parts.broker.source.open = (after) => open(after);
      return parts;
    },
  },
  'late-drop': {
    bug: 'late events go nowhere',
    spoil: (parts) => {
      dropLate(parts.core);
      return parts;
    },
  },
} as const satisfies Readonly<Record<string, Plant>>;

export type PlantName = keyof typeof PLANTS;

/** Results count as stored when they are on their way. */
function believeStored(broker: Broker): void {
  const send = broker.publisher.send.bind(broker.publisher);
  broker.publisher.send = async (rows, signal) => {
    const { stored } = await send(rows, signal);
    stored.catch(() => undefined);
    return { stored: Promise.resolve() };
  };
}

function onePositionMore(store: SnapshotStore): SnapshotStore {
  return {
    save: (snapshot) => store.save({ ...snapshot, position: snapshot.position + 1 }),
    newest: (schema) => store.newest(schema),
  };
}

function freshTokens({ client, run }: UnfrozenOptions): void {
  const exec = client.exec.bind(client);
  let tries = 0;
  client.exec = (params) => {
    const token = { insert_deduplication_token: `${run}-${++tries}` };
    const settings = { ...params.clickhouse_settings, ...token };
    return exec({ ...params, clickhouse_settings: settings });
  };
}

function dropLate(core: Core): void {
  const refused = core.outbox.refused.bind(core.outbox);
  core.outbox.refused = (batch: Batch, i: number) => {
    if (batch.outcome[i] !== OUTCOME.late) refused(batch, i);
  };
}
