// Game theory of a supply contract: what the supplier asks for, and the terms that coordinate.
import {
  type Contract,
  type ContractOutcome,
  chainOptimum,
  checkChain,
  contractOutcome,
  type SupplyChain,
} from './supply-contract.js';

const GRID = 512;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const GOLDEN_STEPS = 80;
/** What a retailer that is indifferent between two quantities is left with for the greater one. */
const NUDGE = 1e-9;

type Of<Kind extends Contract['kind']> = Contract & { readonly kind: Kind };

/** The equilibrium of a wholesale price contract that the supplier leads. */
export interface LeaderOutcome extends ContractOutcome {
  readonly wholesalePrice: number;
}

/**
 * The wholesale price that is best for the supplier, knowing what the retailer replies: the
 * Stackelberg equilibrium. The retailer orders q at w(q) = (p + g) - (p + g - v) P(D <= q), so the
 * supplier picks the q with the greatest (w(q) - c) q: over a grid of levels, then by golden
 * section around the best (whole units: the grid, then each unit). Unimodal where demand has an
 * increasing generalized failure rate (normal, gamma and others).
 * Source: Lariviere & Porteus, *Selling to the Newsvendor*, M&SOM 3, 2001; Cachon 2003, section 2.
 * @throws RangeError when a term of the chain is out of its range
 */
export function bestWholesalePrice(chain: SupplyChain): LeaderOutcome {
  checkChain(chain);
  const level = chain.demand.isWhole ? bestWholeLevel(chain) : bestLevel(chain);
  const wholesalePrice = priceAt(chain, level);
  return { wholesalePrice, ...contractOutcome(chain, { kind: 'wholesale', wholesalePrice }) };
}

/**
 * Buy-back price that makes the retailer order what is best for the chain at the given wholesale
 * price: b = w - v - share (c - v), where the retailer's share of the chain's profit is
 * share = (p + g - w) / (p + g - c) (of the profit before goodwill for the mean demand).
 * Source: Pasternack, *Optimal Pricing and Return Policies for Perishable Commodities*, Marketing
 * Science 4, 1985; Cachon 2003, section 2.
 * @param wholesalePrice w, unitCost <= w < price + goodwill
 * @throws RangeError when a term is out of its range
 * @example O3, wholesale 7: buy back at 5
 */
export function coordinatingBuyBack(chain: SupplyChain, wholesalePrice: number): Of<'buyBack'> {
  checkChain(chain);
  const { price, goodwill, unitCost, salvage } = chain;
  const margin = price + goodwill;
  if (!(wholesalePrice >= unitCost && wholesalePrice < margin)) {
    throw new RangeError(
      `wholesalePrice must be in [${unitCost}, ${margin}), got ${wholesalePrice}`,
    );
  }
  const share = (margin - wholesalePrice) / (margin - unitCost);
  const buyBackPrice = Math.max(0, wholesalePrice - salvage - share * (unitCost - salvage));
  return { kind: 'buyBack', wholesalePrice, buyBackPrice };
}

/**
 * Wholesale price that makes the retailer order what is best for the chain when it keeps the given
 * share of the revenue: w = share v + k (c - v), k = (share (p - v) + g) / (p - v + g).
 * Source: Cachon & Lariviere, *Supply Chain Coordination with Revenue-Sharing Contracts*,
 * Management Science 51, 2005; Cachon 2003, section 2.
 * @param retailerShare in (0, 1]
 * @throws RangeError when a term is out of its range
 * @example O3, share .5: wholesale price 2
 */
export function coordinatingRevenueSharing(
  chain: SupplyChain,
  retailerShare: number,
): Of<'revenueSharing'> {
  checkChain(chain);
  if (!(retailerShare > 0 && retailerShare <= 1)) {
    throw new RangeError(`retailerShare must be in (0, 1], got ${retailerShare}`);
  }
  const { price, goodwill, unitCost, salvage } = chain;
  const kept = (retailerShare * (price - salvage) + goodwill) / (price - salvage + goodwill);
  const wholesalePrice = retailerShare * salvage + kept * (unitCost - salvage);
  return { kind: 'revenueSharing', wholesalePrice, retailerShare };
}

/**
 * Wholesale price that makes the retailer order what is best for the chain, q, when it may give
 * back the given share of its order:
 *   w = v + (p - v + g) P(D > q) / (P(D > q) + (1 - flexibility) P(D <= (1 - flexibility) q)).
 * Exact for continuous demand; for whole units the reply may be a unit beside.
 * Source: Tsay, *The Quantity Flexibility Contract and Supplier-Customer Incentives*, Management
 * Science 45, 1999; Cachon 2003, section 2.
 * @param flexibility in [0, 1)
 * @throws RangeError when a term is out of its range
 */
export function coordinatingFlexibility(
  chain: SupplyChain,
  flexibility: number,
): Of<'quantityFlexibility'> {
  checkChain(chain);
  if (!(flexibility >= 0 && flexibility < 1)) {
    throw new RangeError(`flexibility must be in [0, 1), got ${flexibility}`);
  }
  const { demand, price, goodwill, salvage } = chain;
  const { quantity } = chainOptimum(chain);
  const firm = 1 - flexibility;
  const above = 1 - demand.cdf(quantity);
  const weight = above / (above + firm * demand.cdf(firm * quantity));
  const wholesalePrice = salvage + (price - salvage + goodwill) * weight;
  return { kind: 'quantityFlexibility', wholesalePrice, flexibility };
}

/** w at which the retailer orders the quantity of this level of demand. */
function priceAt({ price, goodwill, salvage }: SupplyChain, level: number): number {
  return price + goodwill - (price + goodwill - salvage) * level;
}

/** Level at which w is the supplier's own cost: beyond it nothing is earned. */
function costLevel({ price, goodwill, salvage, unitCost }: SupplyChain): number {
  return (price + goodwill - unitCost) / (price + goodwill - salvage);
}

function bestLevel(chain: SupplyChain): number {
  const most = costLevel(chain);
  const earned = (level: number) =>
    (priceAt(chain, level) - chain.unitCost) * Math.max(0, chain.demand.quantile(level));
  let best = 1;
  for (let i = 1; i < GRID; i++) {
    if (earned((most * i) / GRID) > earned((most * best) / GRID)) best = i;
  }
  let low = (most * Math.max(best - 1, 1e-6)) / GRID;
  let high = (most * Math.min(best + 1, GRID)) / GRID;
  for (let i = 0; i < GOLDEN_STEPS; i++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (earned(left) >= earned(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/** Whole units: q is ordered from just above the level P(D <= q - 1) on. */
function bestWholeLevel(chain: SupplyChain): number {
  const { demand, unitCost } = chain;
  const last = demand.quantile(costLevel(chain));
  // Even at the supplier's own cost none is ordered.
  if (last < 1) return costLevel(chain);
  const levelOf = (q: number) => demand.cdf(q - 1) + NUDGE;
  const earned = (q: number) => (priceAt(chain, levelOf(q)) - unitCost) * q;
  const stride = Math.max(1, Math.ceil(last / GRID));
  const coarse = bestOf(earned, { from: 1, to: last, stride });
  const from = Math.max(1, coarse - stride);
  return levelOf(bestOf(earned, { from, to: Math.min(last, coarse + stride), stride: 1 }));
}

function bestOf(
  earned: (q: number) => number,
  { from, to, stride }: { from: number; to: number; stride: number },
): number {
  let best = from;
  for (let q = from; q <= to; q += stride) if (earned(q) > earned(best)) best = q;
  return best;
}
