// `stockpulse contract` as it is called: known answer O3, a SKU's own demand, and what it refuses.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerContract } from '../../../engine/cli/contract.js';
import type { Game, Played } from '../../../engine/contract/game.js';
import { shopEvents } from '../allocation/shop.js';
import { runCommand } from './run-command.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-contract-'));
  vi.stubEnv('STOCKPULSE_DATA_DIR', join(folder, 'data'));
  vi.stubEnv('STOCKPULSE_LEDGER_JOURNAL', '1000');
  file = join(folder, 'events.ndjson');
  await writeFile(
    file,
    shopEvents()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  );
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(registerContract, ['contract', ...args]);

async function json(...args: string[]): Promise<Game & { sku: string | null }> {
  const { code, out, err } = await run(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

function played(game: Game, kind: string, origin: string): Played {
  const found = game.contracts.find((c) => c.contract.kind === kind && c.origin === origin);
  if (found === undefined) throw new Error(`no ${kind} that is ${origin}`);
  return found;
}

const O3 = '--mean 100 --sd 30 --price 10 --cost 4 --wholesale 7'.split(' ');

describe('stockpulse contract', () => {
  it('gives known answer O3: the optimum of the chain, wholesale alone, and buy-back at 5', async () => {
    const game = await json(...O3, '--buy-back', '5');
    expect(game.optimum.quantity).toBeCloseTo(107.6004, 4);
    expect(game.optimum.profit).toBeCloseTo(484.0972, 4);
    const wholesale = played(game, 'wholesale', 'given');
    expect(wholesale.quantity).toBeCloseTo(84.268, 4);
    expect(wholesale.retailerProfit).toBeCloseTo(195.6922, 4);
    expect(wholesale.supplierProfit).toBeCloseTo(252.804, 4);
    for (const origin of ['given', 'coordinating']) {
      const buyBack = played(game, 'buyBack', origin);
      expect(buyBack.contract).toMatchObject({ wholesalePrice: 7, buyBackPrice: 5 });
      expect(buyBack.quantity).toBeCloseTo(107.6004, 4);
      expect(buyBack.retailerProfit).toBeCloseTo(242.0486, 4);
      expect(buyBack.supplierProfit).toBeCloseTo(242.0486, 4);
      expect(buyBack.efficiency).toBeCloseTo(1, 9);
    }
  });

  it('tells of each kind of contract the terms at which the chain earns the most it can', async () => {
    const game = await json(...O3, '--share', '0.4', '--flexibility', '0.3', '--salvage', '1');
    for (const kind of ['buyBack', 'revenueSharing', 'quantityFlexibility']) {
      const { efficiency, quantity } = played(game, kind, 'coordinating');
      expect(efficiency, kind).toBeCloseTo(1, 6);
      expect(quantity, kind).toBeCloseTo(game.optimum.quantity, 4);
    }
    expect(played(game, 'revenueSharing', 'coordinating').contract).toMatchObject({
      retailerShare: 0.4,
    });
    expect(played(game, 'quantityFlexibility', 'given').contract).toMatchObject({
      wholesalePrice: 7,
      flexibility: 0.3,
    });
  });

  it('has the supplier lead with the price at which no other one pays it more', async () => {
    const { stackelberg } = await json(...O3);
    for (const step of [-0.2, 0.2]) {
      const price = String(stackelberg.wholesalePrice + step);
      const game = await json('--wholesale', price, ...O3.slice(0, -2));
      expect(played(game, 'wholesale', 'given').supplierProfit).toBeLessThan(
        stackelberg.supplierProfit,
      );
    }
  });

  it('finds the equilibrium where both choose at once', async () => {
    const { nash } = await json(...O3, '--prices', '5,6,7', '--quantities', '60,80,100');
    // A higher price always pays the supplier more; at 7 the retailer takes 80 of the three.
    expect(nash?.equilibria).toEqual([
      expect.objectContaining({ row: [0, 0, 1], column: [0, 1, 0], rowPayoff: 240 }),
    ]);
  });

  it("takes a SKU's own forecast, and its prices from the catalog", async () => {
    const game = await json('MUG', 'berlin', '--cost', '1', '--days', '14', '--replay', file);
    expect(game).toMatchObject({
      sku: 'MUG',
      location: 'berlin',
      chain: { price: 6, unitCost: 1 },
    });
    // 7 a day, with next to no scatter.
    expect(game.demand.mean).toBeGreaterThan(90);
    expect(game.demand.mean).toBeLessThan(110);
    expect(played(game, 'wholesale', 'given').contract).toMatchObject({ wholesalePrice: 2 });
    const dearer = await json('MUG', 'berlin', '--cost', '1', '--wholesale', '3', '--replay', file);
    expect(played(dearer, 'wholesale', 'given').contract).toMatchObject({ wholesalePrice: 3 });
    expect(dearer.demand.mean).toBeGreaterThan(1.9 * game.demand.mean);
  });

  it('prints a table for people', async () => {
    const { code, out } = await run(...O3, '--prices', '7', '--quantities', '80');
    expect(code).toBe(0);
    expect(out).toMatch(/^demand +mean 100, standard deviation 30\n/);
    expect(out).toMatch(/\nbest for both +107\.6 units, profit 484\.097\n/);
    expect(out).toMatch(/\nwholesale +7 a unit +given +84\.268 +195\.692 +252\.804 +92\.6 %\n/);
    expect(out).toMatch(/\nbuy-back +7 a unit, 5 back +coordinating +107\.6 .+ 100\.0 %\n/);
    expect(out).toMatch(/\nNash: wholesale price +quantity +retailer +supplier\n7 +80 /);
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110);
  });

  it('ends with 2, and says which option, where it is called wrongly', async () => {
    const wrong = [
      [[], /demand is needed: --mean and --sd, or SKU and LOCATION/],
      [['--mean', '5', '--sd', '1'], /--price is needed/],
      [['--mean', 'x'], /--mean must be a number, got "x"/],
      [['--mean', '0', '--sd', '1', '--price', '2'], /--mean must be > 0, got 0/],
      [O3.slice(0, -2), /--wholesale is needed/],
      [[...O3, '--price', '3'], /^stockpulse: --price must be > --cost 4, got 3\n$/],
      [[...O3, '--wholesale', '12'], /--wholesale must be in \[4, 10\), got 12/],
      [[...O3, '--buy-back', '8'], /--buy-back must be in \[0, 7\), got 8/],
      [[...O3, '--share', '0'], /--share must be in \(0, 1\], got 0/],
      [[...O3, '--flexibility', '1'], /--flexibility must be (< 1|in \[0, 1\)), got 1/],
      [[...O3, '--prices', '5,6'], /--prices and --quantities go together/],
      [[...O3, '--days', '7'], /need SKU and LOCATION/],
      [['MUG'], /SKU MUG needs a LOCATION/],
      [['MUG', 'berlin', '--mean', '5', '--replay', file], /give one of both/],
      [['MUG', 'berlin', '--days', '0', '--replay', file], /--days must be above 0/],
      [['MUK', 'berlin', '--replay', file], /a SKU MUK; near it: MUG/],
      [['MUG', 'berlin', '--replay', file], /--cost is needed/],
      [
        ['MUG', 'berlin', '--cost', '1', '--replay', file, '--until', '2024-01-01T13:00:00Z'],
        /MUG at berlin has no forecast yet/,
      ],
    ] as const;
    for (const [args, reason] of wrong) {
      const { code, out, err } = await run(...args);
      expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(reason) });
    }
  });
});
