// An experiment: one recorded demand, and runs of it that differ in the policy alone.
import type { Settings } from '../../config/settings.js';
import { orderQuantityOf } from '../../operators/replenish/order-lots.js';
import { toTerms } from '../../operators/replenish/terms.js';
import { EnginePlayer } from './engine-player.js';
import { type Learned, type SeriesTerms, simulationSettings } from './feed.js';
import type { Service } from './level-player.js';
import {
  averagesBefore,
  LevelPlayer,
  type Levels,
  minMaxLevels,
  normalLevels,
} from './level-player.js';
import { play, type Span, type Watch } from './play.js';
import type { EngineKind, Setting } from './policies.js';
import type { RecordedDemand } from './recorded-demand.js';
import { type Measured, measuredFrom } from './span.js';
import { type LeadTimeDays, Stock } from './stock.js';
import { Teacher } from './teacher.js';

export interface ExperimentOptions {
  readonly demand: RecordedDemand;
  readonly settings: Settings;
  readonly isLost: boolean;
  readonly seed: string;
  /** Days on sale before a series is measured. */
  readonly warmUpDays: number;
  readonly watch: Watch;
}

/** What the engine is told of a series. */
export interface EngineSetting {
  readonly policy: EngineKind;
  readonly service: Service;
  /** Of RS; absent: as the settings have it. */
  readonly reviewDays?: number;
}

export class Experiment {
  readonly leadTime: LeadTimeDays;
  private readonly settings: Settings;
  private readonly teacher: Teacher;
  private taughtMs: number;

  constructor(private readonly options: ExperimentOptions) {
    const { leadTimeDays, leadTimeSdDays } = options.settings.replenish;
    this.leadTime = { mean: leadTimeDays, sd: leadTimeSdDays };
    this.settings = simulationSettings(options.settings);
    this.teacher = new Teacher(options.demand, this.settings, this.leadTime);
    this.taughtMs = options.demand.fromMs;
  }

  /** Forecasts learn up to `borderMs`, without any stock; what they know then. */
  async teach(borderMs: number): Promise<Learned> {
    await this.play({ fromMs: this.taughtMs, toMs: borderMs }, [this.teacher]);
    this.taughtMs = borderMs;
    return this.teacher.learned();
  }

  measured({ fromMs, toMs }: Span): Measured {
    const { demand, warmUpDays } = this.options;
    return measuredFrom(demand, { borderMs: fromMs, toMs, warmUpDays });
  }

  /** Other policies over a span at whose start teaching stands: at its end it stands there. */
  async compare(span: Span, settings: readonly Setting[]): Promise<Stock[]> {
    const measured = this.measured(span);
    const players = settings.map(
      (setting) =>
        new LevelPlayer(this.stock(), this.levels(setting, measured), measured, this.teacher),
    );
    await this.play(span, [this.teacher, ...players]);
    this.taughtMs = span.toMs;
    return players.map(({ stock }) => stock);
  }

  /** The engine over a span, from what was learned before it. */
  async engine(
    span: Span,
    learned: Learned,
    settingOf: (s: number) => EngineSetting,
  ): Promise<Stock> {
    const { demand, isLost } = this.options;
    const { settings } = this;
    const stock = this.stock();
    const termsOf = (s: number): SeriesTerms => this.terms(settingOf(s));
    const measured = this.measured(span);
    const parts = { demand, settings, learned, measured, stock, isLost, termsOf };
    await this.play(span, [new EnginePlayer(parts)]);
    demand.series.forEach((_, s) => {
      const { kind, reviewDays } = termsOf(s).policy;
      if (kind.startsWith('R')) stock.countReviews(s, reviewDays as number);
    });
    return stock;
  }

  private async play(span: Span, players: Parameters<typeof play>[2]): Promise<void> {
    await play(this.options.demand, span, players, this.options.watch);
    for (const player of players) if ('stock' in player) (player.stock as Stock).end(span.toMs);
  }

  private stock(): Stock {
    const { demand, seed, isLost } = this.options;
    return new Stock(demand.series, { leadTime: this.leadTime, seed, isLost });
  }

  private terms({ policy, service, reviewDays }: EngineSetting): SeriesTerms {
    const { kind, level } = service;
    return {
      leadTime: { meanDays: this.leadTime.mean, sdDays: this.leadTime.sd },
      serviceLevel: kind === 'cycle' ? { cycle: level } : { fill: level },
      policy: { kind: policy, reviewDays: reviewDays ?? this.settings.replenish.reviewDays },
    };
  }

  private levels(setting: Setting, measured: Measured): Levels {
    if (setting.policy !== 'min-max') return normalLevels(this.teacher, setting.service);
    const { demand } = this.options;
    const perDay = averagesBefore(demand, measured);
    const { serviceByClass: _, ...replenish } = this.settings.replenish;
    const defaults = toTerms(undefined, replenish);
    const lots = perDay.map((units, s) => {
      const price = demand.series[s]?.price as number;
      const terms = price > 0 ? { ...defaults, unitCost: price } : defaults;
      return orderQuantityOf(terms, { perDay: units, path: [], bucketDays: 1 });
    });
    const days = { leadTime: this.leadTime.mean, safety: setting.safetyDays };
    return minMaxLevels(perDay, days, lots);
  }
}
