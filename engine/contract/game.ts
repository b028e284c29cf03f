// The game of a supply contract: what each kind of contract leads to, beside the chain's optimum.
import {
  bestWholesalePrice,
  coordinatingBuyBack,
  coordinatingFlexibility,
  coordinatingRevenueSharing,
} from '../../operators/replenish/coordination.js';
import { type Equilibria, nashEquilibria } from '../../operators/replenish/nash.js';
import {
  type Contract,
  type ContractOutcome,
  chainOptimum,
  contractOutcome,
  outcomeAt,
  type SupplyChain,
} from '../../operators/replenish/supply-contract.js';

/** Terms that are on the table. Money is of one unit. */
export interface Terms {
  readonly wholesalePrice: number;
  /** Null: only what coordinates is told. */
  readonly buyBackPrice: number | null;
  /** Of the revenue, what the retailer keeps, (0, 1]. */
  readonly retailerShare: number;
  /** Wholesale price beside that share; null: only what coordinates is told. */
  readonly sharedWholesalePrice: number | null;
  /** Share of an order that may be given back, [0, 1). */
  readonly flexibility: number;
  /** Finite sets to choose from at once; null: no such game is played. */
  readonly sets: {
    readonly prices: readonly number[];
    readonly quantities: readonly number[];
  } | null;
}

export interface Game {
  readonly demand: { readonly mean: number; readonly sd: number };
  readonly chain: Omit<SupplyChain, 'demand'>;
  /** What is best for both together. */
  readonly optimum: { readonly quantity: number; readonly profit: number };
  /** The supplier leads with its best wholesale price, the retailer replies with its best quantity. */
  readonly stackelberg: ContractOutcome & { readonly wholesalePrice: number };
  readonly contracts: readonly Played[];
  readonly nash: Nash | null;
}

/** A contract, and the retailer's best reply to it. */
export interface Played extends ContractOutcome {
  readonly contract: Contract;
  /** Given on the table, or the terms of its kind at which the chain earns the most it can. */
  readonly origin: 'given' | 'coordinating';
}

/** Both choose at once from finite sets: the supplier a wholesale price, the retailer a quantity. */
export interface Nash extends Equilibria {
  readonly prices: readonly number[];
  readonly quantities: readonly number[];
}

/** @throws RangeError when a term is out of its range */
export function gameOf(chain: SupplyChain, terms: Terms): Game {
  const { demand, ...money } = chain;
  return {
    demand: { mean: demand.mean, sd: Math.sqrt(demand.variance) },
    chain: money,
    optimum: chainOptimum(chain),
    stackelberg: bestWholesalePrice(chain),
    contracts: contractsOf(chain, terms).map(({ contract, origin }) => {
      return { contract, origin, ...contractOutcome(chain, contract) };
    }),
    nash: terms.sets === null ? null : nashOf(chain, terms.sets),
  };
}

function contractsOf(chain: SupplyChain, terms: Terms): Pick<Played, 'contract' | 'origin'>[] {
  const { wholesalePrice, buyBackPrice, retailerShare, flexibility } = terms;
  const shared = terms.sharedWholesalePrice;
  const given: Contract[] = [{ kind: 'wholesale', wholesalePrice }];
  if (buyBackPrice !== null) given.push({ kind: 'buyBack', wholesalePrice, buyBackPrice });
  if (shared !== null) {
    given.push({ kind: 'revenueSharing', wholesalePrice: shared, retailerShare });
  }
  given.push({ kind: 'quantityFlexibility', wholesalePrice, flexibility });
  const coordinating: Contract[] = [
    coordinatingBuyBack(chain, wholesalePrice),
    coordinatingRevenueSharing(chain, retailerShare),
    coordinatingFlexibility(chain, flexibility),
  ];
  return [
    ...given.map((contract) => ({ contract, origin: 'given' as const })),
    ...coordinating.map((contract) => ({ contract, origin: 'coordinating' as const })),
  ];
}

function nashOf(chain: SupplyChain, { prices, quantities }: NonNullable<Terms['sets']>): Nash {
  const outcomes = prices.map((wholesalePrice) =>
    quantities.map((quantity) => outcomeAt(chain, { kind: 'wholesale', wholesalePrice }, quantity)),
  );
  const game = {
    row: outcomes.map((line) => line.map(({ supplierProfit }) => supplierProfit)),
    column: outcomes.map((line) => line.map(({ retailerProfit }) => retailerProfit)),
  };
  return { prices, quantities, ...nashEquilibria(game) };
}
