// `stockpulse run`: the engine, until it is told to stop.
import type { Command } from 'commander';
import {
  type FolderLock,
  FolderLockedError,
  lockFolder,
} from '../../connectors/files/folder-lock.js';
import type { EngineOptions } from '../engine.js';
import { createLogger, type Logger } from '../log.js';
import { Supervised } from '../supervised.js';
import { loadTensorFlow } from '../workers/tensorflow.js';
import { interruption } from './exit.js';
import { settingsFor } from './load-settings.js';
import { Terminal } from './terminal.js';

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('the engine: reads events from NATS, publishes signals and alerts')
    .option('--config <file>', 'settings (YAML); STOCKPULSE_CONFIG names it otherwise')
    .action(run);
}

async function run(options: { readonly config?: string }): Promise<void> {
  const terminal = new Terminal();
  const settings = settingsFor(options, (text) => terminal.warn(text));
  const log = createLogger(settings.log);
  const lock = await lockedFolder(settings.data.dir, log);
  const interrupted = interruption();
  try {
    await nameTensorFlow(log);
    const { signal } = interrupted;
    await untilStopped({ settings, log, signal, ownsFolder: lock !== null });
  } finally {
    await lock?.release();
    interrupted.dispose();
  }
}

/** Two engines must not share a folder. Where it takes no lock, whoever runs them must see to it. */
async function lockedFolder(dir: string, log: Logger): Promise<FolderLock | null> {
  try {
    return await lockFolder(dir);
  } catch (error) {
    if (error instanceof FolderLockedError) throw error;
    log.warn({ err: error }, 'the data folder cannot be locked: let no other engine use it');
    return null;
  }
}

type Options = EngineOptions & { readonly signal: AbortSignal };

async function untilStopped(options: Options): Promise<void> {
  const { log, signal } = options;
  const supervised = await startUnlessStopped(options);
  if (supervised === null) return;
  log.info({ url: supervised.engine.url }, 'the engine is up');
  const stopAsked = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([stopAsked, supervised.ended]);
  } finally {
    await supervised.stop();
  }
}

/** Null: told to stop before it was up, which is no failure. */
async function startUnlessStopped(options: Options): Promise<Supervised | null> {
  const { log, signal } = options;
  try {
    return await Supervised.start(options);
  } catch (error) {
    if (!signal.aborted) throw error;
    log.debug({ err: error }, 'the start was given up');
    log.info('stopped before the engine was up');
    return null;
  }
}

/** Which TensorFlow there is; nothing that runs today needs it, so its lack stops nothing. */
async function nameTensorFlow(log: Logger): Promise<void> {
  try {
    await loadTensorFlow(log);
  } catch (error) {
    log.warn({ err: error }, 'no TensorFlow: models that need it will not be there');
  }
}
