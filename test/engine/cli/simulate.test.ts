// `stockpulse simulate` as it is called: tables, JSON, tuning, clear refusals.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../../engine/cli/exit.js';
import { registerSimulate } from '../../../engine/cli/simulate.js';
import type { Simulation } from '../../../engine/simulate/simulate.js';
import type { Tuning } from '../../../engine/simulate/tune.js';
import { normals } from '../../operators/replenish/scene.js';

const RETAIL = 'test/fixtures/online-retail-daily.csv.gz';

let folder: string;
/** Three series of 120 days. */
let sales: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-simulate-'));
  sales = join(folder, 'sales.csv');
  const rows = ['a', 'b', 'c'].flatMap((name, s) => {
    const normal = normals(s);
    return Array.from({ length: 120 }, (_, d) => {
      const date = new Date(Date.UTC(2026, 0, 1 + d)).toISOString().slice(0, 10);
      return `${name},${date},${Math.max(0, Math.round(5 + 4 * s * normal()))}`;
    });
  });
  await writeFile(sales, ['series,start,units', ...rows].join('\n'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  for (const [stream, texts] of [
    [process.stdout, out],
    [process.stderr, err],
  ] as const) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      texts.push(String(text));
      return true;
    });
  }
  const program = new Command('stockpulse');
  registerSimulate(program);
  const code = await runProgram(program, ['simulate', ...args], {
    env: {},
    err: { write: (text) => err.push(text) },
  });
  vi.restoreAllMocks();
  return { code, out: out.join(''), err: err.join('') };
}

async function figures<T>(...args: string[]): Promise<T> {
  const { out } = await run(...args, '--json');
  return JSON.parse(out) as T;
}

describe('stockpulse simulate', () => {
  it('puts the engine beside normal theory and min/max', async () => {
    const { code, out } = await run(sales, '--service', '0.9');
    expect(code).toBe(0);
    expect(out).toMatch(/sS +cycle 90 %/);
    expect(out).toMatch(/normal +cycle 90 %/);
    expect(out).toMatch(/min-max +14 safety days/);
    expect(out).toContain('fill rate at equal average stock, %');
    expect(out).toContain('cycle service by class, %');
  });

  it('says all figures as JSON, the same each time', async () => {
    const args = [sales, '--service', '0.8,0.95', '--policy', 'sQ', '--policy', 'normal'];
    const one = await figures<Simulation>(...args);
    expect(await figures<Simulation>(...args)).toEqual(one);
    expect(one).toMatchObject({ series: 3, measured: 3 });
    const engine = one.runs.filter(({ setting }) => setting.policy === 'sQ');
    expect(engine.map(({ setting }) => setting)).toEqual(
      [0.8, 0.95].map((level) => ({ policy: 'sQ', service: { kind: 'cycle', level } })),
    );
    for (const { all } of one.runs) {
      const { fillRate, cycleService } = all;
      for (const share of [fillRate, cycleService]) expect(share).toBeGreaterThanOrEqual(0);
      for (const share of [fillRate, cycleService]) expect(share).toBeLessThanOrEqual(1);
    }
    for (const { others } of one.atEqualStock) expect(Object.keys(others)).toEqual(['normal']);
  });

  it('holds more stock for a higher level, under each policy', async () => {
    const args = ['--series', '8', '--service', '0.7,0.98', '--by', 'fill'];
    const policies = ['sS', 'sQ', 'RS'].flatMap((name) => ['--policy', name]);
    const { runs } = await figures<Simulation>(RETAIL, ...args, ...policies);
    for (const policy of ['sS', 'sQ', 'RS']) {
      const [low, high] = runs.filter(({ setting }) => setting.policy === policy);
      expect(high?.all.averageStock).toBeGreaterThan(low?.all.averageStock as number);
      expect(high?.all.fillRate).toBeGreaterThan(low?.all.fillRate as number);
    }
  });

  it('beats a naive min/max on real orders with as much stock', async () => {
    const { atEqualStock } = await figures<Simulation>(RETAIL, '--service', '0.9');
    const [at] = atEqualStock;
    expect(at?.fillRate).toBeGreaterThan(at?.others['min-max'] as number);
  });

  it('lets unmet demand go where it is lost', async () => {
    const args = [sales, '--service', '0.5', '--policy', 'sS'];
    const waits = await figures<Simulation>(...args);
    const lost = await figures<Simulation>(...args, '--lost-sales');
    expect(waits.runs[0]?.all.shortUnitDays).toBeGreaterThan(0);
    expect(lost.runs[0]?.all.fillRate).toBeLessThan(1);
    expect(lost.runs[0]?.all.shortUnitDays).toBe(0);
  });

  it('tunes by class on one part of the time, and reports on the rest', async () => {
    const tuning = await figures<Tuning>(sales, '--tune', '--service', '0.8,0.95');
    const [smooth] = tuning.trials.map(({ costs }) => costs.smooth).filter((cost) => cost > 0);
    expect(smooth).toBeGreaterThan(0);
    expect(tuning.trials.length).toBeGreaterThanOrEqual(5);
    expect(tuning.report.tuned.all.series).toBe(3);
    const { out } = await run(sales, '--tune', '--service', '0.8,0.95');
    expect(out).toContain('chosen by class');
  });

  it.each([
    [['--service', '1.5'], '--service must be a number above 0, below 1'],
    [['--policy', 'guess'], '--policy must be one of engine'],
    [['--lead-time', '7,1,2'], '--lead-time must be MEAN or MEAN,SD'],
    [['--series', '0'], '--series must be a whole number >= 1'],
    [['--learn', 'all'], '--learn must be a number above 0, below 1'],
    [['--cover-days', 'x'], 'replenish.coverDays'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await run(sales, ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('refuses a file that is not there', async () => {
    const { code, err } = await run(join(folder, 'none.csv'));
    expect(code).toBe(2);
    expect(err).toContain('no such file');
  });
});
