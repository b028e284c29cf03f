// The simulation: each policy over the same demand and lead times, and what it came to.
import type { SeriesClass } from './classes.js';
import { type Counted, Counter } from './counter.js';
import { fillRateAt } from './curve.js';
import { Experiment, type ExperimentOptions } from './experiment.js';
import type { Prices } from './figures.js';
import type { Service } from './level-player.js';
import {
  COMPARED,
  curveDays,
  curveServices,
  ENGINE_KINDS,
  type EngineKind,
  type Policy,
  type Setting,
} from './policies.js';
import { DAY_MS } from './recorded-demand.js';
import { borderAt } from './span.js';
import type { Stock } from './stock.js';

export interface SimulateOptions extends ExperimentOptions {
  readonly policies: readonly Policy[];
  readonly services: readonly Service[];
  readonly safetyDays: readonly number[];
  /** Share of the time that only teaches. */
  readonly learnShare: number;
  readonly prices: Prices;
}

/** One policy with one setting. */
export interface Run extends Counted {
  readonly setting: Setting;
  /** It was asked for; others make a curve. */
  readonly isAsked: boolean;
}

/** The engine beside others that hold as much stock, by value. Null: they never hold as much. */
export interface Comparison {
  readonly policy: EngineKind;
  readonly service: Service;
  readonly averageValue: number;
  readonly fillRate: number | null;
  readonly others: Readonly<Partial<Record<(typeof COMPARED)[number], number | null>>>;
}

export interface Simulation {
  readonly span: { readonly from: string; readonly measuredFrom: string; readonly to: string };
  readonly series: number;
  readonly lines: number;
  /** Series that are measured, in all and by class. */
  readonly measured: number;
  readonly measuredByClass: Readonly<Record<SeriesClass, number>>;
  readonly runs: readonly Run[];
  readonly atEqualStock: readonly Comparison[];
}

export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { demand, policies, learnShare } = options;
  const experiment = new Experiment(options);
  const span = { fromMs: borderAt(demand, learnShare), toMs: demand.toMs };
  const learned = await experiment.teach(span.fromMs);
  const measured = experiment.measured(span);
  const counter = new Counter(demand, measured, options.prices);
  const settings = comparedSettings(options);
  const stocks = settings.length > 0 ? await experiment.compare(span, settings) : [];
  const runs: Run[] = settings.map((setting, i) => ({
    ...{ setting, isAsked: isAsked(setting, options) },
    ...counter.count(stocks[i] as Stock),
  }));
  const engineRuns: Run[] = [];
  for (const policy of ENGINE_KINDS.filter((kind) => policies.includes(kind))) {
    for (const service of options.services) {
      const setting = { policy, service };
      const stock = await experiment.engine(span, learned, () => setting);
      engineRuns.push({ setting, isAsked: true, ...counter.count(stock) });
    }
  }
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return {
    span: {
      from: day(demand.fromMs),
      measuredFrom: day(span.fromMs),
      to: day(span.toMs - DAY_MS),
    },
    ...{ series: demand.series.length, lines: demand.lines.series.length },
    ...counter.sizes(),
    runs: [...engineRuns, ...runs],
    atEqualStock: engineRuns.map((run) => comparisonOf(run, runs)),
  };
}

function comparedSettings({ policies, services, safetyDays }: SimulateOptions): Setting[] {
  return COMPARED.filter((policy) => policies.includes(policy)).flatMap((policy): Setting[] =>
    policy === 'normal'
      ? curveServices(services).map((service) => ({ policy, service }))
      : curveDays(safetyDays).map((days) => ({ policy, safetyDays: days })),
  );
}

function isAsked(setting: Setting, { services, safetyDays }: SimulateOptions): boolean {
  if (setting.policy === 'min-max') return safetyDays.includes(setting.safetyDays);
  const { kind, level } = setting.service;
  return services.some((service) => service.kind === kind && service.level === level);
}

function comparisonOf({ setting, all }: Run, compared: readonly Run[]): Comparison {
  const { policy, service } = setting as { policy: EngineKind; service: Service };
  const { averageValue, fillRate } = all;
  const others = COMPARED.map((name): [string, number | null] | null => {
    const runs = compared.filter((run) => isLike(run.setting, name, service));
    const points = runs.map((run) => ({
      stock: run.all.averageValue,
      fillRate: run.all.fillRate ?? Number.NaN,
    }));
    return points.length === 0 ? null : [name, fillRateAt(points, averageValue)];
  }).filter((entry) => entry !== null);
  return { policy, service, averageValue, fillRate, others: Object.fromEntries(others) };
}

/** Of normal theory the curve for the same kind of service level. */
function isLike(setting: Setting, name: Policy, { kind }: Service): boolean {
  if (setting.policy !== name) return false;
  return setting.policy === 'min-max' || setting.service.kind === kind;
}
