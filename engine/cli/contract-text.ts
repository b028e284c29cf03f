// The game of a supply contract as tables for people.
import type { Contract, ContractOutcome } from '../../operators/replenish/supply-contract.js';
import type { Game, Nash, Played } from '../contract/game.js';
import { table } from './terminal.js';

type Told = Game & { readonly sku: string | null; readonly location: string | null };

const KINDS: Readonly<Record<Contract['kind'], string>> = {
  wholesale: 'wholesale',
  buyBack: 'buy-back',
  revenueSharing: 'revenue sharing',
  quantityFlexibility: 'quantity flexibility',
};

export function contractText(told: Told): string {
  const parts = [head(told), contracts(told)];
  if (told.nash !== null) parts.push(nash(told.nash));
  return [...parts, LEGEND].join('\n\n');
}

const LEGEND = `quantity: the retailer's best reply. of the most: what both earn, of what they could together.
leader: the supplier's best wholesale price, knowing the reply (Stackelberg). coordinating: terms of
that kind at which the retailer orders what is best for both.`;

function head({ sku, location, demand, chain, optimum }: Told): string {
  const { price, unitCost, salvage, goodwill } = chain;
  const beside = [
    salvage > 0 ? `, a unit left ${show(salvage)}` : '',
    goodwill > 0 ? `, a unit short costs ${show(goodwill)} more` : '',
  ];
  const rows = [
    ...(sku === null ? [] : [['SKU', `${sku} at ${location}`]]),
    ['demand', `mean ${show(demand.mean)}, standard deviation ${show(demand.sd)}`],
    ['a unit', `sold for ${show(price)}, made for ${show(unitCost)}${beside.join('')}`],
    ['best for both', `${show(optimum.quantity)} units, profit ${show(optimum.profit)}`],
  ];
  return table(['', ''], rows).trimStart();
}

function contracts({ stackelberg, contracts: all }: Game): string {
  const leader = { kind: 'wholesale', wholesalePrice: stackelberg.wholesalePrice } as const;
  const rows = [
    ...all.filter(({ origin }) => origin === 'given').map(rowOf),
    outcomeRow(leader, 'leader', stackelberg),
    ...all.filter(({ origin }) => origin === 'coordinating').map(rowOf),
  ];
  const columns = ['contract', 'terms', 'by', 'quantity', 'retailer', 'supplier', 'of the most'];
  return table(columns, rows);
}

function rowOf(played: Played): (string | number)[] {
  return outcomeRow(played.contract, played.origin, played);
}

function outcomeRow(contract: Contract, by: string, outcome: ContractOutcome): (string | number)[] {
  const { quantity, retailerProfit, supplierProfit, efficiency } = outcome;
  return [
    KINDS[contract.kind],
    termsText(contract),
    by,
    show(quantity),
    show(retailerProfit),
    show(supplierProfit),
    Number.isNaN(efficiency) ? '-' : `${(100 * efficiency).toFixed(1)} %`,
  ];
}

function termsText(contract: Contract): string {
  const price = `${show(contract.wholesalePrice)} a unit`;
  switch (contract.kind) {
    case 'wholesale':
      return price;
    case 'buyBack':
      return `${price}, ${show(contract.buyBackPrice)} back`;
    case 'revenueSharing':
      return `${price}, retailer keeps ${percent(contract.retailerShare)}`;
    case 'quantityFlexibility':
      return `${price}, ${percent(contract.flexibility)} may go back`;
    default:
      return contract satisfies never;
  }
}

function nash({ prices, quantities, equilibria, isDegenerate }: Nash): string {
  const rows = equilibria.map(({ row, column, rowPayoff, columnPayoff }) => [
    mixture(prices, row),
    mixture(quantities, column),
    show(columnPayoff),
    show(rowPayoff),
  ]);
  const columns = ['Nash: wholesale price', 'quantity', 'retailer', 'supplier'];
  const more = isDegenerate ? '\nthere may be more: some replies are equally good' : '';
  return `${table(columns, rows)}${more}`;
}

function mixture(choices: readonly number[], probabilities: readonly number[]): string {
  const taken = choices.flatMap((choice, i) => {
    const p = probabilities[i] as number;
    return p > 0 ? [p > 1 - 1e-9 ? show(choice) : `${show(choice)} with ${percent(p)}`] : [];
  });
  return taken.join(', ');
}

function percent(share: number): string {
  return `${show(100 * share)} %`;
}

/** Six digits that count. */
function show(value: number): number {
  return Number(value.toPrecision(6));
}
