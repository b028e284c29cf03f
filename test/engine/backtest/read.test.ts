// Claims about reading recorded sales: what is taken, and how what is wrong is said.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRecording, type Gaps } from '../../../engine/backtest/build-recording.js';
import { type Bucket, bucketAt } from '../../../engine/backtest/calendar.js';
import { bucketHint } from '../../../engine/backtest/hints.js';
import { type ReadRows, readRows } from '../../../engine/backtest/read.js';
import type { Recording } from '../../../engine/backtest/recording.js';
import type { DemandBucket } from '../../../operators/forecast/forecaster.js';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-sales-'));
  file = join(folder, 'sales.csv');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(content: string | Uint8Array, bucket: Bucket = 'day'): Promise<ReadRows> {
  await writeFile(file, content);
  return await readRows({ files: [file], bucket });
}

async function recorded(
  content: string,
  { bucket = 'day', gaps = 'zero' }: { bucket?: Bucket; gaps?: Gaps } = {},
): Promise<Recording & { problems: ReadRows['problems'] }> {
  const { rows, problems } = await read(content, bucket);
  const recording = buildRecording(rows, { bucket, gaps, files: [file], problems });
  return Object.assign(recording, { problems });
}

/** Units of a series from its first bucket to its last. */
function unitsOf(recording: Recording, s = 0): number[] {
  const units: number[] = [];
  for (let b = recording.first(s); b < recording.end(s); b++) units.push(recording.units(s, b));
  return units;
}

function filled(recording: Recording, day: string, s = 0): Partial<DemandBucket> {
  const bucket = {} as DemandBucket;
  recording.fill(s, bucketAt(Date.parse(`${day}Z`), recording.bucket), bucket);
  return bucket;
}

const HEADER = 'series,start,units\n';

describe('a file of recorded sales', () => {
  it('has its columns and rows in any order, quoted or not, a byte order mark or none', async () => {
    const recording = await recorded(
      '\ufeffunits , "start",series\r\n3,2026-01-02,"a, ""b"""\r\n\r\n1,2026-01-01,"a, ""b"""\r\n',
    );
    expect(recording.series).toEqual(['a, "b"']);
    expect(unitsOf(recording)).toEqual([1, 3]);
  });

  it('is gzip where it begins like gzip, whatever its name', async () => {
    const { rows } = await read(gzipSync(`${HEADER}a,2026-01-01,3\n`));
    expect(rows.count).toBe(1);
  });

  it('may come by standard input', async () => {
    const stdin = Readable.from([Buffer.from(HEADER), Buffer.from('a,2026-01-01,3\n')]);
    const { rows } = await readRows({ files: ['-'], bucket: 'day', stdin });
    expect(rows.count).toBe(1);
  });

  it('goes on in the next file, whose columns may stand otherwise', async () => {
    const second = join(folder, 'second.csv');
    await writeFile(file, `${HEADER}a,2026-01-01,3\n`);
    await writeFile(second, 'start,units,series,price\n2026-01-02,4,a,9.5\n');
    const files = [file, second];
    const { rows, problems } = await readRows({ files, bucket: 'day' });
    const recording = buildRecording(rows, { bucket: 'day', gaps: 'zero', files, problems });
    expect(unitsOf(recording)).toEqual([3, 4]);
    expect(filled(recording, '2026-01-01').price).toBeNaN();
    expect(filled(recording, '2026-01-02').price).toBe(9.5);
  });

  it('says when, by the clock on the wall, in all the usual ways', async () => {
    const times = [
      ...['2026-03-01', '2026-03-01T00:30', '2026-03-01 23:59:59', '2026-03-01T12:00:00.123Z'],
      ...['2026-03-01T23:30:00-08:00', '2026-03', '2026-03-01T01:00+0100'],
    ];
    const { rows, problems } = await read(
      HEADER + times.map((time, i) => `s${i},${time},1\n`).join(''),
    );
    expect(problems.lines).toEqual([]);
    const days = new Set(rows.bucket.subarray(0, rows.count));
    expect([...days]).toEqual([bucketAt(Date.UTC(2026, 2, 1), 'day')]);
  });

  it('may tell more of a bucket; where it is silent the usual holds', async () => {
    const recording = await recorded(
      'series,start,units,category,inStockShare,price,promotion,cartAdds,cartRemovals,views\n' +
        'a,2026-01-05,2,toys,0.5,9.99,1,4,1,30\na,2026-01-06,2,,,0,,,,\na,2026-01-08,,,,,,,,\n',
    );
    expect(recording.categories).toEqual(['toys']);
    expect(filled(recording, '2026-01-05')).toEqual({
      ...{ startMs: Date.UTC(2026, 0, 5), season: 0, units: 2, inStockShare: 0.5 },
      ...{ price: Math.fround(9.99), promotion: 1, cartAdds: 4, cartRemovals: 1 },
      ...{ cartsAbandoned: 0, views: 30 },
    });
    const silent = { inStockShare: 1, price: Number.NaN, promotion: 0, cartAdds: 0, views: 0 };
    expect(filled(recording, '2026-01-06')).toMatchObject({ units: 2, ...silent });
    expect(filled(recording, '2026-01-07')).toMatchObject({ units: 0, ...silent });
    expect(filled(recording, '2026-01-08')).toMatchObject({ units: Number.NaN, ...silent });
  });

  it('has no demand where a bucket is missing, or with --gaps missing an unknown one', async () => {
    const text = `${HEADER}a,2026-01-04,3\na,2026-01-01,1\nb,2026-01-02,5\n`;
    expect(unitsOf(await recorded(text))).toEqual([1, 0, 0, 3]);
    const { NaN: unknown } = Number;
    const missing = await recorded(text, { gaps: 'missing' });
    expect(unitsOf(missing)).toEqual([1, unknown, unknown, 3]);
    expect(unitsOf(missing, 1)).toEqual([5]);
  });

  it('tells demand only where there was stock all the time', async () => {
    const recording = await recorded(
      'series,start,units,inStockShare\na,2026-01-01,3,1\na,2026-01-02,4,0.99\n',
    );
    const first = recording.first(0);
    const demand = [-1, 0, 1, 2].map((n) => recording.demand(0, first + n));
    expect(demand).toEqual([Number.NaN, 3, Number.NaN, Number.NaN]);
    expect(recording.units(0, first + 1)).toBe(4);
  });

  it('ends before a time when it is asked to', async () => {
    const whole = await recorded(`${HEADER}a,2026-01-01,1\na,2026-01-04,3\nb,2026-01-04,5\n`);
    const part = whole.before(whole.firstBucket + 2);
    expect(unitsOf(part)).toEqual([1, 0]);
    expect([part.endBucket - part.firstBucket, part.buckets]).toEqual([2, 2]);
    expect(part.demand(0, part.firstBucket + 3)).toBeNaN();
    expect(part.has(1, part.first(1))).toBe(false);
  });
});

describe('what is wrong in a file', () => {
  it.each([
    { row: 'a,2026-01-02,x', says: 'line 3, column units: "x" is not a number' },
    { row: 'a,2026-01-02,0x10', says: 'column units: "0x10" is not a number' },
    { row: 'a,2026-01-02,NaN', says: 'column units: "NaN" is not a number' },
    { row: 'a,2026-01-02,1e999', says: 'column units: "1e999" is not a number' },
    { row: 'a,2026-01-02,-1', says: 'column units: "-1" is out of range: it must be 0 or more' },
    { row: ',2026-01-02,1', says: 'column series: is empty' },
    { row: 'a,02.01.2026,1', says: 'column start: "02.01.2026" is no date: write 2026-03-01' },
    { row: 'a,,1', says: 'column start: "" is no date' },
    { row: 'a,2026-02-30,1', says: 'column start: "2026-02-30" is not on the calendar' },
    { row: 'a,2026-01-02T24:00,1', says: '"2026-01-02T24:00" is not on the calendar' },
    { row: 'a,2026-01-02', says: 'line 3: has 2 fields, the header has 3' },
    { row: 'a,2026-01-02,1,5', says: 'line 3: has 4 fields, the header has 3' },
  ])('is said with its place: $row', async ({ row, says }) => {
    const { rows, problems } = await read(`${HEADER}a,2026-01-01,1\n${row}\n`);
    expect(rows.count).toBe(1);
    expect(problems.lines).toEqual([expect.stringContaining(says)]);
    expect(problems.lines[0]).toContain(file);
    expect(() => problems.refuse()).toThrow(/^1 row cannot be used.*--skip-bad/);
  });

  it('is told one by one for the first ten, and counted for the rest', async () => {
    const bad = Array.from({ length: 25 }, (_, i) => `a,2026-01-${i + 10},x\n`).join('');
    const { problems } = await read(HEADER + bad);
    expect(problems.count).toBe(25);
    expect(problems.lines).toHaveLength(11);
    expect(problems.lines.at(-1)).toBe('and 15 more');
  });

  it('is a second row for a bucket, told with the first one; the first stays', async () => {
    const recording = await recorded(`${HEADER}a,2026-01-01,1\nb,2026-01-01,1\na,2026-01-01,7\n`);
    expect(unitsOf(recording)).toEqual([1]);
    expect(recording.problems.lines).toEqual([
      `${file}, line 4, column start: series "a" has the day of 2026-01-01 already, from line 2; ` +
        'add the rows of one bucket up, or choose a shorter --bucket',
    ]);
  });

  it.each([
    { header: 'series,units', says: /line 1: column start missing in "series,units"/ },
    { header: 'series;start;units', says: /parted by commas, not by semicolons/ },
    { header: 'series,start,units,units', says: /line 1: column "units" is there twice/ },
    { header: 'Series,start,units', says: /column series missing/ },
  ])('is a header that will not do: $header', async ({ header, says }) => {
    await expect(read(`${header}\na,1\n`)).rejects.toThrow(says);
    await expect(read(`${header}\na,1\n`)).rejects.toThrow(file);
  });

  it('is a column that means nothing: it is named, and not looked at', async () => {
    const { ignored, rows } = await read('series,start,units,colour\na,2026-01-01,1,red\n');
    expect(ignored).toEqual(['colour']);
    expect(rows.count).toBe(1);
  });

  it('is a file without anything in it, or without rows', async () => {
    await expect(read('')).rejects.toThrow(`${file} is empty`);
    await expect(recorded(HEADER)).rejects.toThrow(`${file}: no rows`);
  });

  it('is a gzip file that was cut short, or is damaged: nothing of it is used', async () => {
    const days = Array.from({ length: 20_000 }, (_, i) => `s${i},2026-01-01,${i % 7}\n`).join('');
    const packed = gzipSync(HEADER + days);
    await expect(read(packed.subarray(0, packed.length - 9))).rejects.toThrow(
      /cannot be read to its end \(.*end of file.*\): get the whole file/,
    );
    const damaged = Uint8Array.from(packed);
    damaged.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    await expect(read(damaged)).rejects.toThrow(/cannot be read to its end/);
  });

  it('is a quote that is never closed', async () => {
    const rest = 'a,2026-01-01,1\n'.repeat(10_000);
    await expect(read(`${HEADER}"a,2026-01-01,1\n${rest}`)).rejects.toThrow(file);
  });

  it('is a date far from the others: a recording that could not be is refused', async () => {
    const text = `${HEADER}a,1000-01-01,1\na,9999-01-01,1\nb,1000-01-01,1\nb,9999-01-01,1\n`;
    await expect(recorded(text, { bucket: 'hour' })).rejects.toThrow(
      /more than 100000000; the longest, "a", goes from 1000-01-01T00:00 to 9999-01-01T00:00/,
    );
  });
});

describe('a hint that a longer bucket was meant', () => {
  it.each([
    {
      starts: ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'],
      bucket: 'day',
      is: 'month',
    },
    { starts: ['2026-01-05', '2026-01-12', '2026-01-26', '2026-02-02'], bucket: 'day', is: 'week' },
    { starts: ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-09'], bucket: 'hour', is: 'day' },
    { starts: ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-09'], bucket: 'day', is: null },
    { starts: ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'], bucket: 'month', is: null },
    { starts: ['2026-01-01', '2026-02-01'], bucket: 'day', is: null },
  ] as const)('for starts of $starts by $bucket is $is', async ({ starts, bucket, is }) => {
    const { rows } = await read(HEADER + starts.map((day) => `a,${day},1\n`).join(''), bucket);
    const hint = bucketHint(rows, bucket);
    if (is === null) expect(hint).toBeNull();
    else expect(hint).toContain(`is --bucket ${is} meant?`);
  });
});
