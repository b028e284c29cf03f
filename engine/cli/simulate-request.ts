// What `stockpulse simulate` was asked, from the text of its options.
import { loadSettings, type Settings } from '../../config/settings.js';
import type { EngineSetting } from '../simulate/experiment.js';
import type { Service } from '../simulate/level-player.js';
import { COMPARED, ENGINE_KINDS, type EngineKind, type Policy } from '../simulate/policies.js';
import type { SimulatedBucket } from '../simulate/recorded-demand.js';
import type { SimulateOptions } from '../simulate/simulate.js';
import { UsageError } from './exit.js';

export interface Options {
  readonly policy: readonly string[];
  readonly service: string;
  readonly by: Service['kind'];
  readonly safetyDays: string;
  readonly leadTime?: string;
  readonly reviewDays?: string;
  readonly coverDays?: string;
  readonly orderingCost?: string;
  readonly holdingRate?: string;
  readonly shortageRate: string;
  readonly learn: string;
  readonly warmUp: string;
  readonly lostSales?: boolean;
  readonly series?: string;
  readonly seed: string;
  readonly bucket: SimulatedBucket;
  readonly gaps: 'zero' | 'missing';
  readonly skipBad?: boolean;
  readonly tune?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

export const POLICIES = ['engine', ...ENGINE_KINDS, ...COMPARED] as const;
type Asked = Omit<SimulateOptions, 'demand' | 'watch' | 'settings'>;

export function askedOf(options: Options, settings: Settings): Asked {
  const { orderingCost, holdingRate } = settings.replenish;
  return {
    policies: policiesOf(options.policy, settings),
    services: list('--service', options.service, ABOVE_0_BELOW_1).map((level) => ({
      ...{ kind: options.by, level },
    })),
    safetyDays: list('--safety-days', options.safetyDays, NOT_NEGATIVE),
    learnShare: number('--learn', options.learn, ABOVE_0_BELOW_1),
    warmUpDays: whole('--warm-up', options.warmUp),
    isLost: options.lostSales ?? false,
    seed: options.seed,
    prices: {
      ...{ orderingCost, holdingRate },
      shortageRate: number('--shortage-rate', options.shortageRate, NOT_NEGATIVE),
    },
  };
}

export function settingsOf(options: Options): Settings {
  const given: [string, string | undefined][] = [
    ['replenish.reviewDays', options.reviewDays],
    ['replenish.coverDays', options.coverDays],
    ['replenish.orderingCost', options.orderingCost],
    ['replenish.holdingRate', options.holdingRate],
  ];
  if (options.leadTime !== undefined) {
    const [mean, sd = '0', more] = options.leadTime.split(',');
    if (more !== undefined) throw new UsageError('--lead-time must be MEAN or MEAN,SD, in days');
    given.push(['replenish.leadTimeDays', mean], ['replenish.leadTimeSdDays', sd]);
  }
  const overrides = Object.fromEntries(
    [...given, ['demand.bucket', options.bucket]].filter(([, value]) => value !== undefined),
  );
  return loadSettings({ file: options.config, env: process.env, overrides });
}

/** All that there are, where none is named: the engine's and those to compare it with. */
function policiesOf(names: readonly string[], settings: Settings): Policy[] {
  const wrong = names.find((name) => !(POLICIES as readonly string[]).includes(name));
  if (wrong !== undefined) {
    const known = POLICIES.join(', ');
    throw new UsageError(`--policy must be one of ${known}, got ${JSON.stringify(wrong)}`);
  }
  const named = names.length === 0 ? ['engine', ...COMPARED] : names;
  const all = named.map((name) => (name === 'engine' ? engineKind(settings) : name));
  return [...new Set(all)] as Policy[];
}

function engineKind({ replenish: { policy } }: Settings): EngineKind {
  const kind = ENGINE_KINDS.find((one) => one === policy);
  if (kind !== undefined) return kind;
  throw new UsageError(`replenish.policy is ${policy}, which orders nothing: name a --policy`);
}

export function usualOf(settings: Settings, kind: Service['kind']): EngineSetting {
  const { serviceLevel: level } = settings.replenish;
  return { policy: engineKind(settings), service: { kind, level } };
}

interface Range {
  readonly text: string;
  holds(value: number): boolean;
}

const ABOVE_0_BELOW_1: Range = {
  text: 'above 0, below 1',
  holds: (value) => value > 0 && value < 1,
};
const NOT_NEGATIVE: Range = { text: '>= 0', holds: (value) => value >= 0 && value < Infinity };

function number(option: string, text: string, range: Range): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (range.holds(value)) return value;
  throw new UsageError(`${option} must be a number ${range.text}, got ${JSON.stringify(text)}`);
}

function list(option: string, text: string, range: Range): number[] {
  const values = text.split(',').map((part) => number(option, part.trim(), range));
  return [...new Set(values)].sort((a, b) => a - b);
}

export function whole(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new UsageError(`${option} must be a whole number >= 1, got ${JSON.stringify(text)}`);
}
