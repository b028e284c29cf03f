// Claims about what carts are worth, as `stockpulse backtest --without carts` shows it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BacktestOutcome } from '../../../engine/backtest/backtest.js';
import { registerBacktest } from '../../../engine/cli/backtest.js';
import { runProgram } from '../../../engine/cli/exit.js';
import { type CartShop, cartShop } from '../../operators/forecast/cart-demand.js';

const SKUS = 60;
const DAYS = 120;
const START_MS = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const HEADER = 'series,start,units,category,cartAdds,cartRemovals,cartsAbandoned,views';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-carts-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function csv({ buckets, categories }: CartShop): string {
  const rows = buckets.flatMap((series, sku) =>
    series.map(({ units, cartAdds, cartRemovals, cartsAbandoned, views }, day) => {
      const date = new Date(START_MS + day * DAY_MS).toISOString().slice(0, 10);
      const carts = [cartAdds, cartRemovals, cartsAbandoned, views];
      return [`sku-${sku}`, date, units, `c${categories[sku]}`, ...carts].join(',');
    }),
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

/** What the command prints with --json. */
async function figures(...args: string[]): Promise<BacktestOutcome> {
  const out: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out.push(String(text));
    return true;
  });
  const program = new Command('stockpulse');
  registerBacktest(program);
  const err: string[] = [];
  const io = { env: {}, err: { write: (text: string) => err.push(text) } };
  const code = await runProgram(program, ['backtest', ...args, '--horizon', '1', '--json'], io);
  write.mockRestore();
  expect({ code, err }).toEqual({ code: 0, err: [] });
  return JSON.parse(out.join('')) as BacktestOutcome;
}

/** Error with carts as a part of that without them: of one expert, by one measure. */
async function worthOfCarts(carts: 'lead' | 'noise', seed: string) {
  const file = join(folder, `${carts}-${seed}.csv`);
  await writeFile(file, csv(cartShop({ seed, skus: SKUS, days: DAYS, carts })));
  const [having, lacking] = [await figures(file), await figures(file, '--without', 'carts')];
  expect([having.settings.without, lacking.settings.without]).toEqual([[], ['carts']]);
  expect(having.origins).toBe(lacking.origins);
  return (expert: string, measure: 'wape' | 'mase' | 'rmsse' | 'meanPinball'): number => {
    return (having.overall[expert]?.[measure] ?? 0) / (lacking.overall[expert]?.[measure] ?? 0);
  };
}

describe('stockpulse backtest --without carts', { timeout: 120_000 }, () => {
  // By the generator's relation carts explain .6 of demand; the rest is Poisson noise.
  it('errs by a quarter more where carts lead demand, and so does all that is made of it', async () => {
    const ratio = await worthOfCarts('lead', 'one');
    for (const measure of ['wape', 'mase', 'rmsse', 'meanPinball'] as const) {
      expect(ratio('regression', measure)).toBeLessThan(0.8);
      expect(ratio('ensemble', measure)).toBeLessThan(0.8);
    }
    // Those that look at no carts learn what they learned, but for bulk orders that carts announce.
    expect(ratio('holt-winters-additive', 'wape')).toBeCloseTo(1, 2);
  });

  it.each(['one', 'two', 'three'])(
    '(seed %s) errs by a hundredth less at most where carts are noise',
    async (seed) => {
      const ratio = await worthOfCarts('noise', seed);
      for (const measure of ['wape', 'mase', 'rmsse', 'meanPinball'] as const) {
        expect(ratio('regression', measure)).toBeLessThanOrEqual(1.01);
        expect(ratio('ensemble', measure)).toBeLessThanOrEqual(1.01);
      }
    },
  );
});
