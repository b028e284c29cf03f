// Claims about supply contracts, against known answers and search over all quantities and prices.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestWholesalePrice,
  coordinatingBuyBack,
  coordinatingFlexibility,
  coordinatingRevenueSharing,
} from '../../../operators/replenish/coordination.js';
import {
  type Contract,
  chainOptimum,
  chainProfit,
  contractOutcome,
  outcomeAt,
  type SupplyChain,
} from '../../../operators/replenish/supply-contract.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { NegativeBinomialDemand } from '../../../operators/stats/negative-binomial-demand.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';

const O3: SupplyChain = {
  demand: new NormalDemand(100, 900),
  price: 10,
  unitCost: 4,
  salvage: 0,
  goodwill: 0,
};

const SHARE = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const MONEY = fc.record({
  a: SHARE,
  b: SHARE,
  goodwill: fc.double({ min: 0, max: 5, noNaN: true }),
});

/** 0 <= salvage < unit cost < price 10. */
function chains(demand: fc.Arbitrary<SupplyChain['demand']>): fc.Arbitrary<SupplyChain> {
  return fc.tuple(demand, MONEY).map(([any, { a, b, goodwill }]) => {
    const unitCost = 10 * a;
    return { demand: any, price: 10, unitCost, salvage: unitCost * b * 0.9, goodwill };
  });
}

const CONTINUOUS = chains(
  fc
    .tuple(fc.integer({ min: 5, max: 200 }), fc.boolean())
    .map(([mean, isNormal]) =>
      isNormal ? new NormalDemand(mean, (mean / 4) ** 2) : new GammaDemand(mean, (mean * 0.7) ** 2),
    ),
);
const WHOLE = chains(
  fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.boolean())
    .map(([mean, isPoisson]) =>
      isPoisson ? new PoissonDemand(mean) : new NegativeBinomialDemand(mean, 3 * mean),
    ),
);

/** A price between the supplier's cost and what the retailer can earn at most. */
function between({ unitCost, price }: SupplyChain, share: number): number {
  return unitCost + share * (price - unitCost);
}

/** One contract of each kind, its terms set by two shares. */
function contractsOf(chain: SupplyChain, [x, y]: [number, number]): Contract[] {
  const wholesalePrice = between(chain, x);
  return [
    { kind: 'wholesale', wholesalePrice },
    { kind: 'buyBack', wholesalePrice, buyBackPrice: y * (wholesalePrice - chain.salvage) * 0.95 },
    { kind: 'revenueSharing', wholesalePrice: wholesalePrice * y, retailerShare: y },
    { kind: 'quantityFlexibility', wholesalePrice, flexibility: y },
  ];
}

describe('O3: demand N(100, 30), price 10, unit cost 4', () => {
  it('is best for the chain at 107.6004 units and 484.0972', () => {
    const { quantity, profit } = chainOptimum(O3);
    expect(quantity).toBeCloseTo(107.6004, 4);
    expect(profit).toBeCloseTo(484.0972, 4);
  });

  it('at a wholesale price of 7: 84.2680 units, 195.6922 and 252.8040', () => {
    const outcome = contractOutcome(O3, { kind: 'wholesale', wholesalePrice: 7 });
    expect(outcome.quantity).toBeCloseTo(84.268, 4);
    expect(outcome.retailerProfit).toBeCloseTo(195.6922, 4);
    expect(outcome.supplierProfit).toBeCloseTo(252.804, 4);
    expect(outcome.efficiency).toBeCloseTo((195.6922 + 252.804) / 484.0972, 6);
  });

  it('with unsold units bought back at 5: 107.6004 units, 242.0486 each', () => {
    const contract = coordinatingBuyBack(O3, 7);
    expect(contract.buyBackPrice).toBeCloseTo(5, 12);
    const outcome = contractOutcome(O3, contract);
    expect(outcome.quantity).toBeCloseTo(107.6004, 4);
    expect(outcome.retailerProfit).toBeCloseTo(242.0486, 4);
    expect(outcome.supplierProfit).toBeCloseTo(242.0486, 4);
    expect(outcome.efficiency).toBeCloseTo(1, 12);
  });

  it('with half of the revenue the retailer pays 2 and earns half of all', () => {
    const contract = coordinatingRevenueSharing(O3, 0.5);
    expect(contract.wholesalePrice).toBeCloseTo(2, 12);
    expect(contractOutcome(O3, contract).retailerProfit).toBeCloseTo(242.0486, 4);
  });

  it('without flexibility coordinates only at the cost of the unit', () => {
    expect(coordinatingFlexibility(O3, 0).wholesalePrice).toBeCloseTo(4, 10);
    expect(coordinatingFlexibility(O3, 0.3).wholesalePrice).toBeGreaterThan(4);
  });
});

describe.each([
  { kind: 'continuous demand', any: CONTINUOUS },
  { kind: 'whole demand', any: WHOLE },
])('with $kind', ({ any }) => {
  it('nothing that the chain could order earns more than its optimum', () => {
    fc.assert(
      fc.property(any, (chain) => {
        const { profit } = chainOptimum(chain);
        for (let q = 0; q < 3 * chain.demand.mean + 10; q++) {
          expect(chainProfit(chain, q)).toBeLessThanOrEqual(profit + 1e-9);
        }
      }),
    );
  });

  it('the retailer finds no better reply to any contract', () => {
    fc.assert(
      fc.property(any, fc.tuple(SHARE, SHARE), (chain, shares) => {
        for (const contract of contractsOf(chain, shares)) {
          const { retailerProfit } = contractOutcome(chain, contract);
          for (let q = 0; q < 4 * chain.demand.mean + 10; q++) {
            const other = outcomeAt(chain, contract, q).retailerProfit;
            expect(other).toBeLessThanOrEqual(retailerProfit + 1e-7);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('what both sides earn is what the chain earns, under every contract', () => {
    fc.assert(
      fc.property(any, fc.tuple(SHARE, SHARE), SHARE, (chain, shares, at) => {
        const quantity = Math.round(2 * at * chain.demand.mean);
        for (const contract of contractsOf(chain, shares)) {
          const { retailerProfit, supplierProfit, efficiency } = outcomeAt(
            chain,
            contract,
            quantity,
          );
          const together = chainProfit(chain, quantity);
          expect(retailerProfit + supplierProfit).toBeCloseTo(together, 7);
          const most = chainOptimum(chain).profit;
          if (most > 0) expect(efficiency).toBeCloseTo(together / most, 9);
          else expect(efficiency).toBeNaN();
        }
      }),
    );
  });

  it('the terms that coordinate lead to the best of the chain', () => {
    fc.assert(
      fc.property(any, SHARE, SHARE, (chain, x, y) => {
        const { profit, quantity } = chainOptimum(chain);
        const contracts = [
          coordinatingBuyBack(chain, between(chain, x)),
          coordinatingRevenueSharing(chain, y),
        ];
        if (!chain.demand.isWhole) contracts.push(coordinatingFlexibility(chain, y) as never);
        for (const contract of contracts) {
          const outcome = contractOutcome(chain, contract);
          expect(chainProfit(chain, outcome.quantity)).toBeCloseTo(profit, 6);
          if (!chain.demand.isWhole) expect(outcome.quantity / quantity).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  it('no wholesale price earns the supplier more than the best, and the chain loses by it', () => {
    fc.assert(
      fc.property(any, (chain) => {
        const best = bestWholesalePrice(chain);
        for (let i = 1; i < 300; i++) {
          const wholesalePrice = between({ ...chain, price: 10 + chain.goodwill }, i / 300);
          const other = contractOutcome(chain, { kind: 'wholesale', wholesalePrice });
          expect(other.supplierProfit).toBeLessThanOrEqual(best.supplierProfit + 1e-4);
        }
        const together = best.retailerProfit + best.supplierProfit;
        expect(together).toBeLessThanOrEqual(chainOptimum(chain).profit + 1e-9);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the supplier as leader', () => {
  // Demand spread evenly over 0 to 100 has w(q) = p (1 - q / 100), so q is half of the chain's.
  it('sells half of what the chain would where demand is spread evenly, at 3/4 of the profit', () => {
    const even = {
      mean: 50,
      variance: 10_000 / 12,
      isWhole: false,
      cdf: (x: number) => Math.min(1, Math.max(0, x / 100)),
      quantile: (p: number) => 100 * p,
      loss: (x: number) => (100 - x) ** 2 / 200,
      secondLoss: (x: number) => (100 - x) ** 3 / 600,
    };
    const chain = { ...O3, demand: even };
    const best = bestWholesalePrice(chain);
    expect(best.quantity).toBeCloseTo(30, 5);
    expect(best.wholesalePrice).toBeCloseTo(7, 6);
    // The supplier's profit is flat at its best, the chain's is not.
    expect(best.efficiency).toBeCloseTo(0.75, 7);
  });
});

it('refuses terms that are out of range, by name', () => {
  const wholesale = (wholesalePrice: number): Contract => ({ kind: 'wholesale', wholesalePrice });
  expect(() => chainOptimum({ ...O3, price: 4 })).toThrow('price must be > unitCost 4, got 4');
  expect(() => chainOptimum({ ...O3, salvage: 4 })).toThrow('unitCost must be > salvage 4, got 4');
  expect(() => chainOptimum({ ...O3, salvage: -1 })).toThrow('salvage must be >= 0, got -1');
  expect(() => chainOptimum({ ...O3, goodwill: -1 })).toThrow('goodwill must be >= 0, got -1');
  expect(() => contractOutcome(O3, wholesale(0))).toThrow('wholesalePrice must be > salvage 0');
  expect(() =>
    contractOutcome(O3, { kind: 'buyBack', wholesalePrice: 7, buyBackPrice: 7 }),
  ).toThrow('buyBackPrice must be in [0, 7), got 7');
  expect(() =>
    contractOutcome(O3, { kind: 'revenueSharing', wholesalePrice: 2, retailerShare: 0 }),
  ).toThrow('retailerShare must be in (0, 1], got 0');
  expect(() =>
    contractOutcome(O3, { kind: 'quantityFlexibility', wholesalePrice: 7, flexibility: 1 }),
  ).toThrow('flexibility must be < 1, got 1');
  expect(() => coordinatingBuyBack(O3, 10)).toThrow('wholesalePrice must be in [4, 10), got 10');
  expect(() => coordinatingRevenueSharing(O3, 2)).toThrow('retailerShare must be in (0, 1], got 2');
  expect(() => coordinatingFlexibility(O3, 1)).toThrow('flexibility must be in [0, 1), got 1');
});

it('a supplier that nobody orders from at cost sells none', () => {
  const rare = { ...O3, demand: new NegativeBinomialDemand(1, 3), unitCost: 6 };
  const best = bestWholesalePrice(rare);
  expect([best.quantity, best.supplierProfit]).toEqual([0, 0]);
});

it('a price above all that a unit can bring sells none', () => {
  for (const kind of ['wholesale', 'quantityFlexibility'] as const) {
    const contract = { kind, wholesalePrice: 10, flexibility: 0.5 };
    expect(contractOutcome(O3, contract).quantity).toBe(0);
  }
});
