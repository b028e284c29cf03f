// A torture run: kills under load, an end in order, and the comparison with what should be.
import { until } from '../engine/e2e/until.js';
import { Dice } from '../simulation/dice.js';
import { compare, type Verdict } from './compare.js';
import { type Kill, planOf } from './plan.js';
import { remainsOf } from './remains.js';
import { Scene, type SceneOptions } from './scene.js';
import { type Struck, strike } from './strike.js';

export interface TortureOptions extends SceneOptions {
  readonly kills: number;
  /** Lines of progress. */
  readonly tell?: (line: string) => void;
  /** Its abort ends the run. */
  readonly signal?: AbortSignal;
}

/** So much backlog is decided in this time after the last kill, or the engine hangs. */
const FINISH_WITHIN_MS = 300_000;
const ENDS_MAX = 5;

/** Leaves no process and no folder behind, however it ends. */
export async function torture(options: TortureOptions): Promise<Verdict> {
  const scene = await Scene.open(options);
  const { signal } = options;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
  stopped.catch(() => undefined);
  try {
    return await Promise.race([run(scene, options), stopped]);
  } finally {
    await scene.close();
  }
}

async function run(scene: Scene, options: TortureOptions): Promise<Verdict> {
  const { tell = () => undefined } = options;
  await scene.life.start();
  scene.beginLoad();
  await killAll(scene, planOf(new Dice(options.seed), options.kills), tell);
  await finish(scene);
  tell(`${scene.sent.size} messages sent; comparing`);
  return compare(await remainsOf(scene));
}

/** Kill follows kill, while the load goes on. */
export async function killAll(
  scene: Scene,
  plan: readonly Kill[],
  tell: (line: string) => void = () => undefined,
): Promise<void> {
  const began = performance.now();
  for (const [i, kill] of plan.entries()) {
    const struck = await strike(scene, kill);
    const atS = ((performance.now() - began) / 1000).toFixed(1);
    const next = plan[i + 1];
    // The next one comes while this is not yet recovered from.
    const isTwice = next?.kind === 'starting' || next?.kind === 'loading';
    const after = isTwice ? 'killed again before it is ready' : await recovery(struck);
    const progress = `decided ${struck.decided} of ${scene.events}`;
    tell(`kill ${i + 1} of ${plan.length} at ${atS} s: ${struck.where}; ${progress}; ${after}`);
  }
}

async function recovery({ ready }: Struck): Promise<string> {
  return `ready after ${((await ready) / 1000).toFixed(1)} s`;
}

/** No more is sent; all of it is decided and in ClickHouse; the engine ends in order. */
export async function finish(scene: Scene): Promise<void> {
  await scene.endLoad();
  const { events, life } = scene;
  const decided = async (): Promise<boolean> => (await life.overview()).eventsTotal >= events;
  await until(`all ${events} events are decided`, decided, FINISH_WITHIN_MS);
  for (let ends = 1; ; ends++) {
    await until('nothing waits for ClickHouse', () => life.waitingFiles() === 0, FINISH_WITHIN_MS);
    await life.stop();
    // What ClickHouse did not take in time at the end is on disk: the next start sends it.
    if (life.waitingFiles() === 0) return;
    if (ends === ENDS_MAX) throw new Error(`rows wait for ClickHouse after ${ends} ends in order`);
    await life.start();
    await life.ready();
  }
}
