// The parts of an engine that touch the world, built from the settings and handed to it.
import { join } from 'node:path';
import type { Settings } from '../config/settings.js';
import { FileSnapshotStore } from '../connectors/files/snapshot-store.js';
import { createMeters, type Meters } from '../connectors/prometheus.js';
import type { SnapshotStore } from '../connectors/snapshot-store.js';
import { type Screen, type ScreenServer, startServer } from '../dashboards/server.js';
import { Broker } from './broker.js';
import { CopiedSnapshots } from './copied-snapshots.js';
import { type Core, createCore } from './core.js';
import { History } from './history.js';
import type { Logger } from './log.js';
import { KNOWN_LABELS } from './meter-labels.js';
import { openCopies } from './snapshot-bucket.js';
import { StandBy } from './stand-by.js';
import { version } from './version.js';

export interface PartsOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** Its abort ends a start under way, with all that was started. */
  readonly signal?: AbortSignal;
  /** This process holds the lock of the data folder: no other engine can use it. Default false. */
  readonly ownsFolder?: boolean;
}

/** What the engine reads, decides with, writes and shows on; it closes them all. */
export interface EngineParts {
  /** Without any state yet. */
  readonly core: Core;
  readonly broker: Broker;
  readonly history: History | null;
  readonly snapshots: SnapshotStore;
  /** The same, where they are copied to the broker. Default: they are not. */
  readonly copies?: CopiedSnapshots | null;
  readonly meters: Meters;
  /** Opens the live page, when there is something to show. */
  readonly serve: (screen: Screen) => Promise<ScreenServer>;
}

/** Resolves when broker and history can be used. @throws Error that says what to do */
export async function openParts(options: PartsOptions): Promise<EngineParts> {
  const { settings, log, signal } = options;
  const serve = server(settings, log);
  const meters = createMeters({ version: version(), known: KNOWN_LABELS });
  const standBy = new StandBy(settings, serve, meters, log);
  const onStandBy = (holder: string): void => standBy.begin(holder);
  const broker = await Broker.open({ ...options, onStandBy }).finally(() => standBy.end());
  let history: History | null = null;
  try {
    signal?.throwIfAborted();
    history = settings.clickhouse.enabled ? await History.open(settings, log, signal) : null;
    signal?.throwIfAborted();
    const { keep } = settings.snapshot;
    const local = new FileSnapshotStore({ dir: join(settings.data.dir, 'snapshots'), keep });
    const copies = await copied(local, broker, { ...options, meters });
    return {
      core: createCore(settings),
      broker,
      history,
      snapshots: copies ?? local,
      copies,
      meters,
      serve,
    };
  } catch (error) {
    await history?.close();
    await broker.close();
    throw error;
  }
}

/** Null: the settings ask for no copies. */
async function copied(
  local: FileSnapshotStore,
  { connection, lease }: Broker,
  made: PartsOptions & { readonly meters: Meters },
): Promise<CopiedSnapshots | null> {
  const { settings, meters, log, signal } = made;
  const { copyTo } = settings.snapshot;
  if (copyTo === null) return null;
  return new CopiedSnapshots({
    local,
    copies: await openCopies(connection, settings, copyTo, signal),
    lease,
    onCopied: (took) => meters.snapshotCopied(took),
    onFailed: () => meters.snapshotCopyFailed(),
    log,
  });
}

/** Where any free port will do, a page that opens again opens where it was. */
function server({ http }: Settings, log: Logger): EngineParts['serve'] {
  let { port } = http;
  return async (screen) => {
    const { host, token } = http;
    const opened = await startServer({ ...screen, host, port, token, log });
    port = opened.port;
    return opened;
  };
}
