// Claims about rounding an order: whole units, minimum, whole packs, order-up-to level.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OrderRules, roundOrder } from '../../../operators/replenish/rounding.js';

const FREE: OrderRules = {
  minimum: 0,
  pack: 0,
  isWhole: false,
  cap: Number.POSITIVE_INFINITY,
  trigger: 0,
  above: 'up',
};
const round = (needed: number, rules: Partial<OrderRules>) =>
  roundOrder(needed, { ...FREE, ...rules });

describe('roundOrder', () => {
  it('1 with minimum 8 and pack 6 is 12: 7 by the minimum, 4 by the pack', () => {
    expect(round(1, { minimum: 8, pack: 6, isWhole: true })).toEqual({
      quantity: 12,
      byUnit: 0,
      byMinimum: 7,
      byPack: 4,
      byCap: 0,
    });
  });

  it.each([
    { needed: 1, minimum: 0, pack: 6, quantity: 6 },
    { needed: 6, minimum: 0, pack: 6, quantity: 6 },
    { needed: 7, minimum: 0, pack: 6, quantity: 12 },
    { needed: 10, minimum: 0, pack: 10, quantity: 10 },
    { needed: 5, minimum: 8, pack: 0, quantity: 8 },
    { needed: 9, minimum: 8, pack: 0, quantity: 9 },
    { needed: 2.5, minimum: 0, pack: 0, quantity: 2.5 },
    { needed: 18, minimum: 12, pack: 6, quantity: 18 },
  ])('$needed with minimum $minimum and pack $pack is $quantity', (order) => {
    const { needed, minimum, pack } = order;
    expect(round(needed, { minimum, pack }).quantity).toBe(order.quantity);
  });

  it('takes whole units before the minimum and the pack', () => {
    expect(round(2.2, { isWhole: true })).toMatchObject({ quantity: 3 });
    expect(round(0.1 + 0.2 + 2.7, { isWhole: true }).quantity).toBe(3);
    expect(round(5.5, { isWhole: true, pack: 6 })).toMatchObject({ quantity: 6, byPack: 0 });
  });

  it('does not take a rounding error of decimals for a further pack', () => {
    expect(round(0.1 + 0.2, { pack: 0.1 }).quantity).toBeCloseTo(0.3, 12);
    expect(round(1.1 * 3, { pack: 1.1 }).quantity).toBeCloseTo(3.3, 12);
  });

  it('orders one pack for the least need, however large the pack', () => {
    expect(round(1, { pack: 1e12 }).quantity).toBe(1e12);
    expect(round(1e-6, { pack: 1e6 }).quantity).toBe(1e6);
  });

  // Need 20 of packs of 12: 24 is 4 above the level, 12 is 8 below it.
  it.each([
    { above: 'up', needed: 20, quantity: 24 },
    { above: 'down', needed: 20, quantity: 12 },
    { above: 'nearest', needed: 20, quantity: 24 },
    { above: 'nearest', needed: 14, quantity: 12 },
    // As near above as below: the larger.
    { above: 'nearest', needed: 18, quantity: 24 },
  ] as const)('$needed up to the level in packs of 12, beyond it $above: $quantity', (order) => {
    const { needed, above } = order;
    const rounded = round(needed, { pack: 12, cap: needed, above, trigger: 5 });
    expect(rounded.quantity).toBe(order.quantity);
    expect(rounded.byCap).toBe(order.quantity - 24);
  });

  it('stays above where less would leave the order due, or below the minimum', () => {
    const down = { pack: 12, cap: 20, above: 'down' } as const;
    expect(round(20, { ...down, trigger: 12 }).quantity).toBe(24);
    expect(round(20, { ...down, trigger: 11, minimum: 13 }).quantity).toBe(24);
    expect(round(8, { ...down, cap: 8 }).quantity).toBe(12);
  });

  it('leaves by each step what the step says, and never so little that the order stays due', () => {
    const units = fc.integer({ min: 1, max: 1_000_000 });
    const rules = fc.record({
      minimum: fc.nat(1_000_000),
      pack: fc.nat(5000),
      isWhole: fc.boolean(),
      beyond: fc.nat(100_000),
      above: fc.constantFrom('up', 'down', 'nearest'),
      share: fc.double({ min: 0, max: 0.99, noNaN: true }),
    });
    fc.assert(
      fc.property(units, rules, (needed, { beyond, share, ...rest }) => {
        const trigger = share * needed;
        const rounded = roundOrder(needed, { ...rest, trigger, cap: needed + beyond });
        const { quantity, byUnit, byMinimum, byPack, byCap } = rounded;
        expect(needed + byUnit + byMinimum + byPack + byCap).toBeCloseTo(quantity, 6);
        expect(quantity).toBeGreaterThan(trigger);
        expect(quantity).toBeGreaterThanOrEqual(rest.minimum);
        expect(quantity).toBeLessThan(Math.max(needed, rest.minimum) + Math.max(rest.pack, 1));
        if (rest.pack > 0) expect(quantity % rest.pack).toBe(0);
        expect(byCap).toBeLessThanOrEqual(0);
        if (rest.above === 'up') expect(byCap).toBe(0);
      }),
    );
  });
});
