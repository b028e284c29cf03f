// The engine in a closed loop: what it believes is on the shelf is what is there.
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { EnginePlayer } from '../../../engine/simulate/engine-player.js';
import { simulationSettings } from '../../../engine/simulate/feed.js';
import { play } from '../../../engine/simulate/play.js';
import { DAY_MS, type RecordedDemand } from '../../../engine/simulate/recorded-demand.js';
import { measuredFrom } from '../../../engine/simulate/span.js';
import { Stock } from '../../../engine/simulate/stock.js';
import { Teacher } from '../../../engine/simulate/teacher.js';
import { normals } from '../../operators/replenish/scene.js';
import { dailyDemand } from './made-up.js';

const settings = simulationSettings(loadSettings({ env: {} }));
const LEARN_DAYS = 40;

interface Loop {
  readonly demand: RecordedDemand;
  readonly policy: 'sS' | 'sQ' | 'RS';
  readonly level?: number;
  readonly sdDays?: number;
  readonly isLost?: boolean;
}

async function loop({ demand, policy, level = 0.95, sdDays = 0, isLost = false }: Loop) {
  const leadTime = { mean: 5, sd: sdDays };
  const borderMs = demand.fromMs + LEARN_DAYS * DAY_MS;
  const span = { fromMs: borderMs, toMs: demand.toMs };
  const teacher = new Teacher(demand, settings, leadTime);
  await play(demand, { fromMs: demand.fromMs, toMs: borderMs }, [teacher]);
  const stock = new Stock(demand.series, { leadTime, seed: '1', isLost });
  const player = new EnginePlayer({
    ...{ demand, settings, learned: teacher.learned(), stock, isLost },
    measured: measuredFrom(demand, { borderMs, toMs: demand.toMs, warmUpDays: 14 }),
    termsOf: () => ({
      leadTime: { meanDays: leadTime.mean, sdDays },
      serviceLevel: { cycle: level },
      policy: { kind: policy, reviewDays: 7 },
    }),
  });
  await play(demand, span, [player]);
  stock.end(span.toMs);
  return { stock, player };
}

/** Whole units around a mean, none below zero. */
function noisy(seed: number, mean: number, sd: number, days: number): number[] {
  const normal = normals(seed);
  return Array.from({ length: days }, () => Math.max(0, Math.round(mean + sd * normal())));
}

const threeSeries = dailyDemand([
  noisy(1, 10, 3, 160),
  noisy(2, 1, 2, 160),
  // New on day 60.
  [...new Array<number>(60).fill(0), ...noisy(3, 5, 2, 100)],
]);

describe('an engine whose signals become orders', () => {
  it.each([
    { policy: 'sS', isLost: false },
    { policy: 'sQ', isLost: true },
    { policy: 'RS', isLost: false },
  ] as const)('believes what the shelf holds: $policy, lost $isLost', async (scene) => {
    const { stock, player } = await loop({ ...scene, demand: threeSeries, level: 0.7, sdDays: 2 });
    threeSeries.series.forEach((_, s) => {
      expect(stock.measures.of('orders', s)).toBeGreaterThan(0);
      expect(player.believed(s)).toBe(stock.position(s));
    });
  });

  it('never runs out where demand is the same each day and lead times are certain', async () => {
    const demand = dailyDemand([new Array<number>(160).fill(8)]);
    const { stock } = await loop({ demand, policy: 'sS' });
    expect(stock.measures.of('cycles', 0)).toBeGreaterThan(5);
    expect(stock.measures.of('filled', 0)).toBe(stock.measures.of('demanded', 0));
    expect(stock.measures.of('cleanCycles', 0)).toBe(stock.measures.of('cycles', 0));
  });

  it('measures a new series once it has been on sale for the warm-up', async () => {
    const { stock } = await loop({ demand: threeSeries, policy: 'sS' });
    expect(stock.measures.of('measuredMs', 0)).toBe((160 - LEARN_DAYS) * DAY_MS);
    expect(stock.measures.of('measuredMs', 2)).toBe((160 - 60 - 14) * DAY_MS);
  });

  it('holds more for a higher service level, and serves better', async () => {
    const demand = dailyDemand([noisy(4, 2, 9, 300), noisy(5, 2, 9, 300)]);
    const [low, high] = await Promise.all(
      [0.5, 0.98].map(async (level) => (await loop({ demand, policy: 'sS', level })).stock),
    );
    const sum = (stock: Stock | undefined, name: 'onHandMs' | 'filled') =>
      (stock?.measures.of(name, 0) ?? 0) + (stock?.measures.of(name, 1) ?? 0);
    expect(sum(high, 'onHandMs')).toBeGreaterThan(sum(low, 'onHandMs'));
    expect(sum(high, 'filled')).toBeGreaterThan(sum(low, 'filled'));
  });

  it('comes to the same each time', async () => {
    const runs = [1, 2].map(async () => {
      const { stock } = await loop({ demand: threeSeries, policy: 'sS', sdDays: 2 });
      return [0, 1, 2].map((s) => stock.measures.of('onHandMs', s));
    });
    const [one, two] = await Promise.all(runs);
    expect(two).toEqual(one);
  });
});
