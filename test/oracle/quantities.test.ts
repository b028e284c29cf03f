// The engine's quantities and demand against the oracle's, after any sequence of events.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Core } from '../../engine/core.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import { OUTCOME } from '../../operators/stream/batch.js';
import { type Brought, coreWith, messagesOf, run } from './drive.js';
import { localDate } from './local-days.js';
import { Oracle } from './oracle.js';
import { OVERRIDES, PROPERTY_TIMEOUT, RUNS, sequences, ZONES } from './sequences.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function both(events: readonly InventoryEvent[], decrementOn: 'shipped' | 'placed') {
  const core = coreWith({ ...OVERRIDES, 'stock.decrementOn': decrementOn });
  const oracle = new Oracle({
    disorderMs: 30 * MINUTE,
    allowedLatenessMs: 2 * HOUR,
    dedupeWindowMs: 48 * HOUR,
    decrementOn,
    timeZoneOf: (location) => ZONES[location] as string,
  });
  const answers = events.map((event) => oracle.take(event));
  return { core, oracle, answers, brought: run(core, messagesOf(events), 1) };
}

function rowsOf(core: Core) {
  return Array.from({ length: core.table.rows }, (_, row) => {
    return { row, sku: core.table.sku(row), location: core.table.location(row) };
  });
}

function bucketsOf(core: Core, { buckets }: Brought) {
  return buckets.map(({ row, startMs, units }) => {
    const sku = core.table.sku(row);
    const location = core.table.location(row);
    return { sku, location, date: localDate(startMs, ZONES[location] as string), units };
  });
}

describe.each(['shipped', 'placed'] as const)('where %s takes stock', (decrementOn) => {
  vi.setConfig({ testTimeout: PROPERTY_TIMEOUT });

  it('every quantity of every row is what the oracle says', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const { core, oracle } = both(events, decrementOn);
        for (const { row, sku, location } of rowsOf(core)) {
          const found = core.ledger.positions.read(row);
          expect({ sku, location, ...found }).toEqual({
            sku,
            location,
            ...oracle.quantities(sku, location),
          });
        }
      }),
      RUNS,
    );
  });

  it('each event is applied, refused, late or a duplicate as the oracle says', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        // Intent without a location counts where the SKU was first seen: of that the oracle
        // knows nothing.
        const placed = events.filter((e) => !e.type.startsWith('cart.') || 'location' in e);
        const { answers, brought } = both(placed, decrementOn);
        const refused = new Map(brought.refusals.map((r) => [r.position, r.reason as string]));
        const found = brought.batches.map((batch) => {
          if (batch.outcome[0] === OUTCOME.duplicate) return 'duplicate';
          return refused.get(batch.position[0] as number) ?? 'applied';
        });
        expect(found).toEqual(answers);
      }),
      RUNS,
    );
  });

  it('every closed bucket holds the demand of its local day, and no day of demand is missing', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const { core, oracle, brought } = both(events, decrementOn);
        const closed = bucketsOf(core, brought);
        for (const { sku, location, date, units } of closed) {
          expect({ sku, location, date, units }).toEqual({
            sku,
            location,
            date,
            units: oracle.unitsOf(sku, location, date),
          });
        }
        const keys = closed.map(({ sku, location, date }) => `${sku} ${location} ${date}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { sku, location, date } of oracle.closedDemand()) {
          expect(keys).toContain(`${sku} ${location} ${date}`);
        }
      }),
      RUNS,
    );
  });

  it('each rolling window holds the demand of its panes, without what was cancelled', () => {
    const windows = [
      ['5m', 30_000, 10],
      ['1h', 5 * MINUTE, 12],
      ['24h', HOUR, 24],
      ['7d', 6 * HOUR, 28],
      ['28d', 24 * HOUR, 28],
    ] as const;
    fc.assert(
      fc.property(sequences, (events) => {
        const { core, oracle } = both(events, decrementOn);
        const now = oracle.streamTimeMs;
        for (const { row, sku, location } of rowsOf(core)) {
          for (const [name, paneMs, panes] of windows) {
            const end = (Math.floor(now / paneMs) + 1) * paneMs;
            const expected = oracle.demandBetween(sku, location, end - panes * paneMs, end);
            expect([name, core.demand.windows.sum(row, name, now)]).toEqual([name, expected]);
          }
        }
      }),
      RUNS,
    );
  });
});
