// The pure rules behind the page: addresses, feed, order, backoff, chart columns.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedItem, PositionRow } from '../../../dashboards/protocol.js';
import { retryDelayMs } from '../../../dashboards/web/backoff.js';
import { chartColumns } from '../../../dashboards/web/chart-data.js';
import { keptItems, mergeFeed, stillWaiting } from '../../../dashboards/web/feed-list.js';
import { holdOrder, nextSorting, sortPositions } from '../../../dashboards/web/position-order.js';
import { readHash, skuHash, skuKey } from '../../../dashboards/web/route.js';
import { SampleModel } from '../sample-model.js';

describe('the address of a SKU', () => {
  test('leads back to the SKU, whatever its characters', () => {
    const id = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(id, id, (sku, location) => {
        expect(readHash(skuHash({ sku, location }))).toEqual({ sku, location });
      }),
    );
  });

  test('that is not one of ours names no SKU', () => {
    for (const hash of ['', '#/', '#/sku/only', '#/sku/a/b/c', '#/sku/%/b', '#/other/a/b']) {
      expect(readHash(hash), hash).toBeNull();
    }
  });
});

describe('the feed', () => {
  const items = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => ({ number: from + index }) as FeedItem);
  const numbers = (list: readonly FeedItem[]) => list.map(({ number }) => number);

  test('is the same however the items are split into messages, with overlaps too', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), (sizes) => {
        let shown: readonly FeedItem[] = [];
        let newest = 0;
        for (const size of sizes) {
          const overlap = Math.min(newest, size % 3);
          const merged = mergeFeed(shown, items(newest + 1 - overlap, newest + size), false);
          if (merged.kind === 'gap') throw new Error('a gap where none is');
          shown = merged.items;
          newest += size;
        }
        expect(numbers(shown)).toEqual(numbers(items(1, newest)).reverse().slice(0, keptItems));
      }),
    );
  });

  test('a missing item is a gap, and a reset forgets what was before', () => {
    expect(mergeFeed(items(1, 2).reverse(), items(4, 5), false)).toEqual({ kind: 'gap' });
    const reset = mergeFeed(items(1, 9).reverse(), items(4, 5), true);
    expect(reset.kind === 'merged' && numbers(reset.items)).toEqual([5, 4]);
  });
});

describe('signals that wait for approval', () => {
  const item = (number: number, more: object) => ({ number, type: 'signal', ...more }) as FeedItem;

  test('are those that nothing behind them has approved, replaced or withdrawn', () => {
    const items = [
      item(1, { waiting: 'a', record: { id: 'a' } }),
      item(2, { waiting: 'b', record: { id: 'b' } }),
      item(3, { waiting: 'c', record: { id: 'c' } }),
      item(4, { record: { id: 'a/approved', replaces: 'a' } }),
      item(5, { type: 'signal-closed', record: { id: 'b' } }),
      item(6, { waiting: 'd', record: { id: 'd', replaces: 'x' } }),
      item(7, { type: 'alert', record: null }),
    ];
    expect([...stillWaiting(items.reverse())].sort()).toEqual([3, 6]);
  });
});

describe('the order of positions', () => {
  const rows = new SampleModel().atRisk(40);
  const keys = (list: readonly PositionRow[]) => list.map(skuKey);

  test('is the ranking as it came until a column is chosen, and again after the third click', () => {
    expect(sortPositions(rows, null)).toBe(rows);
    const up = nextSorting(null, 'cover');
    const down = nextSorting(up, 'cover');
    expect([up?.descending, down?.descending]).toEqual([false, true]);
    expect(nextSorting(down, 'cover')).toBeNull();
    expect(nextSorting(up, 'name')).toEqual({ column: 'name', descending: false });
  });

  test('goes by the column, with the unknown last either way', () => {
    const [first, ...others] = rows;
    if (first === undefined) throw new Error('the sample has rows');
    const withUnknown = [{ ...first, daysOfCover: null }, ...others];
    for (const descending of [false, true]) {
      const sorted = sortPositions(withUnknown, { column: 'cover', descending });
      expect(sorted.at(-1)?.daysOfCover).toBeNull();
      const covers = sorted.slice(0, -1).map((row) => row.daysOfCover ?? 0);
      expect(covers).toEqual([...covers].sort((a, b) => (descending ? b - a : a - b)));
    }
  });

  test('that is held stays, with new rows after those that stood', () => {
    const held = keys(rows.slice(0, 10));
    const shuffled = [...rows.slice(0, 12)].reverse();
    expect(keys(holdOrder(shuffled, held)).slice(0, 10)).toEqual(held);
    expect(holdOrder(shuffled, held)).toHaveLength(12);
  });
});

test('the wait between two tries to connect grows, has an end, and differs between screens', () => {
  const waits = [0, 1, 2, 3, 20].map((attempt) => retryDelayMs(attempt, 0.5));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(retryDelayMs(50, 0.999)).toBeLessThanOrEqual(12_500);
  expect(retryDelayMs(0, 0)).toBeGreaterThan(0);
  expect(retryDelayMs(3, 0)).not.toBe(retryDelayMs(3, 0.9));
});

describe("a chart's columns", () => {
  const view = new SampleModel().sku('20700', 'leicester');
  if (view === null) throw new Error('the sample has this SKU');

  test('are all as long as history and forecast together', () => {
    const { firstOpen, ...columns } = chartColumns(view, null);
    const length = view.history.length + view.forecast.length;
    expect(firstOpen).toBe(view.history.length);
    for (const column of Object.values(columns)) expect(column).toHaveLength(length);
  });

  test('the projection starts at the last stock told and falls by the forecast, not below zero', () => {
    const means = [3, 4, 50];
    const open = {
      ...view,
      position: { ...view.position, available: 20, backordered: 0 },
      forecast: means.map((mean, index) => ({
        startMs: index * 86_400_000,
        mean,
        lower80: 0,
        upper80: 60,
        lower95: 0,
        upper95: 70,
      })),
    };
    const whole = chartColumns(open, 0);
    expect(whole.projected.slice(-4)).toEqual([view.history.at(-1)?.onHandAtEnd, 17, 13, 0]);
    // A third of the running day is left: a third of its demand is still to come.
    expect(chartColumns(open, 57_600_000).projected.slice(-3)[0]).toBeCloseTo(19, 9);
  });

  test('without history there is a forecast only, and without both nothing', () => {
    const fresh = chartColumns({ ...view, history: [] }, null);
    expect(fresh.projected).toHaveLength(view.forecast.length);
    expect(chartColumns({ ...view, history: [], forecast: [] }, null).start).toEqual([]);
  });
});
