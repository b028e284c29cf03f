// Recorded demand from files: sales and events come to the same kind of order lines.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDemand } from '../../../engine/simulate/read-demand.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-simulate-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(name: string, content: string | Buffer, ...more: string[]) {
  const file = join(folder, name);
  await writeFile(file, content);
  const warnings: string[] = [];
  const demand = await readDemand({
    ...{ files: [file, ...more], bucket: 'day', gaps: 'zero', skipBad: false },
    warn: (text) => warnings.push(text),
  });
  return { ...demand, warnings };
}

const placed = (id: string, time: string, orderId: string, lines: object[]) =>
  JSON.stringify({ id, type: 'order.placed', time, orderId, location: 'berlin', lines });
const cancelled = (id: string, orderId: string, lines?: object[]) =>
  JSON.stringify({ id, type: 'order.cancelled', time: '2026-03-03T09:00:00Z', orderId, lines });

describe('recorded sales', () => {
  it('are an order at noon, at the mean price of their series', async () => {
    const { series, lines, fromMs, toMs } = await read(
      'sales.csv',
      'series,start,units,category,price\na,2026-03-02,3,toys,2\na,2026-03-04,1,,4\nb,2026-03-02,0,,\n',
    );
    expect(series).toMatchObject([
      { sku: 'a', location: 'shop', category: 'toys', price: 3, firstMs: Date.UTC(2026, 2, 2) },
      { sku: 'b', price: Number.NaN },
    ]);
    expect([...lines.series]).toEqual([0, 0]);
    expect([...lines.units]).toEqual([3, 1]);
    expect([...lines.timeMs]).toEqual([Date.UTC(2026, 2, 2, 12), Date.UTC(2026, 2, 4, 12)]);
    expect([fromMs, toMs]).toEqual([Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 5)]);
  });
});

describe('recorded events', () => {
  it('count what was placed, once, without what was cancelled of it', async () => {
    const mug = (quantity: number) => ({ sku: 'MUG', quantity, unitPrice: 5 });
    const pot = (quantity: number) => ({ sku: 'POT', quantity });
    const events = [
      placed('1', '2026-03-02T10:00:00Z', 'o1', [mug(10), pot(2)]),
      placed('1', '2026-03-02T10:00:00Z', 'o1', [mug(10), pot(2)]),
      placed('2', '2026-03-02T09:00:00Z', 'o2', [mug(4)]),
      cancelled('3', 'o1', [{ sku: 'MUG', quantity: 7 }]),
      cancelled('4', 'o2'),
      placed('5', '2026-03-03T10:00:00Z', 'o3', [pot(1)]),
      JSON.stringify({ id: '6', type: 'control.tick', time: '2026-03-09T10:00:00Z' }),
    ];
    const { series, lines } = await read('events.ndjson.gz', gzipSync(events.join('\n')));
    expect(series).toMatchObject([
      { sku: 'MUG', location: 'berlin', price: 5 },
      { sku: 'POT', price: Number.NaN, firstMs: Date.UTC(2026, 2, 2) },
    ]);
    expect([...lines.series]).toEqual([0, 1, 1]);
    expect([...lines.units]).toEqual([3, 2, 1]);
  });

  it('are refused where one of them cannot be read', async () => {
    await expect(read('bad.ndjson', '{"id":"1"}\n')).rejects.toThrow(/message 1.*correct the file/);
  });

  it('are refused where nothing was ordered', async () => {
    const tick = '{"id":"6","type":"control.tick","time":"2026-03-09T10:00:00Z"}';
    await expect(read('none.ndjson', tick)).rejects.toThrow(/no orders/);
  });

  it('are not mixed with sales', async () => {
    await expect(read('one.ndjson', '', join(folder, 'sales.csv'))).rejects.toThrow(/two kinds/);
  });
});
