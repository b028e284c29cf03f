// The streams that the engine reads and writes: made when absent, checked when they exist.
import {
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { millis, type NatsConnection, nanos } from 'nats';
import { errorText, isStreamNotFound } from './jetstream-errors.js';
import { streamDifferences } from './stream-differences.js';

export interface StreamPlan {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly storage?: 'file' | 'memory';
  readonly replicas?: number;
  /** 0 (default): kept for ever. */
  readonly maxAgeMs?: number;
  /** -1 (default): no limit but the server's. */
  readonly maxBytes?: number;
  /** How long a message id is remembered. The server keeps all ids of that time in memory. */
  readonly duplicateWindowMs?: number;
}

export interface StreamNames {
  readonly events?: string;
  readonly signals?: string;
  readonly refused?: string;
}

type PlanOptions = Omit<StreamPlan, 'name' | 'subjects'>;

/**
 * Results may come again after a crash, as far back as the last snapshot: their window is
 * longer than that of the events, whose publishers only repeat what was not acknowledged.
 */
export function standardStreams(
  names: StreamNames = {},
  options: { readonly all?: PlanOptions; readonly events?: PlanOptions } = {},
): readonly StreamPlan[] {
  const events = { duplicateWindowMs: 120_000, ...options.all, ...options.events };
  const results = { duplicateWindowMs: 600_000, ...options.all };
  return [
    { name: names.events ?? 'EVENTS', subjects: ['events.>'], ...events },
    { name: names.signals ?? 'SIGNALS', subjects: ['signals.>', 'alerts.>'], ...results },
    { name: names.refused ?? 'REFUSED', subjects: ['refused.>', 'late.>'], ...results },
  ];
}

export interface EnsuredStreams {
  /** Names of those that were made. */
  readonly created: readonly string[];
  readonly warnings: readonly string[];
  /** For how long each stream knows an id again, by its name (ms). */
  readonly duplicateWindowMs: ReadonlyMap<string, number>;
}

/**
 * Idempotent, also with two engines starting at once. An existing stream is never changed; the
 * warnings name each setting that differs. Throws where the engine cannot work with it.
 */
export async function ensureStreams(
  connection: NatsConnection,
  plans: readonly StreamPlan[] = standardStreams(),
): Promise<EnsuredStreams> {
  const manager = await managerOf(connection);
  const created: string[] = [];
  const warnings: string[] = [];
  const windows = new Map<string, number>();
  for (const plan of plans) {
    const existing = await findOrAdd(manager, plan);
    if (existing === null) created.push(plan.name);
    else warnings.push(...check(plan, existing));
    windows.set(plan.name, millis((existing ?? toConfig(plan)).duplicate_window ?? 0));
  }
  return { created, warnings, duplicateWindowMs: windows };
}

async function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  try {
    return await jetstreamManager(connection);
  } catch (error) {
    throw new Error(
      `the NATS server ${connection.getServer()} offers no JetStream (${errorText(error)}); ` +
        'start it with --jetstream, or enable JetStream for this account',
      { cause: error },
    );
  }
}

/** Null: it was added. */
async function findOrAdd(
  manager: JetStreamManager,
  plan: StreamPlan,
): Promise<StreamConfig | null> {
  const found = await configOf(manager, plan.name);
  if (found !== null) return found;
  try {
    await manager.streams.add(toConfig(plan));
    return null;
  } catch (error) {
    // Another engine may have been quicker, with settings of its own.
    const quicker = await configOf(manager, plan.name);
    if (quicker !== null) return quicker;
    const holders = await holdersOf(manager, plan);
    const hint =
      holders === '' ? '' : `; ${holders}: name that stream in the settings, or free the subjects`;
    throw new Error(`cannot create stream ${plan.name}: ${errorText(error)}${hint}`, {
      cause: error,
    });
  }
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (isStreamNotFound(error)) return null;
    throw new Error(`cannot look at stream ${name}: ${errorText(error)}`, { cause: error });
  }
}

async function holdersOf(manager: JetStreamManager, plan: StreamPlan): Promise<string> {
  const holders: string[] = [];
  for (const subject of plan.subjects) {
    for await (const name of manager.streams.names(subject)) {
      holders.push(`stream ${name} already takes ${subject}`);
    }
  }
  return holders.join(', ');
}

function toConfig(plan: StreamPlan): Partial<StreamConfig> & { name: string } {
  const ageMs = plan.maxAgeMs ?? 0;
  const windowMs = plan.duplicateWindowMs ?? 120_000;
  return {
    name: plan.name,
    subjects: [...plan.subjects],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    storage: plan.storage === 'memory' ? StorageType.Memory : StorageType.File,
    num_replicas: plan.replicas ?? 1,
    max_age: nanos(ageMs),
    max_bytes: plan.maxBytes ?? -1,
    // The server refuses a window longer than the age.
    duplicate_window: nanos(ageMs === 0 ? windowMs : Math.min(windowMs, ageMs)),
  };
}

function check(plan: StreamPlan, existing: StreamConfig): readonly string[] {
  const found = streamDifferences(toConfig(plan), existing);
  if (found.fatal.length > 0) {
    throw new Error(`stream ${plan.name} cannot be used: ${found.fatal.join('; ')}`);
  }
  return found.warnings.map((warning) => `stream ${plan.name}: ${warning}`);
}
