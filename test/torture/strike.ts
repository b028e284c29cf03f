// One kill: waits for its moment, kills, and has everything run again.
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from '../engine/e2e/processes.js';
import { until } from '../engine/e2e/until.js';
import { endsEngine, type Kill } from './plan.js';
import type { Scene } from './scene.js';

export interface Struck {
  /** What was hit, in words. */
  readonly where: string;
  readonly decided: number;
  /** Resolves with the time until it was ready again (ms); rejects when it was killed before. */
  readonly ready: Promise<number>;
}

/** Resolves when what was killed runs again, ready or not. */
export async function strike(scene: Scene, kill: Kill): Promise<Struck> {
  const { life } = scene;
  const where = await comes(scene, kill);
  const { decided } = life;
  const pid = kill.kind === 'clickhouse' || kill.kind === 'both' ? await life.clickHouse() : 0;
  if (pid !== 0) process.kill(pid, 'SIGKILL');
  const withNats = kill.kind === 'nats' || kill.kind === 'nats and engine';
  const killed = withNats ? scene.nats.kill() : Promise.resolve();
  if (endsEngine(kill)) await life.kill();
  await killed;
  const torn = kill.kind === 'saving' && life.leftUnfinishedSnapshot ? ', left half written' : '';
  const began = performance.now();
  const ready = async (): Promise<number> => {
    await life.ready();
    await life.readyAgain();
    return performance.now() - began;
  };
  if (endsEngine(kill)) await life.start();
  if (withNats) {
    await pause(kill.awayMs);
    await scene.restartNats();
  }
  if (kill.kind === 'clickhouse') {
    await until('its ClickHouse is gone', () => !isRunning(pid));
    await life.clickHouse(pid);
  }
  const struck = { where: where + torn, decided, ready: ready() };
  struck.ready.catch(() => undefined);
  return struck;
}

/** Resolves with the moment in words when it is there. */
async function comes({ life }: Scene, kill: Kill): Promise<string> {
  const { kind, afterMs } = kill;
  switch (kind) {
    case 'starting': {
      await pause(Math.max(0, afterMs - life.ageMs));
      return `engine, ${Math.round(life.ageMs)} ms after its start`;
    }
    case 'loading':
      await life.logged('embedded ClickHouse is up');
      await pause(afterMs);
      return `engine, ${loaded(life.process.log)}`;
    case 'saving':
      await life.ready();
      await life.savesSnapshot();
      if (afterMs > 0) await pause(afterMs);
      return `engine, ${afterMs.toFixed(0)} ms into a snapshot`;
    case 'deciding':
    case 'both':
    case 'clickhouse':
    case 'nats':
    case 'nats and engine':
      await life.ready();
      await pause(afterMs);
      return { ...NAMES, deciding: `engine, ${Math.round(afterMs)} ms after it was ready` }[kind];
    default: {
      const never: never = kind;
      throw new Error(`unknown kill ${String(never)}`);
    }
  }
}

const NAMES = {
  both: 'engine and its ClickHouse',
  clickhouse: 'ClickHouse of the engine',
  nats: 'nats-server',
  'nats and engine': 'nats-server and engine',
} as const;

function loaded(log: readonly { readonly msg?: string }[]): string {
  if (log.some(({ msg }) => msg === 'the engine is up')) return 'just up';
  const isLoaded = log.some(({ msg }) => msg === 'state loaded from a snapshot');
  return isLoaded ? 'its state just loaded' : 'before or while it loads its state';
}
