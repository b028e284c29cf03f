// From lines of the data set to events of the contract.
import { describe, expect, it } from 'vitest';
import { type CsvRecord, splitCsvLine } from '../../../engine/demo/csv.js';
import { orderEvents } from '../../../engine/demo/order-events.js';

function lineOf(ts: string, order_id: string, sku: string, qty: number, more = {}): CsvRecord {
  const kind = order_id.startsWith('C') ? 'return' : 'sale';
  const fields = { unit_price: '2.55', customer: 'c1', country: 'United Kingdom' };
  return { ts, order_id, sku, qty: String(qty), ...fields, kind, reason: '', note: '', ...more };
}

function convert(lines: readonly CsvRecord[]) {
  return orderEvents(lines, {
    location: 'london',
    from: '2011-10-01',
    to: '2011-12-10',
    withOffset: (local) => `${local}+01:00`,
  });
}

describe('order lines', () => {
  it('of one invoice become one order at its first minute, codes upper-cased', () => {
    const { events } = convert([
      lineOf('2011-10-03T09:12:00', '1', '85123a', 6),
      lineOf('2011-10-03T09:12:00', '2', '71053', 1, { country: 'France' }),
      lineOf('2011-10-03T09:13:00', '1', '71053', 2),
    ]);
    expect(events).toEqual([
      {
        id: 'op-1',
        type: 'order.placed',
        time: '2011-10-03T09:12:00+01:00',
        orderId: '1',
        location: 'london',
        channel: 'web-uk',
        lines: [
          { sku: '85123A', quantity: 6, unitPrice: 2.55 },
          { sku: '71053', quantity: 2, unitPrice: 2.55 },
        ],
      },
      expect.objectContaining({ id: 'op-2', channel: 'web-export' }),
    ]);
  });

  it('outside the range are left out', () => {
    const { events } = convert([
      lineOf('2011-09-30T09:12:00', '1', 'A', 6),
      lineOf('2011-12-10T09:12:00', '2', 'A', 6),
    ]);
    expect(events).toEqual([]);
  });

  it('of services, vouchers and bad debt are left out and counted', () => {
    const { events, counts } = convert([
      lineOf('2011-10-03T09:12:00', '1', 'POST', 1, { kind: 'service' }),
      lineOf('2011-10-03T09:12:00', 'A5', 'B', 1, { kind: 'bad_debt' }),
    ]);
    expect(events).toEqual([]);
    expect(counts).toEqual({ 'left out: service': 1, 'left out: bad_debt': 1 });
  });
});

describe('a C line', () => {
  const sale = lineOf('2011-10-03T09:12:00', '1', 'A', 80_995);

  it('that takes back the same quantity within 72 hours cancels that order', () => {
    const { events } = convert([sale, lineOf('2011-10-03T09:27:00', 'C2', 'A', -80_995)]);
    expect(events[1]).toEqual({
      id: 'oc-C2-1',
      type: 'order.cancelled',
      time: '2011-10-03T09:27:00+01:00',
      orderId: '1',
      lines: [{ sku: 'A', quantity: 80_995 }],
    });
  });

  it('cancels each sale once: the second C line is a return', () => {
    const { events } = convert([
      sale,
      lineOf('2011-10-03T09:27:00', 'C2', 'A', -80_995),
      lineOf('2011-10-03T09:28:00', 'C3', 'A', -80_995),
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'order.placed',
      'order.cancelled',
      'order.returned',
    ]);
  });

  it.each([
    ['of another quantity', lineOf('2011-10-03T09:27:00', 'C2', 'A', -5), '1'],
    ['after more than 72 hours', lineOf('2011-10-06T09:13:00', 'C2', 'A', -80_995), '1'],
    [
      'of another customer',
      { ...lineOf('2011-10-03T10:00:00', 'C2', 'A', -5), customer: 'x' },
      'C2',
    ],
    ['of nobody known', { ...lineOf('2011-10-03T10:00:00', 'C2', 'A', -5), customer: '' }, 'C2'],
  ])('%s is a return', (_, line, orderId) => {
    const { events } = convert([sale, line]);
    expect(events[1]).toMatchObject({ type: 'order.returned', orderId });
  });

  it('finds the order of a sale before the range, and returns to it', () => {
    const { events } = convert([
      lineOf('2011-09-30T09:12:00', '7', 'A', 6),
      lineOf('2011-10-01T09:12:00', 'C8', 'A', -6),
    ]);
    expect(events).toMatchObject([{ type: 'order.returned', orderId: '7' }]);
  });
});

describe('a stock correction', () => {
  it('is booked with the group of its reason, without the note', () => {
    const kind = 'stock_adjust';
    const { events } = convert([
      lineOf('2011-10-03T09:12:00', '9', 'A', -9600, { kind, reason: 'damage', note: 'wet?' }),
      lineOf('2011-10-03T09:12:00', '9', 'A', 3, { kind }),
    ]);
    expect(events).toMatchObject([
      { type: 'stock.adjusted', sku: 'A', quantity: -9600, reason: 'damage' },
      { quantity: 3, reason: 'unspecified' },
    ]);
    expect(events[0]?.id).not.toBe(events[1]?.id);
    expect(JSON.stringify(events)).not.toContain('wet');
  });
});

describe('a CSV line', () => {
  it('keeps commas and doubled quotes of quoted fields', () => {
    expect(splitCsvLine('a,"b, c","say ""no""",')).toEqual(['a', 'b, c', 'say "no"', '']);
  });
});
