// Claims about rounding an order: first the minimum, then whole packs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundUp } from '../../../operators/replenish/rounding.js';

describe('roundUp', () => {
  it('1 with minimum 8 and pack 6 is 12: 7 by the minimum, 4 by the pack', () => {
    expect(roundUp(1, 8, 6)).toEqual({ quantity: 12, byMinimum: 7, byPack: 4 });
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
    expect(roundUp(order.needed, order.minimum, order.pack).quantity).toBe(order.quantity);
  });

  it('does not take a rounding error of decimals for a further pack', () => {
    expect(roundUp(0.1 + 0.2, 0, 0.1).quantity).toBeCloseTo(0.3, 12);
    expect(roundUp(1.1 * 3, 0, 1.1).quantity).toBeCloseTo(3.3, 12);
  });

  it('orders one pack for the least need, however large the pack', () => {
    expect(roundUp(1, 0, 1e12).quantity).toBe(1e12);
    expect(roundUp(1e-6, 0, 1e6).quantity).toBe(1e6);
  });

  it('never goes below need or minimum, adds less than a pack, and says what added what', () => {
    const units = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(units, fc.nat(1_000_000), fc.nat(5000), (needed, minimum, pack) => {
        const { quantity, byMinimum, byPack } = roundUp(needed, minimum, pack);
        expect(quantity).toBeGreaterThanOrEqual(Math.max(needed, minimum));
        expect(quantity).toBeLessThan(Math.max(needed, minimum) + Math.max(pack, 1));
        if (pack > 0) expect(quantity % pack).toBe(0);
        expect(needed + byMinimum + byPack).toBe(quantity);
      }),
    );
  });
});
