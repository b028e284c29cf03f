// `stockpulse explain` as it is called: from a snapshot, from recorded events, and what it refuses.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import { registerExplain } from '../../../engine/cli/explain.js';
import { createCore, STATE_SCHEMA } from '../../../engine/core.js';
import type { Explanation } from '../../../engine/explain/explanation.js';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { runEvents } from '../../oracle/drive.js';
import { runCommand } from './run-command.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-explain-'));
  vi.stubEnv('STOCKPULSE_DATA_DIR', join(folder, 'data'));
  vi.stubEnv('STOCKPULSE_LEDGER_JOURNAL', '1000');
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(registerExplain, ['explain', ...args]);

async function json(...args: string[]): Promise<Explanation> {
  const { code, out, err } = await run(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Explanation;
}

/** Five mugs at noon of each day, ten from the 20th day on. */
function events(days: number): object[] {
  const item = {
    ...{ id: 'c', type: 'catalog.item', time: START_MS, sku: 'MUG-RED', name: 'Mug, red' },
    ...{ status: 'active', leadTime: { meanDays: 7, sdDays: 1 } },
    ...{ serviceLevel: { cycle: 0.95 }, policy: { kind: 'sS' } },
  };
  const orders = Array.from({ length: days }, (_, day) => ({
    ...{ id: `o${day}`, type: 'order.placed', orderId: `o${day}`, location: 'berlin' },
    time: START_MS + (day + 0.5) * DAY_MS,
    lines: [{ sku: 'MUG-RED', quantity: day < 20 ? 5 : 10 }],
  }));
  return [item, ...orders];
}

async function recorded(days: number): Promise<string> {
  const file = join(folder, 'events.ndjson');
  await writeFile(
    file,
    events(days)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  );
  return file;
}

async function saveSnapshot(days: number): Promise<void> {
  const core = createCore(loadSettings({ env: process.env }));
  const ring = new BucketRing(core.table);
  for (const bucket of runEvents(core, events(days)).buckets) ring.add(bucket, 7);
  const store = new FileSnapshotStore({ dir: join(folder, 'data', 'snapshots') });
  await store.save({ schema: STATE_SCHEMA, position: days, bytes: core.save() });
}

describe('stockpulse explain', () => {
  it('explains the newest snapshot, as the events behind it are explained', async () => {
    await saveSnapshot(15);
    const told = await json('MUG-RED', 'berlin');
    expect(told).toMatchObject({
      ...{ sku: 'MUG-RED', location: 'berlin', name: 'Mug, red', bucket: 'day' },
      asOf: '2024-01-15T12:00:00.000Z',
      learned: { buckets: 14, withDemand: 14, pattern: 'smooth' },
      cleaning: { lastBucket: { units: 5, inStockShare: null } },
      neural: { version: null },
    });
    const file = await recorded(15);
    const replayed = await json('MUG-RED', 'berlin', '--replay', file);
    expect(replayed.cleaning.lastBucket).toMatchObject({ units: 5, inStockShare: 1, demand: 5 });
    expect({ ...replayed, cleaning: null }).toEqual({ ...told, cleaning: null });
  });

  it('explains any time by what had happened until then', async () => {
    const file = await recorded(60);
    const until = '2024-01-19T02:00:00Z';
    const then = await json('MUG-RED', 'berlin', '--replay', file, '--until', until);
    expect(then).toMatchObject({ asOf: '2024-01-19T02:00:00.000Z', learned: { buckets: 18 } });
    expect(then.forecasts[0]?.mean).toBeCloseTo(5, 1);
    const now = await json('MUG-RED', 'berlin', '--replay', file);
    expect(now.forecasts[0]?.mean).toBeCloseTo(10, 1);
  });

  it('prints tables that say what makes the number', async () => {
    const { code, out } = await run('MUG-RED', 'berlin', '--replay', await recorded(60));
    expect(code).toBe(0);
    expect(out).toMatch(/^SKU +MUG-RED: Mug, red\n/);
    expect(out).toMatch(/\nlast closed +2024-02-28: 10 sold, forecast 10 \(80 %: \d+ to \d+\)\n/);
    expect(out).toMatch(/\nforecast, units +mean +P10 +P50 +P90 +P95 +P99\nnext day +\d/);
    expect(out).toMatch(/\nexpert +goes by +next bucket +weight +further ahead\n/);
    expect(out).toMatch(/\nseasonal-naive +same as a week before +10 /);
    expect(out).toMatch(/\nregression +units\n/);
    expect(out).toMatch(/\nlevel asked, % +0\.5 +2\.5 +10 +25 +50 +75 +90 +97\.5 +99\.5\n/);
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110);
  });

  it('says so while there is no forecast', async () => {
    const { code, out } = await run('MUG-RED', 'berlin', '--replay', await recorded(2));
    expect(code).toBe(0);
    expect(out).toContain('No forecast yet');
  });

  it('ends with 2, and a hint, where it cannot find what it is asked for', async () => {
    const file = await recorded(5);
    const wrong = [
      [['MUG-RED', 'berlin'], /no snapshots in .*data\.dir.*--replay/],
      [['MUG-RED', 'berlin', '--snapshot', 'x'], /no snapshot x in /],
      [
        ['MUG-RAD', 'berlin', '--replay', file],
        /no event has named a SKU MUG-RAD; near it: MUG-RED/,
      ],
      [['MUG-RED', 'berln', '--replay', file], /a location berln; near it: berlin/],
      [['MUG-RED', 'berlin', '--until', '2024-01-19T02:00:00Z'], /--until needs --replay/],
      [['MUG-RED', 'berlin', '--replay', file, '--until', 'noon'], /--until must be a time/],
      [['MUG-RED', 'berlin', '--replay', `${file}x`], /events\.ndjsonx: no such file/],
      [['MUG-RED', 'berlin', '--replay', file, '--snapshot', 'x'], /give one/],
    ] as const;
    for (const [args, reason] of wrong) {
      const { code, out, err } = await run(...args);
      expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(reason) });
    }
  });
});
