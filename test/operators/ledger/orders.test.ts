// Orders: what placing, cancelling, shipping and returning do to the quantities.
import { describe, expect, it } from 'vitest';
import { coreWith, quantitiesOf, runEvents } from '../../oracle/drive.js';
import { adjusted, cancelled, counted, event, placed, shipped } from '../events/samples.js';

function quantitiesAfter(
  events: object[],
  overrides: Record<string, unknown> = {},
  sku = 'A',
  at = 'x',
) {
  const core = coreWith({ 'ledger.journal': 4096, ...overrides });
  const { refusals } = runEvents(core, events);
  return { ...quantitiesOf(core, sku, at), refusals };
}

describe('order.placed', () => {
  it('allocates what is on the shelf and backorders the rest', () => {
    expect(quantitiesAfter([counted(5), placed('1', { A: 8 })])).toMatchObject({
      onHand: 5,
      allocated: 5,
      backordered: 3,
      available: 0,
      inventoryPosition: -3,
    });
  });

  it('adds up the lines of one SKU: 10 and 5 of 20 allocate 15', () => {
    const lines = [
      { sku: 'A', quantity: 10 },
      { sku: 'A', quantity: 5 },
    ];
    const both = placed('1', {}, { lines });
    expect(quantitiesAfter([counted(20), both])).toMatchObject({ allocated: 15, available: 5 });
  });

  it('twice for one order adds its lines', () => {
    expect(
      quantitiesAfter([counted(20), placed('1', { A: 2 }), placed('1', { A: 3 })]),
    ).toMatchObject({
      allocated: 5,
    });
  });

  it('takes a line from the line’s own location', () => {
    const lines = [
      { sku: 'A', quantity: 1 },
      { sku: 'A', quantity: 2, location: 'y' },
    ];
    const events = [placed('1', {}, { lines })];
    expect(quantitiesAfter(events)).toMatchObject({ backordered: 1 });
    expect(quantitiesAfter(events, {}, 'A', 'y')).toMatchObject({ backordered: 2 });
  });

  it('does not allocate from a shelf below zero', () => {
    expect(quantitiesAfter([adjusted(-4), placed('1', { A: 2 })])).toMatchObject({
      onHand: -4,
      allocated: 0,
      backordered: 2,
      available: -4,
      inventoryPosition: -6,
    });
  });

  it('of two carts of 3 on 5 in stock backorders exactly 1', () => {
    expect(
      quantitiesAfter([counted(5), placed('1', { A: 3 }), placed('2', { A: 3 })]),
    ).toMatchObject({
      allocated: 5,
      backordered: 1,
    });
  });
});

describe('order.cancelled', () => {
  it('without lines releases all that remains', () => {
    const events = [counted(9), placed('1', { A: 4 }), shipped('1', { A: 1 }), cancelled('1')];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 8, allocated: 0, backordered: 0 });
  });

  it('in part releases that part, over the lines of its SKU', () => {
    const lines = [
      { sku: 'A', quantity: 2 },
      { sku: 'A', quantity: 3 },
      { sku: 'B', quantity: 4 },
    ];
    const events = [counted(9), placed('1', {}, { lines }), cancelled('1', { A: 4 })];
    expect(quantitiesAfter(events)).toMatchObject({ allocated: 1 });
    expect(quantitiesAfter(events, {}, 'B')).toMatchObject({ backordered: 4 });
  });

  it('twice, for more than was ordered, or before anything was placed: never below zero', () => {
    const twice = [placed('1', { A: 2 }), cancelled('1'), cancelled('1', { A: 9 })];
    expect(quantitiesAfter(twice)).toMatchObject({
      allocated: 0,
      backordered: 0,
      inventoryPosition: 0,
    });
    const before = [cancelled('1', { A: 2 }), placed('1', { A: 2 })];
    expect(quantitiesAfter(before)).toMatchObject({ backordered: 2 });
  });

  it('then placed again counts the new placing alone', () => {
    const events = [
      counted(9),
      placed('1', { A: 2 }),
      cancelled('1', { A: 1 }),
      cancelled('1'),
      cancelled('1'),
      placed('1', { A: 5 }),
    ];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 9, allocated: 5, available: 4 });
  });

  it('of one order leaves others alone', () => {
    const events = [placed('1', { A: 2 }), placed('2', { A: 3 }), cancelled('1', { A: 9 })];
    expect(quantitiesAfter(events)).toMatchObject({ backordered: 3 });
  });
});

describe('order.shipped', () => {
  it('takes units off the shelf and off the order: 100 in stock, 3 shipped, available 97', () => {
    const events = [counted(100), placed('1', { A: 3 }), shipped('1', { A: 3 })];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 97, allocated: 0, available: 97 });
  });

  it('without lines ships all that remains, once', () => {
    const events = [counted(9), placed('1', { A: 3 }), shipped('1'), shipped('1')];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 6, allocated: 0, refusals: [] });
  });

  it('of more than was ordered still leaves the shelf, and the order stops at zero', () => {
    const events = [
      counted(9),
      placed('1', { A: 2 }),
      placed('2', { A: 1 }),
      shipped('1', { A: 5 }),
    ];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 4, allocated: 1, backordered: 0 });
  });

  it('of a SKU that the order does not hold leaves the shelf', () => {
    const events = [counted(9, { sku: 'B' }), placed('1', { A: 2 }), shipped('1', { B: 4 })];
    expect(quantitiesAfter(events, {}, 'B')).toMatchObject({ onHand: 5 });
    expect(quantitiesAfter(events)).toMatchObject({ backordered: 2 });
  });

  it('from another location takes the stock there and closes the line here', () => {
    const events = [counted(9), placed('1', { A: 2 }), shipped('1', { A: 2 }, { location: 'y' })];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 9, allocated: 0 });
    expect(quantitiesAfter(events, {}, 'A', 'y')).toMatchObject({ onHand: -2, allocated: 0 });
  });

  it('closes lines of its own location first', () => {
    const lines = [
      { sku: 'A', quantity: 2 },
      { sku: 'A', quantity: 2, location: 'y' },
    ];
    const events = [placed('1', {}, { lines }), shipped('1', { A: 3 }, { location: 'y' })];
    expect(quantitiesAfter(events, {}, 'A', 'y')).toMatchObject({ onHand: -3, backordered: 0 });
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 0, backordered: 1 });
  });

  it('with lines and a location, of an order never seen, leaves the shelf', () => {
    const events = [counted(9), shipped('7', { A: 2 }, { location: 'x' })];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 7, refusals: [] });
  });

  it('without lines, of an order never seen, is refused whole', () => {
    const core = coreWith();
    const late = shipped('7');
    const { refusals } = runEvents(core, [late]);
    expect(refusals).toMatchObject([
      {
        reason: 'unknown-order',
        detail: 'order "7" was never placed: say lines and location, or place it first',
        kind: 'order',
        data: JSON.stringify(late),
      },
    ]);
    expect(core.outbox.counts).toMatchObject({ applied: 0, refused: 1 });
    expect(core.table.rows).toBe(0);
  });

  it('with lines and no location, of an order never seen, is refused whole', () => {
    const core = coreWith();
    const { refusals } = runEvents(core, [counted(9), shipped('7', { A: 2 })]);
    expect(refusals).toMatchObject([
      {
        reason: 'unknown-location',
        detail: 'order "7" was never placed: say the location that the goods left',
      },
    ]);
    expect(quantitiesOf(core, 'A', 'x').onHand).toBe(9);
  });
});

describe('order.returned', () => {
  const returned = (restock: boolean) =>
    event('order.returned', {
      orderId: '1',
      location: 'x',
      lines: [{ sku: 'A', quantity: 2, restock }],
    });

  it('goes back on the shelf if restocked, otherwise not', () => {
    expect(quantitiesAfter([counted(5), returned(true)])).toMatchObject({ onHand: 7 });
    expect(quantitiesAfter([counted(5), returned(false)])).toMatchObject({ onHand: 5 });
  });

  it('does not open the order again', () => {
    const events = [counted(5), placed('1', { A: 2 }), shipped('1'), returned(true)];
    expect(quantitiesAfter(events)).toMatchObject({ onHand: 5, allocated: 0, backordered: 0 });
  });
});

describe('where stock.decrementOn is placed', () => {
  const overrides = { 'stock.decrementOn': 'placed' };

  it('an order takes stock at once, and shipped is ignored', () => {
    const events = [counted(9), placed('1', { A: 4 }), shipped('1')];
    for (const n of [2, 3]) {
      expect(quantitiesAfter(events.slice(0, n), overrides)).toMatchObject({
        onHand: 5,
        allocated: 0,
        backordered: 0,
        available: 5,
      });
    }
  });

  it('a cancellation gives back what was not shipped, once', () => {
    const events = [
      counted(9),
      placed('1', { A: 4 }),
      shipped('1', { A: 1 }),
      cancelled('1'),
      cancelled('1'),
    ];
    expect(quantitiesAfter(events, overrides)).toMatchObject({ onHand: 8 });
  });

  it('an order for more than there is leaves the shelf below zero', () => {
    expect(quantitiesAfter([counted(1), placed('1', { A: 4 })], overrides)).toMatchObject({
      onHand: -3,
      backordered: 0,
      inventoryPosition: -3,
    });
  });
});
