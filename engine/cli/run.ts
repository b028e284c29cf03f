// `stockpulse run`: the engine, until it is told to stop.
import type { Command } from 'commander';
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
  const interrupted = interruption();
  await nameTensorFlow(log);
  const supervised = await Supervised.start({ settings, log });
  log.info({ url: supervised.engine.url }, 'the engine is up');
  const stopAsked = new Promise<void>((resolve) => {
    if (interrupted.signal.aborted) resolve();
    interrupted.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([stopAsked, supervised.ended]);
  } finally {
    await supervised.stop();
    interrupted.dispose();
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
