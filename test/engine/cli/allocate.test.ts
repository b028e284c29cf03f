// `stockpulse allocate` as it is called: from recorded events and a snapshot, and what it refuses.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import type { AllocationReport } from '../../../engine/allocation/report.js';
import { registerAllocate } from '../../../engine/cli/allocate.js';
import { createCore, STATE_SCHEMA } from '../../../engine/core.js';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { allocateSnapshot } from '../../../engine/workers/allocator.js';
import { runEvents } from '../../oracle/drive.js';
import { shopEvents } from '../allocation/shop.js';
import { runCommand } from './run-command.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-allocate-'));
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

const run = (...args: string[]) => runCommand(registerAllocate, ['allocate', ...args]);

async function settingsFile(text: string): Promise<string> {
  const path = join(folder, 'shop.yaml');
  await writeFile(path, text);
  return path;
}

async function json(...args: string[]): Promise<AllocationReport> {
  const { code, out, err } = await run('--replay', file, ...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as AllocationReport;
}

describe('stockpulse allocate', { timeout: 60_000 }, () => {
  it('gives each need all it asks for where nothing is short', async () => {
    const told = await json();
    expect(told.status).toBe('allocated');
    expect(told.needs.map(({ sku }) => sku).sort()).toEqual(['CUP', 'LAMP', 'MUG']);
    for (const need of told.needs) {
      expect(need).toMatchObject({ short: 0, because: null, quantity: need.asked });
      expect(need.signal).toMatch(/^reorder\//);
    }
    expect(told).toMatchObject({ limits: [], gap: 0, conflict: [] });
  });

  it('takes from those whose units save least, and says what a limit is worth', async () => {
    const full = await json();
    const budget = 0.5 * full.needs.reduce((sum, { cost }) => sum + cost, 0);
    const told = await json('--budget', String(budget));
    const [limit] = told.limits;
    expect(limit).toMatchObject({ kind: 'budget', amount: budget, isBinding: true });
    expect(limit?.used).toBeLessThanOrEqual(budget);
    expect(limit?.says).toMatch(/^1\.00 more of budget is worth 0\.\d+$/);
    expect(told.needs.some(({ because }) => because === 'budget')).toBe(true);
    expect(told.marginSaved).toBeLessThan(full.marginSaved as number);
    expect(told.gap).toBeLessThan(0.1);
    for (const { quantity } of told.needs) expect(quantity % 5).toBe(0);
  });

  it('counts what is on hand and on its way against room and capacity', async () => {
    const config = await settingsFile(
      'locations: {berlin: {storageVolume: 2}}\nsuppliers: {acme: {capacity: 100}}\n',
    );
    const told = await json('--config', config);
    expect(told.limits).toEqual([
      expect.objectContaining({ kind: 'storage', location: 'berlin' }),
      expect.objectContaining({ kind: 'capacity', supplier: 'acme', amount: 100 - 10 }),
    ]);
    // Plates, mugs (also the ones on order), lamp and vase.
    const taken = 20 * 0.05 + (5 + 10) * 0.001 + 0.02 + 0.01;
    expect(told.limits[0]?.amount).toBeCloseTo(2 - taken, 9);
    expect(told.limits[0]?.says).toMatch(/^one more cubic metre at berlin is worth \d\.\d\d$/);
    expect(told.limits[1]?.says).toMatch(/^one more unit from acme is worth \d\.\d\d$/);
  });

  it('leaves out, with the reason, what cannot be weighed', async () => {
    const { leftOut } = await json();
    expect(leftOut).toEqual([
      expect.objectContaining({ sku: 'VASE', reason: 'the catalog names no unit price' }),
    ]);
  });

  it('says so where nothing is needed', async () => {
    const told = await json('--until', '2024-01-01T13:00:00Z', '--budget', '5');
    expect(told).toMatchObject({ status: 'allocated', needs: [], marginSaved: 0, gap: 0 });
    expect(told.says).toBe('nothing is needed that could be weighed');
  });

  it('names a minimum order value that the budget excludes', async () => {
    const config = await settingsFile('suppliers: {acme: {minimumOrderValue: 1000}}\n');
    const told = await json('--config', config, '--budget', '300');
    expect(told.notOrdered).toEqual([
      {
        supplier: 'acme',
        says:
          'nothing is ordered from acme: the budget, 300.00 and the minimum order value of acme, ' +
          '1000.00 exclude it',
      },
    ]);
  });

  it('ends with 1 where what must be ordered is above a limit, and names both', async () => {
    const config = await settingsFile(
      'allocation: {mustOrder: backorders}\nsuppliers: {acme: {capacity: 12}}\n',
    );
    const { code, out } = await run('--replay', file, '--config', config);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^impossible: the 2 units left of capacity of acme and the \d+ units that must be ordered from acme for berlin cannot be kept together\n/,
    );
  });

  it('answers from a snapshot as from the events behind it; the thread alone as well', async () => {
    vi.stubEnv('STOCKPULSE_ALLOCATION_BUDGET', '250');
    const settings = loadSettings({ env: process.env });
    const core = createCore(settings);
    // The engine's snapshots hold the charts' buckets too.
    new BucketRing(core.table);
    runEvents(core, shopEvents());
    const store = new FileSnapshotStore({ dir: join(folder, 'data', 'snapshots') });
    await store.save({ schema: STATE_SCHEMA, position: 1, bytes: core.save() });
    const replayed = { ...(await json()), seconds: 0 };
    expect(replayed.needs.some(({ short }) => short > 0)).toBe(true);
    const { out } = await run('--json');
    expect({ ...JSON.parse(out), seconds: 0 }).toEqual(replayed);
    expect({ ...(await allocateSnapshot(settings)), seconds: 0 }).toEqual(replayed);
  });

  it('prints tables for people, and prices in words', async () => {
    const { code, out } = await run('--replay', file, '--budget', '250', '--rows', '2');
    expect(code).toBe(0);
    expect(out).toMatch(/^as of +2024-02-1\dT/);
    expect(out).toMatch(
      /\nSKU +location +supplier +asked +gets +short +cost +saves +loses +because\n/,
    );
    expect(out).toMatch(/\n… and 1 more: --rows, or --json\n/);
    expect(out).toMatch(/\nlimit +there is +taken +shadow price\nbudget +250 +\d/);
    expect(out).toMatch(/\n1\.00 more of budget is worth \d/);
    expect(out).toMatch(/\nleft out +location +asked +because\nVASE +berlin +\d+ +the catalog/);
  });

  it('ends with 2 where it is called wrongly', async () => {
    const wrong = [
      [[], /no snapshots in .*data\.dir.*--replay/],
      [['--budget', 'much'], /--budget must be a number, got "much"/],
      [['--budget', '-1', '--replay', file], /--budget must be >= 0, got -1/],
      [['--rows', '-1', '--replay', file], /--rows must be >= 0/],
      [['--replay', `${file}x`], /no such file/],
      [['--until', 'noon', '--replay', file], /--until must be a time/],
    ] as const;
    for (const [args, reason] of wrong) {
      const { code, out, err } = await run(...args);
      expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(reason) });
    }
  });
});
