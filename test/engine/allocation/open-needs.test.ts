// Claims about which needs compete, what each is worth, and what limits them.
import { describe, expect, it } from 'vitest';
import { questionOf } from '../../../engine/allocation/report.js';
import type { Core } from '../../../engine/core.js';
import { coreWith, runEvents } from '../../oracle/drive.js';
import { shopEvents } from './shop.js';

const LAST_MS = Date.UTC(2024, 1, 10, 0, 1);
const DAY_MS = 86_400_000;

function coreOf(events: readonly object[], settings: Readonly<Record<string, unknown>> = {}): Core {
  const core = coreWith({ 'ledger.journal': 1000, ...settings });
  runEvents(core, [...events]);
  return core;
}

const open = (core: Core) =>
  questionOf(core).problem.needs.map(({ sku, quantities }) => [sku, quantities.at(-1)]);

describe('open needs', () => {
  it('are the open reorder signals, with their quantities, in packs', () => {
    const core = coreOf(shopEvents());
    const { problem, open: found } = questionOf(core);
    const signals = [...core.replenish.open.entries()].map(([, s]) => [s.sku, s.quantity]);
    expect(open(core)).toEqual(signals.filter(([sku]) => sku !== 'VASE'));
    expect(found.asked.every(({ signal }) => signal !== null)).toBe(true);
    for (const { pack, smallest, quantities } of problem.needs) {
      expect({ pack, smallest }).toEqual({ pack: 5, smallest: 5 });
      expect(quantities.every((q) => q % 5 === 0)).toBe(true);
    }
  });

  it('are worth more with each unit, and never more than the margin of all that may be short', () => {
    for (const { quantities, worth, sku } of questionOf(coreOf(shopEvents())).problem.needs) {
      worth.slice(1).forEach((value, i) => {
        expect(value, sku).toBeGreaterThanOrEqual(worth[i] as number);
      });
      const margin = { MUG: 4, CUP: 2, LAMP: 12 }[sku] as number;
      expect(worth.at(-1)).toBeLessThanOrEqual(margin * (quantities.at(-1) as number));
    }
  });

  it('have what customers wait for in them as a must, if the settings say so', () => {
    const needs = questionOf(coreOf(shopEvents(), { 'allocation.mustOrder': 'backorders' })).problem
      .needs;
    const least = Object.fromEntries(needs.map(({ sku, quantities }) => [sku, quantities[0]]));
    expect(least).toEqual({ MUG: 0, CUP: 30, LAMP: 0 });
  });

  it('hold what periodic review is going to ask for, before its day', () => {
    const events = shopEvents().map((event) =>
      'sku' in event && event.sku === 'LAMP' && 'policy' in event
        ? { ...event, policy: { kind: 'RS', reviewDays: 365 } }
        : event,
    );
    const core = coreOf(events);
    expect([...core.replenish.open.entries()].map(([, { sku }]) => sku)).not.toContain('LAMP');
    const { problem, open: found } = questionOf(core);
    const at = problem.needs.findIndex(({ sku }) => sku === 'LAMP');
    expect(found.asked[at]?.signal).toBeNull();
    expect(problem.needs[at]?.quantities.at(-1)).toBeGreaterThan(0);
  });

  it('leave out what has no forecast or no cost, with the reason', () => {
    const item = {
      ...{ type: 'catalog.item', time: LAST_MS, status: 'active', unitPrice: 3 },
      ...{ leadTime: { meanDays: 7, sdDays: 1 }, serviceLevel: { cycle: 0.95 } },
      policy: { kind: 'sS', reorderPoint: 5, orderUpToLevel: 9 },
    };
    const counted = { type: 'stock.counted', time: LAST_MS, location: 'berlin', quantity: 1 };
    const core = coreOf([
      { ...item, id: 'a', sku: 'NEW', unitCost: 1 },
      { ...item, id: 'b', sku: 'FREE' },
      { ...counted, id: 'c', sku: 'NEW' },
      { ...counted, id: 'd', sku: 'FREE' },
    ]);
    expect(questionOf(core).open.leftOut).toEqual([
      { sku: 'NEW', location: 'berlin', quantity: 8, reason: 'there is no forecast yet' },
      { sku: 'FREE', location: 'berlin', quantity: 8, reason: 'the catalog names no unit cost' },
    ]);
  });
});

describe('limits', () => {
  it('are only those that some need takes of', () => {
    const settings = {
      'suppliers.acme.capacity': 100,
      'suppliers.nobody.capacity': 5,
      'locations.paris.storageVolume': 1,
    };
    expect(questionOf(coreOf(shopEvents(), settings)).problem.limits).toEqual([
      { kind: 'capacity', supplier: 'acme', amount: 90 },
    ]);
  });

  it('of a supplier are less what is due within its period, and never below nothing', () => {
    const order = (id: string, quantity: number, days: number) => ({
      ...{ id, type: 'purchase.ordered', time: LAST_MS, purchaseOrderId: id, location: 'berlin' },
      ...{ sku: 'MUG', quantity, supplier: 'acme', expectedAt: LAST_MS + days * DAY_MS },
    });
    const capacity = (orders: object[]) => {
      const core = coreOf([...shopEvents(), ...orders], { 'suppliers.acme.capacity': 100 });
      return questionOf(core).problem.limits[0]?.amount;
    };
    // 10 are on order at a time nobody said; the period is a week.
    expect(capacity([order('soon', 25, 6), order('later', 40, 8)])).toBe(65);
    expect(capacity([order('much', 500, 1)])).toBe(0);
  });
});
