// `stockpulse contract`: what supplier and retailer earn under each kind of contract.
import type { Command } from 'commander';
import type { DemandDistribution } from '../../operators/stats/demand-distribution.js';
import { demandOf } from '../../operators/stats/demand-of.js';
import { gameOf, type Terms } from '../contract/game.js';
import { seasonDemand } from '../contract/season-demand.js';
import type { Core } from '../core.js';
import { findRow } from '../explain/find-row.js';
import { contractText } from './contract-text.js';
import { UsageError } from './exit.js';
import {
  addStateOptions,
  checkStateOptions,
  knownState,
  type StateOptions,
} from './known-state.js';
import { settingsFor } from './load-settings.js';
import { numberOption } from './number-option.js';
import { Terminal } from './terminal.js';

interface Options extends StateOptions {
  readonly mean?: number;
  readonly sd?: number;
  readonly whole?: boolean;
  readonly days?: number;
  readonly price?: number;
  readonly cost?: number;
  readonly wholesale?: number;
  readonly salvage: number;
  readonly goodwill: number;
  readonly buyBack?: number;
  readonly share: number;
  readonly shareWholesale?: number;
  readonly flexibility: number;
  readonly prices?: number[];
  readonly quantities?: number[];
  readonly config?: string;
  readonly json?: boolean;
}

const DAYS = 28;
const MOST_DAYS = 400;

const HELP = `
Demand of one season: --mean and --sd, or SKU and LOCATION: then it is the forecast of the next --days
days, of the newest snapshot or of --replay; price and wholesale price are the catalog's if not given.
Told are the chain's optimum, the supplier's best wholesale price with the retailer's reply to it
(Stackelberg), each contract as it is given, and the terms of each kind that coordinate.
--prices and --quantities: the Nash equilibria where both choose at once.
  stockpulse contract --mean 100 --sd 30 --price 10 --cost 4 --wholesale 7
  stockpulse contract MUG-RED berlin --cost 1.2 --days 14 --replay march.ndjson`;

export function registerContract(program: Command): void {
  const command = program
    .command('contract')
    .description(
      'contracts with a supplier: what both sides reply and earn, and what coordinates them',
    )
    .argument('[sku]')
    .argument('[location]');
  money(command, 'mean <units>', 'mean demand of the season');
  money(command, 'sd <units>', 'its standard deviation');
  command.option('--whole', 'with --mean: demand comes in whole units');
  money(command, 'days <days>', `length of the season of a SKU (default: ${DAYS})`);
  money(command, 'price <money>', 'what a customer pays for a unit');
  money(command, 'cost <money>', 'what a unit costs the supplier');
  money(command, 'wholesale <money>', 'what the retailer pays for a unit');
  money(command, 'salvage <money>', 'what a unit left is worth', 0);
  money(command, 'goodwill <money>', 'what a unit short costs beside its margin', 0);
  money(command, 'buy-back <money>', 'a buy-back contract: paid back for a unit left');
  money(command, 'share <share>', 'revenue sharing: what the retailer keeps', 0.5);
  money(command, 'share-wholesale <money>', 'wholesale price beside --share');
  money(command, 'flexibility <share>', 'share of an order that may be given back', 0.2);
  command.option('--prices <list>', 'wholesale prices to choose from, by commas', list('prices'));
  command.option('--quantities <list>', 'quantities to choose from', list('quantities'));
  addStateOptions(command)
    .option('--config <file>', 'settings (YAML)')
    .option('--json', 'for machines: one JSON object')
    .addHelpText('after', HELP)
    .action(run);
}

function money(command: Command, flags: string, description: string, standard?: number): void {
  const name = flags.split(' ', 1)[0] as string;
  command.option(`--${flags}`, description, numberOption(name), standard);
}

function list(name: string): (text: string) => number[] {
  return (text) => text.split(',').map(numberOption(name));
}

async function run(
  sku: string | undefined,
  location: string | undefined,
  options: Options,
): Promise<void> {
  const terminal = new Terminal({ json: options.json });
  checkStateOptions(options);
  const known = sku === undefined ? null : await ofSku(terminal, sku, location, options);
  const demand = known?.demand ?? givenDemand(options);
  const chain = {
    demand,
    price: needed('price', options.price ?? known?.price),
    unitCost: needed('cost', options.cost),
    salvage: options.salvage,
    goodwill: options.goodwill,
  };
  const wholesale = needed('wholesale', options.wholesale ?? known?.wholesale);
  const game = inOptions(() => gameOf(chain, termsOf(wholesale, options)));
  const told = { sku: sku ?? null, location: location ?? null, ...game };
  terminal.result(told, contractText(told));
}

function termsOf(wholesalePrice: number, options: Options): Terms {
  const { prices, quantities } = options;
  if ((prices === undefined) !== (quantities === undefined)) {
    throw new UsageError('--prices and --quantities go together: both choose at once');
  }
  return {
    wholesalePrice,
    buyBackPrice: options.buyBack ?? null,
    retailerShare: options.share,
    sharedWholesalePrice: options.shareWholesale ?? null,
    flexibility: options.flexibility,
    sets: prices === undefined || quantities === undefined ? null : { prices, quantities },
  };
}

function givenDemand({ mean, sd, whole, replay, snapshot, days }: Options): DemandDistribution {
  if (replay !== undefined || snapshot !== undefined || days !== undefined) {
    throw new UsageError('--replay, --snapshot and --days need SKU and LOCATION');
  }
  if (mean === undefined || sd === undefined) {
    throw new UsageError('demand is needed: --mean and --sd, or SKU and LOCATION');
  }
  if (!(mean > 0)) throw new UsageError(`--mean must be > 0, got ${mean}`);
  if (!(sd >= 0)) throw new UsageError(`--sd must be >= 0, got ${sd}`);
  return demandOf({ mean, variance: sd ** 2, isWhole: whole ?? false });
}

async function ofSku(
  terminal: Terminal,
  sku: string,
  location: string | undefined,
  options: Options,
) {
  const { mean, sd, whole, days = DAYS } = options;
  if (location === undefined) throw new UsageError(`SKU ${sku} needs a LOCATION`);
  if (mean !== undefined || sd !== undefined || whole !== undefined) {
    throw new UsageError('--mean, --sd and --whole are of a demand without SKU: give one of both');
  }
  if (!(days > 0 && days <= MOST_DAYS)) {
    throw new UsageError(`--days must be above 0 and at most ${MOST_DAYS}, got ${days}`);
  }
  const settings = settingsFor(options, (text) => terminal.warn(text));
  const { core } = await knownState(terminal, settings, options);
  const row = findRow(core.table, sku, location);
  if (typeof row !== 'number') throw new UsageError(row.reason);
  const demand = seasonDemand(core, row, days);
  if (demand === null) throw new UsageError(`SKU ${sku} at ${location} has no forecast yet`);
  return { demand, ...pricesOf(core, row) };
}

/** What the retailer takes and pays, as far as the catalog says. */
function pricesOf({ catalog }: Core, row: number): { price?: number; wholesale?: number } {
  const { unitCost, unitPrice } = catalog.of(row);
  return {
    ...(Number.isNaN(unitPrice) ? {} : { price: unitPrice }),
    ...(Number.isNaN(unitCost) ? {} : { wholesale: unitCost }),
  };
}

function needed(name: string, value: number | undefined): number {
  if (value !== undefined) return value;
  const where = name === 'cost' ? '' : ', unless the catalog tells it for a SKU';
  throw new UsageError(`--${name} is needed${where}`);
}

/** Names of terms, and of the options that give them. */
const OPTION_OF: Readonly<Record<string, string>> = {
  unitCost: '--cost',
  price: '--price',
  salvage: '--salvage',
  goodwill: '--goodwill',
  wholesalePrice: '--wholesale',
  buyBackPrice: '--buy-back',
  retailerShare: '--share',
  flexibility: '--flexibility',
  rows: 'the count of --prices',
  columns: 'the count of --quantities',
};

function inOptions<Result>(make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const text = error.message.replace(/[A-Za-z]+/g, (word) => OPTION_OF[word] ?? word);
    throw new UsageError(text);
  }
}
