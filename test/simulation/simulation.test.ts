// Claims about the engine in a world that misbehaves, and about the simulator that finds what breaks.
import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.js';
import { ACTS } from './on-duty.js';
import { PLANTS, type PlantName } from './plants.js';
import { failureText, runSeries } from './report.js';
import { type RunResult, simulate } from './simulation.js';

/** More by the environment, for a long look; `npm run simulate` is the better way. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 200);
const TIMEOUT_MS = 120_000 + SEEDS * 2_000;

async function traceOf(seed: number): Promise<{ lines: string[]; result: RunResult }> {
  const lines: string[] = [];
  const result = await simulate({ seed, onTrace: (line) => lines.push(line) });
  return { lines, result };
}

async function firstFound(plant: PlantName): Promise<RunResult | null> {
  for (let seed = 1; seed <= 200; seed++) {
    const result = await simulate({ seed, plant: PLANTS[plant] });
    if (result.problems.length > 0) return result;
  }
  return null;
}

describe('the engine under simulation', () => {
  it(
    `leaves what the oracles say, whatever goes wrong, in ${SEEDS} seeds`,
    async () => {
      const failures: string[] = [];
      const sum = await runSeries(
        { first: 1, seeds: SEEDS, plant: null },
        {
          onFailure: async (result) => {
            if (failures.length < 3) failures.push(await failureText(result, { plant: null }));
          },
        },
      );
      expect(failures.join('\n\n')).toBe('');
      // A fault that never strikes tests nothing.
      expect([...sum.faults.keys()].sort()).toEqual(Object.keys(FAULTS).sort());
      expect([...sum.acts].sort()).toEqual([...ACTS].sort());
      expect(sum.setAside).toBeGreaterThan(SEEDS / 10);
      expect(sum.crashes).toBeGreaterThan(SEEDS / 2);
    },
    TIMEOUT_MS,
  );

  it('reads a message that got lost on its way although none follows', async () => {
    const { problems, struck } = await simulate({
      seed: 2,
      keep: [0, 1],
      only: ['nats.lose-delivery#1'],
    });
    expect(struck).toEqual(['nats.lose-delivery#1']);
    expect(problems).toEqual([]);
  });
});

describe('the simulator', () => {
  it('makes the same run of a seed, to the byte', async () => {
    const seeds = [7, 28, 105];
    for (const seed of seeds) {
      const once = await traceOf(seed);
      await simulate({ seed: seed + 1 });
      expect(await traceOf(seed)).toEqual(once);
      expect(once.lines.length).toBeGreaterThan(20);
    }
  }, 60_000);

  it('leaves clocks and timers as they were', async () => {
    const before = [setTimeout, setImmediate, Date.now, performance.now, clearInterval];
    await simulate({ seed: 3 });
    expect([setTimeout, setImmediate, Date.now, performance.now, clearInterval]).toEqual(before);
    expect(Object.hasOwn(performance, 'now')).toBe(false);
  });

  it.each(Object.keys(PLANTS) as PlantName[])(
    'finds a planted bug within 200 seeds: %s',
    async (plant) => {
      expect(await firstFound(plant)).not.toBeNull();
    },
    120_000,
  );

  it('makes a failing seed small and says how to run it again', async () => {
    const failed = await firstFound('position-plus-one');
    const text = await failureText(failed as RunResult, { plant: 'position-plus-one' });
    expect(text).toContain(
      `npm run simulate -- --first ${failed?.seed} --seeds 1 --plant position`,
    );
    expect(text).toMatch(/to \d and \d \(time in seconds/);
  }, 120_000);
});
