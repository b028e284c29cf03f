// The demo: its own servers, the engine, real orders and a simulated warehouse, start to end.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { ensureNatsServer } from '#setup/nats-server.mjs';
import { loadSettings, type Settings } from '../../config/settings.js';
import { connectNats } from '../../connectors/nats/connect.js';
import { type LocalNats, startLocalNats } from '../../connectors/nats/local-server.js';
import { Engine } from '../engine.js';
import { createLogger, type Logger } from '../log.js';
import { natsOptions } from '../nats-options.js';
import { withoutSecrets } from '../secrets.js';
import { DEMO_PROVENANCE, demoFiles } from './data.js';
import { freePort } from './free-port.js';
import { Player } from './player.js';
import { demoScene } from './scene.js';
import { type DemoSummary, publishedEvents, summarize } from './summary.js';

export interface DemoOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Stream seconds a second. */
  readonly speed: number;
  /** Seconds of the demo proper; null: until the recording ends or the signal aborts. */
  readonly forSeconds: number | null;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const SEED = 'stockpulse';

/** Everything that it starts ends with it, however it ends. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const { env, say } = options;
  const first = loadSettings({ file: demoFiles().settings, env });
  const dir = join(first.data.dir, 'demo');
  // Each run begins at the beginning: the recording would be duplicates otherwise.
  await rm(dir, { recursive: true, force: true });
  const nats = first.nats.url === null ? await startNats(dir, options) : null;
  try {
    const port = env.STOCKPULSE_HTTP_PORT === undefined ? await freePort(first.http.port) : null;
    const settings = loadSettings({
      file: demoFiles().settings,
      env,
      overrides: {
        'data.dir': dir,
        ...(nats === null ? {} : { 'nats.url': nats.url }),
        ...(port === null ? {} : { 'http.port': port }),
        ...(env.STOCKPULSE_LOG_LEVEL === undefined ? { 'log.level': 'warn' } : {}),
      },
    });
    say(withoutSecrets(nats === null ? `NATS: ${first.nats.url}` : `NATS: started on ${nats.url}`));
    return await withEngine(options, settings, createLogger(settings.log));
  } finally {
    await nats?.stop();
  }
}

async function startNats(dir: string, { env, say }: DemoOptions): Promise<LocalNats> {
  const found = await ensureNatsServer({ env, say });
  const server = found.env.STOCKPULSE_NATS_SERVER ?? env.STOCKPULSE_NATS_SERVER;
  if (server === undefined) throw new Error(`no nats-server can be started: ${found.detail}`);
  return await startLocalNats({ server, dir: join(dir, 'nats') });
}

async function withEngine(
  options: DemoOptions,
  settings: Settings,
  log: Logger,
): Promise<DemoSummary> {
  await refuseUsedStream(settings);
  const engine = await Engine.start({ settings, log, provenance: DEMO_PROVENANCE });
  const connection = await connectNats(natsOptions(settings.nats, settings.nats.url as string));
  try {
    options.say(`Live page: ${engine.url}`);
    options.say('Warming up: ten weeks of real orders teach the forecasts …');
    const scene = await demoScene({ seed: SEED });
    const ended = new AbortController();
    const signal = AbortSignal.any([options.signal, ended.signal]);
    engine.ended.catch(() => ended.abort());
    const caughtUp = async (behind: number): Promise<void> =>
      await until(engine, player, { behind, signal });
    const player: Player = new Player({
      connection,
      scene,
      speed: options.speed,
      caughtUp,
      signal,
    });
    const began = performance.now();
    await player.warmUp();
    // The warm-up comes as fast as it goes: its latencies say nothing of the demo's.
    engine.traffic.reset();
    const warmSeconds = (performance.now() - began) / 1000;
    options.say(`Warm after ${warmSeconds.toFixed(0)} s. ${playText(options)}`);
    const timer =
      options.forSeconds === null
        ? null
        : setTimeout(() => ended.abort(), options.forSeconds * 1000);
    await player.run();
    if (timer !== null) clearTimeout(timer);
    await player.close();
    await until(engine, player, { behind: 0, signal: AbortSignal.timeout(30_000) });
    const summary = await summarize({ engine, player, scene, settings, warmSeconds });
    return summary;
  } finally {
    await connection.close();
    await engine.stop();
  }
}

function playText({ speed, forSeconds }: DemoOptions): string {
  const pace = `Playing the autumn of 2011, ${speed} times faster than it was`;
  return forSeconds === null ? `${pace}; stop with Ctrl-C.` : `${pace}, for ${forSeconds} s.`;
}

/** Resolves when all events but `behind` are decided, the signal aborts, or the engine has failed. */
async function until(
  engine: Engine,
  player: Player,
  { behind, signal }: { readonly behind: number; readonly signal: AbortSignal },
): Promise<void> {
  const isBehind = (): boolean => engine.position < publishedEvents(engine, player) - behind;
  while (isBehind() && !signal.aborted && engine.failure === null) await sleep(50);
}

/** On a server of the user's own: the recording needs a stream of its own. */
async function refuseUsedStream(settings: Settings): Promise<void> {
  const connection = await connectNats(natsOptions(settings.nats, settings.nats.url as string));
  const name = settings.nats.streams.events;
  try {
    const manager = await jetstreamManager(connection);
    const messages = await manager.streams.info(name).then(
      (info) => info.state.messages,
      // It does not exist yet, or it cannot be asked: making it will say what is wrong.
      () => 0,
    );
    if (messages === 0) return;
    throw new Error(
      `stream ${name} on ${settings.nats.url} holds ${messages} messages: the demo would mix with ` +
        'them; unset STOCKPULSE_NATS_URL, so that it starts a server of its own, or empty the stream',
    );
  } finally {
    await connection.close();
  }
}
