// Stock: receipts, counts, corrections, transfers and purchase orders.
import { describe, expect, it } from 'vitest';
import { coreWith, quantitiesOf, runEvents } from '../../oracle/drive.js';
import {
  adjusted,
  cancelled,
  counted,
  event,
  ordered,
  placed,
  received,
  START,
  shipped,
  tick,
  transferred,
} from '../events/samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (minutes: number) => ({ time: START + minutes * MINUTE });

function quantitiesAfter(
  events: object[],
  location = 'x',
  overrides: Record<string, unknown> = {},
) {
  const core = coreWith({ 'ledger.journal': 4096, ...overrides });
  const { refusals } = runEvents(core, events);
  return { ...quantitiesOf(core, 'A', location), refusals };
}

describe('stock.counted', () => {
  it('is the truth at its time: wins over what was booked before', () => {
    expect(quantitiesAfter([received(9, at(1)), counted(4, at(2))])).toMatchObject({ onHand: 4 });
  });

  it('wins over a booking before its time that arrives after it', () => {
    const events = [counted(4, at(10)), received(9, at(9)), adjusted(-2, at(1))];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 4 });
  });

  it('dated back keeps what was booked after its time', () => {
    const events = [
      received(9, at(1)),
      adjusted(-2, at(5)),
      received(1, at(7)),
      counted(20, at(3)),
    ];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 19 });
  });

  it('older than the count that stands changes nothing', () => {
    expect(quantitiesAfter([counted(4, at(10)), counted(99, at(9))])).toMatchObject({ onHand: 4 });
  });

  it('of the same time: the one that arrives later stands', () => {
    expect(quantitiesAfter([counted(4, at(10)), counted(6, at(10))])).toMatchObject({ onHand: 6 });
  });

  it('overrides a booking of its very time that arrived before it, not one after', () => {
    expect(quantitiesAfter([received(5, at(3)), counted(4, at(3))])).toMatchObject({ onHand: 4 });
    expect(quantitiesAfter([counted(4, at(3)), received(5, at(3))])).toMatchObject({ onHand: 9 });
  });

  it('does not change what is open, on order or on its way', () => {
    const events = [placed('1', { A: 3 }), ordered('p', 5), counted(2)];
    expect(quantitiesAfter(events)).toMatchObject({
      onHand: 2,
      allocated: 2,
      backordered: 1,
      onOrder: 5,
      inventoryPosition: 4,
    });
  });

  it('counts shipments and transfers as bookings of their own times', () => {
    const events = [
      counted(10, at(1)),
      placed('1', { A: 3 }, at(2)),
      shipped('1', { A: 2 }, { ...at(20), location: 'x' }),
      transferred('shipped', 4, at(21)),
      counted(8, at(10)),
    ];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 2 });
  });

  it('whose later bookings have left the journal is refused, and changes nothing', () => {
    const bookings = [1, 2, 3, 4].map((n) => received(n, at(10 + n)));
    const late = counted(50, at(5));
    const found = quantitiesAfter([...bookings, late], 'x', { 'ledger.journal': 3 });
    expect(found).toMatchObject({ onHand: 10 });
    expect(found.refusals).toMatchObject([
      { reason: 'late-count', kind: 'stock', data: JSON.stringify(late) },
    ]);
    expect(found.refusals[0]?.detail).toMatch(/ledger\.journal.*count again/);
  });

  it('is exact as long as the journal holds what came after it, whatever left before', () => {
    const bookings = [1, 2, 3, 4].map((n) => received(n, at(10 + n)));
    const found = quantitiesAfter([...bookings, counted(50, at(12))], 'x', { 'ledger.journal': 2 });
    expect(found).toMatchObject({ onHand: 57, refusals: [] });
  });
});

describe('stock.adjusted', () => {
  it('is a booked correction, in either direction', () => {
    expect(quantitiesAfter([counted(5), adjusted(-7), adjusted(3)])).toMatchObject({ onHand: 1 });
  });
});

describe('stock.transferred', () => {
  it('leaves one shelf, is in transit to the other, and arrives there', () => {
    const events = [counted(9), transferred('shipped', 4), transferred('received', 3)];
    const sent = events.slice(0, 2);
    expect(quantitiesAfter(sent)).toMatchObject({ onHand: 5, inTransit: 0 });
    expect(quantitiesAfter(sent, 'y')).toMatchObject({
      onHand: 0,
      inTransit: 4,
      inventoryPosition: 4,
    });
    expect(quantitiesAfter(events, 'y')).toMatchObject({
      onHand: 3,
      inTransit: 1,
      inventoryPosition: 4,
    });
  });

  it('heard of in the other order ends the same', () => {
    const events = [transferred('received', 4), transferred('shipped', 4), counted(1)];
    expect(quantitiesAfter(events, 'y')).toMatchObject({ onHand: 4, inTransit: 0 });
    expect(quantitiesAfter(events.slice(0, 2))).toMatchObject({ onHand: -4 });
  });

  it('received in excess leaves nothing in transit, never less', () => {
    const events = [transferred('shipped', 4), transferred('received', 6)];
    expect(quantitiesAfter(events, 'y')).toMatchObject({ onHand: 6, inTransit: 0 });
  });
});

describe('purchase.ordered', () => {
  it('raises on-order', () => {
    expect(quantitiesAfter([ordered('p', 5)])).toMatchObject({ onOrder: 5, inventoryPosition: 5 });
  });

  it('again for the same purchase order and SKU is an update, not a second order', () => {
    expect(quantitiesAfter([ordered('p', 5), ordered('p', 8)])).toMatchObject({ onOrder: 8 });
    expect(quantitiesAfter([ordered('p', 5), ordered('q', 8)])).toMatchObject({ onOrder: 13 });
  });

  it('updated below what was received leaves nothing on order', () => {
    expect(
      quantitiesAfter([ordered('p', 9), received(6, { purchaseOrderId: 'p' }), ordered('p', 4)]),
    ).toMatchObject({ onHand: 6, onOrder: 0 });
  });

  it('updated to another location moves what is on order', () => {
    const events = [
      ordered('p', 9),
      received(2, { purchaseOrderId: 'p' }),
      ordered('p', 9, { location: 'y' }),
    ];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 2, onOrder: 0 });
    expect(quantitiesAfter(events, 'y')).toMatchObject({ onHand: 0, onOrder: 7 });
  });
});

describe('stock.received', () => {
  it('raises on-hand and lowers on-order of its purchase order alone', () => {
    const events = [ordered('p', 5), ordered('q', 5), received(3, { purchaseOrderId: 'p' })];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 3, onOrder: 7 });
    expect(quantitiesAfter([...events, received(4)])).toMatchObject({ onHand: 7, onOrder: 7 });
  });

  it('of more than was ordered leaves nothing on order, never less', () => {
    const events = [ordered('p', 5), received(8, { purchaseOrderId: 'p' })];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 8, onOrder: 0 });
  });

  it('before its purchase order is netted when the order arrives', () => {
    const events = [received(3, { purchaseOrderId: 'p' }), ordered('p', 5)];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 3, onOrder: 2 });
  });

  it('at another place than ordered lowers on-order where it was ordered', () => {
    const events = [ordered('p', 5), received(3, { purchaseOrderId: 'p', location: 'y' })];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 0, onOrder: 2 });
    expect(quantitiesAfter(events, 'y')).toMatchObject({ onHand: 3, onOrder: 0 });
  });
});

describe('purchase.cancelled', () => {
  const cancel = (sku?: string) =>
    event('purchase.cancelled', { purchaseOrderId: 'p', ...(sku === undefined ? {} : { sku }) });

  it('takes off what was not received, once', () => {
    const events = [ordered('p', 5), received(3, { purchaseOrderId: 'p' }), cancel(), cancel()];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 3, onOrder: 0 });
  });

  it('of one SKU leaves the others', () => {
    const events = [ordered('p', 5), ordered('p', 7, { sku: 'B' }), cancel('B')];
    expect(quantitiesAfter(events)).toMatchObject({ onOrder: 5 });
    expect(quantitiesAfter([...events.slice(0, 2), cancel('A')])).toMatchObject({ onOrder: 0 });
  });

  it('of a purchase order never seen changes nothing', () => {
    expect(quantitiesAfter([ordered('q', 5), cancel()])).toMatchObject({
      onOrder: 5,
      refusals: [],
    });
  });
});

describe('purchase.postponed', () => {
  it('leaves what is on order: late supply is an alert, not a second order', () => {
    const core = coreWith({ 'alerts.lateGrace': '12h' });
    const due = START + DAY;
    const events = [
      counted(9),
      ordered('p', 5, { expectedAt: due }),
      event('purchase.postponed', { purchaseOrderId: 'p', expectedAt: due + DAY }),
      tick(due + 13 * HOUR),
      tick(due + DAY + 13 * HOUR),
      received(5, { purchaseOrderId: 'p', time: due + 2 * DAY }),
    ];
    const { alerts, signals } = runEvents(core, events);
    const late = alerts.filter(({ kind }) => kind === 'late-supply');
    expect(late.map(({ state, cause }) => [state, cause.id])).toEqual([
      ['raised', events[4]?.id],
      ['cleared', events[5]?.id],
    ]);
    expect(late[0]?.evidence).toMatchObject({ lateUnits: 5 });
    expect(signals).toEqual([]);
    expect(quantitiesOf(core, 'A', 'x')).toMatchObject({ onHand: 14, onOrder: 0 });
  });
});

describe('documents that are done', () => {
  it('are forgotten after orders.keepClosed, and not before', () => {
    const day = { 'orders.keepClosed': '1d', 'time.disorder': 0, 'ledger.journal': 64 };
    const ends = (ticked: number) =>
      quantitiesAfter(
        [
          placed('1', { A: 2 }, at(0)),
          cancelled('1', undefined, at(1)),
          tick(ticked),
          shipped('1'),
        ],
        'x',
        day,
      ).refusals.map(({ reason }) => reason);
    expect(ends(START + DAY)).toEqual([]);
    expect(ends(START + DAY + 3 * MINUTE)).toEqual(['unknown-order']);
  });

  it('by the hundred thousand come back from a snapshot', () => {
    const overrides = { 'orders.keepClosed': 0, 'time.disorder': 0, 'ledger.journal': 64 };
    const core = coreWith(overrides);
    const events: object[] = [];
    for (let n = 0; n < 150_000; n++) events.push(placed(`o${n}`, { A: 1 }, at(0)));
    for (let n = 0; n < 150_000; n++) events.push(cancelled(`o${n}`, undefined, at(1)));
    runEvents(core, [...events, tick(START + HOUR)]);
    const restored = coreWith(overrides);
    restored.load(core.save());
    expect(Buffer.from(restored.save()).equals(Buffer.from(core.save()))).toBe(true);
  });
});
