// `stockpulse backtest` as it is called: exit codes, tables, JSON, pictures, clear refusals.
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BacktestOutcome } from '../../../engine/backtest/backtest.js';
import type { MakeSubject } from '../../../engine/backtest/subject.js';
import { registerBacktest } from '../../../engine/cli/backtest.js';
import { runProgram } from '../../../engine/cli/exit.js';
import { lastOne, meanOfSeven, sampleSubject } from '../backtest/sample-subject.js';

const SALES = 'test/fixtures/sales.csv';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-backtest-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

const sample: MakeSubject = ({ recording }) =>
  sampleSubject(recording.series.length, { ensemble: meanOfSeven, 'ses-fast': lastOne });

async function run(makeSubject: MakeSubject | undefined, ...args: string[]) {
  const out: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out.push(String(text));
    return true;
  });
  const err: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err.push(String(text));
    return true;
  });
  const program = new Command('stockpulse');
  registerBacktest(program, makeSubject);
  const code = await runProgram(program, ['backtest', ...args], {
    env: {},
    err: { write: (text) => err.push(text) },
  });
  vi.restoreAllMocks();
  return { code, out: out.join(''), err: err.join('') };
}

async function figures(...args: string[]): Promise<BacktestOutcome> {
  const { out } = await run(sample, ...args, '--json');
  return JSON.parse(out) as BacktestOutcome;
}

describe('stockpulse backtest', () => {
  it('prints tables: contenders, coverage, sums, classes, quarters, second halves', async () => {
    const { code, out, err } = await run(sample, SALES, '--horizon', '7,14');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/series +3\n/);
    expect(out).toMatch(/each of the next 14 buckets\n +WAPE +MASE +RMSSE +bias +R2 +pinball/);
    expect(out).toMatch(/ensemble( +-?\d\.\d{4}){6} +\d+\nses-fast( +-?\d\.\d{4}){6} +\d+\n/);
    expect(out).toMatch(/coverage, %, .*\n +50 +80 +95 +99 +closed 50/);
    expect(out).toMatch(/the sum of the next 7 buckets\n/);
    expect(out).toMatch(/smooth \(1\) +ensemble/);
    expect(out).toMatch(/ensemble +2026-01-19 … 2026-\d\d-\d\d( +\d+\.\d\d){4}/);
    expect(out).toMatch(/best-on-first-half( +-?\d\.\d{4}){6}/);
  });

  it('prints the figures under the names of their contenders with --json', async () => {
    const outcome = await figures(SALES, '--horizon', '14, 7');
    expect(Object.keys(outcome.overall)).toEqual(['ensemble', 'ses-fast']);
    const { ensemble } = outcome.overall;
    expect(Object.keys(ensemble?.pinball ?? {})).toEqual(['0.1', '0.5', '0.9', '0.95', '0.99']);
    expect(Object.keys(ensemble?.coverage ?? {})).toEqual(['50', '80', '95', '99']);
    for (const name of ['wape', 'mase', 'rmsse', 'bias', 'r2', 'meanPinball'] as const) {
      expect(ensemble?.[name]).toBeTypeOf('number');
    }
    expect(Object.keys(outcome.classes)).toEqual(['smooth', 'erratic', 'intermittent', 'lumpy']);
    expect(Object.keys(outcome.horizons)).toEqual(['7', '14']);
    expect(outcome.horizons['14']).toEqual(outcome.overall);
    expect(Object.keys(outcome.leadTime)).toEqual(['7', '14']);
    expect(Object.keys(outcome.secondHalf)).toContain('best-on-first-half');
    expect(outcome.quarters.ensemble).toHaveLength(4);
    expect(outcome.microsPerUpdate).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ series: 3, from: '2026-01-05', to: '2026-03-29' });
    expect(outcome.settings).toEqual({
      ...{ files: [SALES], bucket: 'day', horizons: [7, 14], gaps: 'zero', score: 'all' },
      ...{ warmUp: 14, every: 1, without: [], neuralEvery: null },
    });
  });

  it('gives the same figures for the same sales packed, and in any order of rows', async () => {
    const [packed, turned] = [join(folder, 'sales.csv.gz'), join(folder, 'turned.csv')];
    const [head, ...rows] = (await readFile(SALES, 'utf8')).trimEnd().split('\n');
    await writeFile(packed, gzipSync(await readFile(SALES)));
    await writeFile(turned, `${[head, ...rows.reverse()].join('\n')}\n`);
    const wanted = await figures(SALES, '--horizon', '7');
    for (const file of [packed, turned]) {
      const { overall, leadTime } = await figures(file, '--horizon', '7');
      expect(overall.ensemble?.mase).toBeCloseTo(wanted.overall.ensemble?.mase as number, 10);
      expect(leadTime['7']?.ensemble?.forecasts).toBe(wanted.leadTime['7']?.ensemble?.forecasts);
    }
  });

  it('draws fans and coverage over time with --plots, and names the files', async () => {
    const dir = join(folder, 'deep', 'plots');
    const { code, out } = await run(sample, SALES, '--horizon', '7', '--plots', dir);
    expect(code).toBe(0);
    const files = (await readdir(dir)).sort();
    expect(files).toEqual([
      ...['coverage.svg', 'fan-intermittent-saffron_2c__20_whole.svg', 'fan-lumpy-kite.svg'],
      'fan-smooth-milk.svg',
    ]);
    for (const file of files) {
      expect(out).toContain(join(dir, file));
      const svg = await readFile(join(dir, file), 'utf8');
      expect(svg).toMatch(/^<svg [^>]+>\n<title>[^<]+<\/title>[\s\S]+<\/svg>\n$/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('tunes on what is before the last quarter alone, and judges on the last', async () => {
    const text = await readFile(SALES, 'utf8');
    const cut = join(folder, 'cut.csv');
    // 84 days from 5 January: the last quarter begins on 9 March.
    const kept = text.split('\n').filter((line) => !(line >= '2026-03-09' && line < '3'));
    // Later rows tell that its last buckets were zero, which a file that ends there cannot.
    const zero = '2026-03-08,"saffron, whole",spice,0,1,6.50,0,0,0\n';
    await writeFile(cut, `${kept.join('\n')}${zero}`);
    const tuning = await figures(SALES, '--horizon', '7', '--score', 'tuning');
    const { overall, leadTime } = await figures(cut, '--horizon', '7');
    expect(tuning.to).toBe('2026-03-08');
    expect({ ...tuning.overall, ...tuning.leadTime }).toEqual({ ...overall, ...leadTime });
    const held = await figures(SALES, '--horizon', '7', '--score', 'held-back');
    expect(held.quarters.ensemble?.[0]?.from).toBe('2026-03-09');
    expect(held.origins).toBe(3 * 21);
  });

  it('does as if nothing of carts were known with --without carts', async () => {
    const adds: number[] = [];
    const watching: MakeSubject = (options) => ({
      ...sample(options),
      learn: (_row, bucket) => void adds.push(bucket.cartAdds),
    });
    await run(watching, SALES, '--without', 'carts');
    expect(new Set(adds)).toEqual(new Set([0]));
    adds.length = 0;
    await run(watching, SALES);
    expect(Math.max(...adds)).toBeGreaterThan(0);
  });

  it('lets the network forecast with --neural, as often trained as is asked for', async () => {
    const asked: unknown[] = [];
    const watching: MakeSubject = (options) => {
      asked.push(options.neural);
      return sample(options);
    };
    const usual = { windows: 4096, steps: 256 };
    await run(watching, SALES);
    const { code, out } = await run(watching, SALES, '--neural', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(out) as BacktestOutcome).settings.neuralEvery).toBe(28);
    await run(watching, SALES, '--neural', '--neural-every', '5', '--warm-up', '9');
    expect(asked).toEqual([
      null,
      { ...usual, every: 28, warmUp: 14 },
      { ...usual, every: 5, warmUp: 9 },
    ]);
    const lone = await run(watching, SALES, '--neural-every', '5');
    expect(lone).toMatchObject({ code: 2, err: expect.stringContaining('needs --neural') });
  });

  it('says of the network how often it was trained, and is silent of it without one', async () => {
    const { out } = await run(undefined, SALES, '--neural', '--horizon', '2');
    // Three series are too few for one network to learn from.
    expect(out).toMatch(/network +trained 0 times, 0 times better than before\n/);
    expect((await run(sample, SALES)).out).not.toContain('network');
  });

  it('has the forecasters of the engine where nothing else is given', async () => {
    const { code, out, err } = await run(undefined, SALES, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { overall, bytesPerSeries } = JSON.parse(out) as BacktestOutcome;
    const some = ['ensemble', 'seasonal-naive', 'tsb', 'regression', 'cold-start'];
    expect(Object.keys(overall)).toEqual(expect.arrayContaining(some));
    for (const { forecasts, wape } of Object.values(overall)) {
      expect(forecasts).toBeGreaterThan(0);
      expect(wape).toBeGreaterThan(0);
    }
    expect(bytesPerSeries).toBeGreaterThan(0);
  });
});

describe('stockpulse backtest refuses', () => {
  it('a file with rows that cannot be used, with 1, and says which and what to do', async () => {
    const bad = join(folder, 'bad.csv');
    await writeFile(bad, `${await readFile(SALES, 'utf8')}2026-03-30,milk,dairy,many,1,1,0,0,0\n`);
    const { code, out, err } = await run(sample, bad);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('1 row cannot be used, so nothing was forecast');
    expect(err).toContain(`${bad}, line 180, column units: "many" is not a number`);
  });

  it('nothing for want of a row with --skip-bad, and says what was left out', async () => {
    const bad = join(folder, 'bad.csv');
    await copyFile(SALES, bad);
    await writeFile(bad, '2026-03-29,milk,dairy,5,1,1,0,0,0\n2026-03-30,milk\n', { flag: 'a' });
    const { code, out, err } = await run(sample, bad, '--skip-bad', '--json', '--horizon', '7');
    expect(code).toBe(0);
    const { skippedRows, overall } = JSON.parse(out) as BacktestOutcome;
    expect(skippedRows).toBe(2);
    expect(overall).toEqual((await figures(SALES, '--horizon', '7')).overall);
    expect(err).toMatch(/2 rows were left out/);
    expect(err).toContain('"milk" has the day of 2026-03-29 already');
  });

  it('a gzip file that was cut short, with 1', async () => {
    const torn = join(folder, 'torn.csv.gz');
    const packed = gzipSync(await readFile(SALES));
    await writeFile(torn, packed.subarray(0, packed.length - 20));
    const { code, out, err } = await run(sample, torn);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/torn\.csv\.gz cannot be read to its end/);
  });

  it('sales too few to score anything, with 1', async () => {
    const short = join(folder, 'short.csv');
    await writeFile(short, 'series,start,units\na,2026-01-01,1\na,2026-01-09,3\n');
    const { code, out, err } = await run(sample, short);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('must have 14 known buckets behind it (--warm-up)');
    expect(err).toContain('the longest series has 9 buckets');
  });

  it.each([
    { args: [], says: "missing required argument 'files'" },
    { args: ['none.csv'], says: 'none.csv: no such file' },
    { args: [SALES, '--bucket', 'year'], says: 'Allowed choices are hour, day, week, month' },
    { args: [SALES, '--horizon', '7,x'], says: '--horizon must be a whole number >= 1, got "x"' },
    { args: [SALES, '--horizon', '0'], says: '--horizon must be a whole number >= 1, got "0"' },
    { args: [SALES, '--horizon', '999'], says: '--horizon must be at most 366 buckets' },
    { args: [SALES, '--every', '0'], says: '--every must be a whole number >= 1' },
    { args: [SALES, '--without', 'prices'], says: 'Allowed choices are carts' },
  ])('wrong use with 2: $args', async ({ args, says }) => {
    const { code, out, err } = await run(sample, ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });
});
