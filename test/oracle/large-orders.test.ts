// Orders of many lines, and events of many lines for them: the oracle's quantities, in linear steps.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { InventoryEvent } from '../../operators/events/event.js';
import { coreWith, messagesOf, run } from './drive.js';
import { Oracle } from './oracle.js';

const SKUS = ['a', 'b', 'c'];
const PLACES = ['north', 'south'];
const START_MS = Date.UTC(2026, 0, 5, 12);

const sku = fc.constantFrom(...SKUS);
const place = fc.constantFrom(...PLACES);
const quantity = fc.integer({ min: 1, max: 6 });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const manyLines = fc.array(fc.record({ sku, quantity }), { minLength: 1, maxLength: 40 });
// The first line stands where the order does, as in the oracle's other sequences.
const placedLines = fc
  .array(fc.record({ sku, quantity, location: some(place) }), { minLength: 1, maxLength: 40 })
  .map(([first, ...rest]) => [{ ...first, location: undefined }, ...rest]);
const placed = fc.record({
  type: fc.constant('order.placed'),
  location: place,
  lines: placedLines,
});
const cancelled = fc.record({ type: fc.constant('order.cancelled'), lines: some(manyLines) });
const shipped = fc.record({
  type: fc.constant('order.shipped'),
  location: some(place),
  lines: some(manyLines),
});

/** One order, told of again and again, over shelves that hold something of each SKU. */
const histories = fc
  .tuple(placed, fc.array(fc.oneof(placed, cancelled, shipped), { maxLength: 8 }))
  .map(([first, rest]) => {
    const counts = PLACES.flatMap((location) =>
      SKUS.map((of) => ({ type: 'stock.counted', location, sku: of, quantity: 30 })),
    );
    const orders = [first, ...rest].map((event) => ({ ...event, orderId: 'o' }));
    return [...counts, ...orders].map((event, i) => ({
      id: `e${i}`,
      time: START_MS + i * 1_000,
      ...event,
    })) as unknown as InventoryEvent[];
  });

describe.each(['shipped', 'placed'] as const)('where %s takes stock', (decrementOn) => {
  vi.setConfig({ testTimeout: 120_000 });

  it('every quantity of an order of many lines is what the oracle says, also after a restart', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (events, at) => {
        const overrides = { 'stock.decrementOn': decrementOn, 'ledger.journal': 1_000 };
        const oracle = new Oracle({
          disorderMs: 5_000,
          allowedLatenessMs: 3_600_000,
          dedupeWindowMs: 7 * 86_400_000,
          decrementOn,
          timeZoneOf: () => 'UTC',
        });
        for (const event of events) oracle.take(event);
        const first = coreWith(overrides);
        const messages = messagesOf(events);
        const cut = at % messages.length;
        if (cut > 0) run(first, messages.slice(0, cut), 1);
        const core = coreWith(overrides);
        core.load(first.save());
        run(core, messages.slice(cut), 1);
        for (let row = 0; row < core.table.rows; row++) {
          const where = [core.table.sku(row), core.table.location(row)] as const;
          const found = core.ledger.positions.read(row);
          expect({ where, ...found }).toEqual({ where, ...oracle.quantities(...where) });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['order.cancelled', 'order.shipped'])(
    '%s of all of 10,000 lines, one by one, takes steps in proportion to the lines',
    (type) => {
      const core = coreWith({ 'stock.decrementOn': decrementOn });
      const { documents } = core.ledger.orders;
      const next = vi.spyOn(documents, 'next');
      const remaining = vi.spyOn(documents, 'remaining');
      const lines = Array.from({ length: 10_000 }, (_, i) => ({ sku: `s${i % 100}`, quantity: 1 }));
      const events = [
        { id: '1', type: 'order.placed', time: START_MS, orderId: 'o', location: 'north', lines },
        { id: '2', type, time: START_MS, orderId: 'o', lines },
      ];
      run(core, messagesOf(events), 1);
      expect(next.mock.calls.length + remaining.mock.calls.length).toBeLessThan(10 * lines.length);
      expect(core.ledger.positions.read(0)).toMatchObject({ allocated: 0, backordered: 0 });
    },
  );
});
