// Tuning: per class of demand, the engine's setting that cost least on one part of the time.
import { DEMAND_PATTERNS, type DemandPattern } from '../../operators/demand/pattern.js';
import { byPattern, classesOf } from './classes.js';
import { type Counted, Counter } from './counter.js';
import { type EngineSetting, Experiment } from './experiment.js';
import type { Service } from './level-player.js';
import { ENGINE_KINDS } from './policies.js';
import type { SimulateOptions } from './simulate.js';
import { borderAt } from './span.js';
import type { Stock } from './stock.js';

type Chosen = Readonly<Record<DemandPattern, EngineSetting>>;

/** A setting that was tried, and what it cost the series of each class. */
interface Trial {
  readonly setting: EngineSetting;
  readonly costs: Readonly<Record<DemandPattern, number>>;
}

export interface Tuning {
  readonly tunedUntil: string;
  readonly trials: readonly Trial[];
  readonly chosen: Chosen;
  /** The rest of the time: as chosen, and as the settings have it for all classes. */
  readonly report: {
    readonly tuned: Counted;
    readonly untuned: Counted;
  };
}

export interface TuneOptions extends SimulateOptions {
  /** Cycle levels or fill rates that are tried. */
  readonly levels: readonly Service[];
  readonly usual: EngineSetting;
}

/** Review periods of RS and RsS that are tried, in days. */
const REVIEW_DAYS = [3, 7, 14] as const;

/**
 * One after the other, each from the best so far: the service level, then the kind of policy, and
 * under periodic review its period. Forecasts of the last part have learned from all that is before it.
 */
export async function tune(options: TuneOptions): Promise<Tuning> {
  const { demand, learnShare } = options;
  const learnedMs = borderAt(demand, learnShare);
  const tunedMs = borderAt(demand, (1 + learnShare) / 2);
  const experiment = new Experiment(options);
  const tuning = new Search(experiment, options, { fromMs: learnedMs, toMs: tunedMs });
  const { chosen, trials } = await tuning.best();
  const rest = { fromMs: tunedMs, toMs: demand.toMs };
  const learned = await experiment.teach(tunedMs);
  const measured = experiment.measured(rest);
  const { pattern } = classesOf(demand, measured);
  const counter = new Counter(demand, measured, options.prices);
  const run = async (settingOf: (s: number) => EngineSetting) =>
    counter.count(await experiment.engine(rest, learned, settingOf));
  return {
    tunedUntil: new Date(tunedMs).toISOString().slice(0, 10),
    ...{ trials, chosen },
    report: {
      tuned: await run((s) => chosen[pattern[s] as DemandPattern]),
      untuned: await run(() => options.usual),
    },
  };
}

class Search {
  private readonly trials: Trial[] = [];

  constructor(
    private readonly experiment: Experiment,
    private readonly options: TuneOptions,
    private readonly span: { readonly fromMs: number; readonly toMs: number },
  ) {}

  async best(): Promise<{ chosen: Chosen; trials: readonly Trial[] }> {
    const { usual, levels, demand, prices } = this.options;
    const learned = await this.experiment.teach(this.span.fromMs);
    const measured = this.experiment.measured(this.span);
    const counter = new Counter(demand, measured, prices);
    const { pattern } = classesOf(demand, measured);
    const attempt = async (chosen: Chosen): Promise<void> => {
      const stock = await this.experiment.engine(
        this.span,
        learned,
        (s) => chosen[pattern[s] as DemandPattern],
      );
      this.note(chosen, stock, counter);
    };
    for (const service of levels) await attempt(all({ ...usual, service }));
    const levelled = this.cheapest();
    for (const policy of ENGINE_KINDS) {
      if (policy === usual.policy) continue;
      const reviews = policy.startsWith('R') ? REVIEW_DAYS : [undefined];
      for (const days of reviews) {
        const review = days === undefined ? {} : { reviewDays: days };
        await attempt(byPattern((of) => ({ ...levelled[of], policy, ...review })));
      }
    }
    return { chosen: this.cheapest(), trials: this.trials };
  }

  /** Classes do not touch each other, so one run tries a setting for each of them. */
  private note(chosen: Chosen, stock: Stock, counter: Counter): void {
    const { classes } = counter.count(stock);
    for (const setting of new Set(DEMAND_PATTERNS.map((of) => chosen[of]))) {
      const costs = byPattern((of) => (chosen[of] === setting ? classes[of].cost : Number.NaN));
      this.trials.push({ setting, costs });
    }
  }

  private cheapest(): Chosen {
    return byPattern((of) => {
      const tried = this.trials.filter(({ costs }) => !Number.isNaN(costs[of]));
      return tried.reduce((a, b) => (b.costs[of] < a.costs[of] ? b : a)).setting;
    });
  }
}

function all(setting: EngineSetting): Chosen {
  return byPattern(() => setting);
}
