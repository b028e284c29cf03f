// A supplier and a retailer before one season: what each earns under a contract, and the chain.
import { type DemandDistribution, leftOver } from '../stats/demand-distribution.js';

const HALVINGS = 200;

/** What both sides face. Money is of one unit. */
export interface SupplyChain {
  /** Demand of the season at the retailer. */
  readonly demand: DemandDistribution;
  /** p, what a customer pays, > unitCost. */
  readonly price: number;
  /** c, what the supplier's unit costs, > salvage. */
  readonly unitCost: number;
  /** v, what a unit left is worth to the retailer, >= 0. */
  readonly salvage: number;
  /** g, what a unit short costs the retailer beside its margin, >= 0. */
  readonly goodwill: number;
}

/** What the retailer pays the supplier. Prices are of one unit, salvage < wholesalePrice. */
export type Contract =
  | { readonly kind: 'wholesale'; readonly wholesalePrice: number }
  /** The supplier pays `buyBackPrice` for each unit left; the retailer keeps its salvage. */
  | { readonly kind: 'buyBack'; readonly wholesalePrice: number; readonly buyBackPrice: number }
  /** The retailer keeps `retailerShare` of what sales and salvage bring in. */
  | {
      readonly kind: 'revenueSharing';
      readonly wholesalePrice: number;
      readonly retailerShare: number;
    }
  /** Units left up to `flexibility` of the order are paid for at salvage value only. */
  | {
      readonly kind: 'quantityFlexibility';
      readonly wholesalePrice: number;
      readonly flexibility: number;
    };

/** What a contract leads to, expected over the season. */
export interface ContractOutcome {
  /** Units that the retailer orders. */
  readonly quantity: number;
  readonly retailerProfit: number;
  readonly supplierProfit: number;
  /** Profit of both as a share of the most that the chain can earn; NaN where that is not > 0. */
  readonly efficiency: number;
}

/**
 * What the chain earns with `quantity` units for the season:
 *   p E[sold] + v E[left] - g E[short] - c q.
 * Source: Cachon, *Supply Chain Coordination with Contracts*, 2003, section 2.
 */
export function chainProfit(chain: SupplyChain, quantity: number): number {
  return revenueAt(chain, quantity) - shortageAt(chain, quantity) - chain.unitCost * quantity;
}

/**
 * The quantity that is best for supplier and retailer together, a newsvendor's at the supplier's
 * cost: P(demand <= q) = (p + g - c) / (p + g - v), and what they earn with it.
 * Source: Cachon 2003, section 2.
 * @throws RangeError when a term of the chain is out of its range
 * @example O3: N(100, 30), price 10, cost 4: 107.6004 units, 484.0972
 */
export function chainOptimum(chain: SupplyChain): { quantity: number; profit: number } {
  checkChain(chain);
  const { demand, price, unitCost, salvage, goodwill } = chain;
  const ratio = (price + goodwill - unitCost) / (price + goodwill - salvage);
  const quantity = Math.max(0, demand.quantile(ratio));
  return { quantity, profit: chainProfit(chain, quantity) };
}

/**
 * What both sides earn if the retailer orders `quantity`. Payments to the supplier:
 *   wholesale             w q
 *   buyBack               w q - b E[left]
 *   revenueSharing        w q + (1 - share) (p E[sold] + v E[left])
 *   quantityFlexibility   w q - (w - v) E[min(left, flexibility q)]
 * Source: Cachon 2003, section 2.
 * @throws RangeError when a term is out of its range
 */
export function outcomeAt(
  chain: SupplyChain,
  contract: Contract,
  quantity: number,
): ContractOutcome {
  checkContract(chain, contract);
  const paid = paymentAt(chain, contract, quantity);
  const most = chainOptimum(chain).profit;
  const together = chainProfit(chain, quantity);
  return {
    quantity,
    retailerProfit: revenueAt(chain, quantity) - shortageAt(chain, quantity) - paid,
    supplierProfit: paid - chain.unitCost * quantity,
    efficiency: most > 0 ? together / most : Number.NaN,
  };
}

/**
 * What a contract leads to: the retailer orders what is best for itself. Its profit is concave in
 * the quantity, so that is where a unit more stops to pay; of several the smallest.
 * Source: Cachon 2003, section 2.
 * @throws RangeError when a term is out of its range
 * @example O3, wholesale 7: 84.2680 units, 195.6922 and 252.8040
 */
export function contractOutcome(chain: SupplyChain, contract: Contract): ContractOutcome {
  checkContract(chain, contract);
  return outcomeAt(chain, contract, bestReply(chain, contract));
}

function bestReply(chain: SupplyChain, contract: Contract): number {
  if (contract.kind === 'quantityFlexibility') return flexibleReply(chain, contract);
  const { price, salvage, goodwill, demand } = chain;
  const { wholesalePrice } = contract;
  const share = contract.kind === 'revenueSharing' ? contract.retailerShare : 1;
  const back = contract.kind === 'buyBack' ? contract.buyBackPrice : 0;
  const underage = share * price + goodwill - wholesalePrice;
  const overage = wholesalePrice - share * salvage - back;
  if (underage <= 0) return 0;
  return Math.max(0, demand.quantile(underage / (underage + overage)));
}

/** Where (p + g - w) P(D > q) = (w - v) (1 - flexibility) P(D <= (1 - flexibility) q). */
function flexibleReply(
  chain: SupplyChain,
  contract: Contract & { kind: 'quantityFlexibility' },
): number {
  const { demand, price, salvage, goodwill } = chain;
  const { wholesalePrice, flexibility } = contract;
  const firm = 1 - flexibility;
  const pays = (q: number) =>
    (price + goodwill - wholesalePrice) * (1 - demand.cdf(q)) >
    (wholesalePrice - salvage) * firm * demand.cdf(firm * q);
  if (wholesalePrice >= price + goodwill || !pays(0)) return 0;
  let [low, high] = [0, Math.max(1, demand.mean)];
  for (; pays(high); high *= 2) low = high;
  for (let i = 0; i < HALVINGS && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (pays(middle)) low = middle;
    else high = middle;
  }
  if (!demand.isWhole) return high;
  // A bend between two whole numbers: the better one of them.
  const [below, above] = [Math.floor(high + 1e-9), Math.ceil(high - 1e-9)];
  const profit = (q: number) => outcomeAt(chain, contract, q).retailerProfit;
  return profit(above) > profit(below) ? above : below;
}

function paymentAt(chain: SupplyChain, contract: Contract, quantity: number): number {
  const { demand, salvage } = chain;
  const full = contract.wholesalePrice * quantity;
  switch (contract.kind) {
    case 'wholesale':
      return full;
    case 'buyBack':
      return full - contract.buyBackPrice * leftOver(demand, quantity);
    case 'revenueSharing':
      return full + (1 - contract.retailerShare) * revenueAt(chain, quantity);
    case 'quantityFlexibility': {
      const firm = (1 - contract.flexibility) * quantity;
      const taken = leftOver(demand, quantity) - leftOver(demand, firm);
      return full - (contract.wholesalePrice - salvage) * taken;
    }
    default:
      return contract satisfies never;
  }
}

function revenueAt({ demand, price, salvage }: SupplyChain, quantity: number): number {
  const left = leftOver(demand, quantity);
  return price * (quantity - left) + salvage * left;
}

function shortageAt({ demand, goodwill }: SupplyChain, quantity: number): number {
  return goodwill * demand.loss(quantity);
}

/** @throws RangeError unless 0 <= salvage < unitCost < price and goodwill >= 0 */
export function checkChain({ price, unitCost, salvage, goodwill }: SupplyChain): void {
  if (!(salvage >= 0)) throw new RangeError(`salvage must be >= 0, got ${salvage}`);
  if (!(unitCost > salvage)) {
    throw new RangeError(`unitCost must be > salvage ${salvage}, got ${unitCost}`);
  }
  if (!(price > unitCost))
    throw new RangeError(`price must be > unitCost ${unitCost}, got ${price}`);
  if (!(goodwill >= 0)) throw new RangeError(`goodwill must be >= 0, got ${goodwill}`);
}

function checkContract(chain: SupplyChain, contract: Contract): void {
  checkChain(chain);
  const { salvage } = chain;
  const { wholesalePrice } = contract;
  const isShared = contract.kind === 'revenueSharing';
  if (isShared) checkShare('retailerShare', contract.retailerShare);
  const worth = isShared ? contract.retailerShare * salvage : salvage;
  if (!(wholesalePrice > worth)) {
    throw new RangeError(`wholesalePrice must be > salvage ${worth}, got ${wholesalePrice}`);
  }
  if (contract.kind === 'buyBack') {
    const { buyBackPrice } = contract;
    if (!(buyBackPrice >= 0 && buyBackPrice < wholesalePrice - salvage)) {
      throw new RangeError(
        `buyBackPrice must be in [0, ${wholesalePrice - salvage}), got ${buyBackPrice}`,
      );
    }
  }
  if (contract.kind === 'quantityFlexibility' && contract.flexibility !== 0) {
    checkShare('flexibility', contract.flexibility);
    if (contract.flexibility === 1) throw new RangeError('flexibility must be < 1, got 1');
  }
}

/** @throws RangeError unless in (0, 1] */
function checkShare(name: string, share: number): void {
  if (!(share > 0 && share <= 1)) throw new RangeError(`${name} must be in (0, 1], got ${share}`);
}
