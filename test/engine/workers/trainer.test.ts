// Claims about training in a thread: what it answers, how it ends.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { train } from '../../../engine/workers/trainer.js';
import type { TrainingTask } from '../../../engine/workers/trainer-protocol.js';
import { firstModel } from '../../../operators/forecast/neural/first-model.js';
import { decodeModel, encodeModel, isModel } from '../../../operators/forecast/neural/model.js';
import { isBetter, type Score } from '../../../operators/forecast/neural/score.js';
import { weeklyWindows } from '../../operators/forecast/neural/windows.js';

const task = (more: Partial<TrainingTask> = {}): TrainingTask => ({
  windows: weeklyWindows(150, 35),
  judged: null,
  seasons: 7,
  start: null,
  present: null,
  steps: 12,
  cpuShare: 1,
  seed: 1,
  ...more,
});

describe('training in a thread', { timeout: 120_000 }, () => {
  it('makes a model that beats an untaught one, and goes on from one it is given', async () => {
    const untaught = encodeModel(firstModel(7, 1));
    const first = await train(task({ present: untaught }));
    expect(isModel(decodeModel(first.model))).toBe(true);
    expect(first.losses).toHaveLength(4);
    const { trained, present } = first.scores;
    expect(trained.deviance).toBeLessThan((present as Score).deviance);
    const second = await train(task({ start: first.model, present: first.model, seed: 2 }));
    expect(second.scores.present).toEqual(trained);
    expect(second.losses[0]).toBeLessThan(first.losses[0] as number);
  });

  it('rests as it is told: a quarter of a processor takes four times as long', async () => {
    const { seconds, busySeconds } = await train(task({ steps: 3, cpuShare: 0.25 }));
    expect(seconds).toBeGreaterThan(4 * busySeconds);
  });

  it('says why it cannot, and goes away at once when it is told to', async () => {
    await expect(train(task({ start: new Uint8Array(3) }))).rejects.toThrow(
      'not a model: it is cut in its head',
    );
    const abort = new AbortController();
    const running = train(task({ steps: 10_000 }), abort.signal);
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(train(task(), abort.signal)).rejects.toThrow('enough');
  });

  it.runIf(process.platform === 'linux')('leaves the priority of other threads alone', async () => {
    const running = train(task({ steps: 6 }));
    let lowest = 0;
    const watch = setInterval(() => {
      lowest = Math.max(lowest, ...niceValues());
      expect(niceOf(`self/task/${process.pid}`)).toBe(0);
    }, 20);
    await running.finally(() => clearInterval(watch));
    expect(lowest).toBe(19);
  });
});

describe('a trained model takes the place of the present one', () => {
  const score = (deviance: number, pinball: number): Score => {
    return { targets: 100, deviance, absoluteError: 1, pinball };
  };
  const seasonalMean = score(0.5, 0.3);

  it('when it is better than it, and its mean better than the seasonal mean', () => {
    const present = score(0.4, 0.2);
    const verdict = (trained: Score, one: Score | null = present) =>
      isBetter({ trained, present: one, seasonalMean });
    expect(verdict(score(0.39, 0.2))).toBe(true);
    expect(verdict(score(0.41, 0.18))).toBe(true);
    expect(verdict(present)).toBe(false);
    expect(verdict(score(0.51, 0.01), null)).toBe(false);
    expect(verdict(score(0.49, 0.9), null)).toBe(true);
    expect(verdict(score(Number.NaN, Number.NaN), null)).toBe(false);
  });
});

/** Of all threads of this process. */
function niceValues(): number[] {
  return readdirSync('/proc/self/task').map((id) => niceOf(`self/task/${id}`));
}

/** Field 19 of stat; 0 for a thread that is gone. */
function niceOf(path: string): number {
  try {
    const stat = readFileSync(`/proc/${path}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  } catch {
    return 0;
  }
}
