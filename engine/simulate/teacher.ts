// The teacher: a core that sees all demand and no stock; what it forecasts, other policies order by.
import type { Settings } from '../../config/settings.js';
import { expectedOver } from '../../operators/replenish/lead-time-demand.js';
import { orderQuantityOf } from '../../operators/replenish/order-lots.js';
import { leadTimeDemandSd } from '../../operators/replenish/safety-stock.js';
import { Feed, type Learned } from './feed.js';
import type { Player } from './play.js';
import type { RecordedDemand } from './recorded-demand.js';
import type { LeadTimeDays } from './stock.js';

/** Normal-theory outlook of each series as of the last closed bucket. NaN: cold. */
export interface Outlook {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Lot by expected demand, as the engine has it. */
  readonly lot: Float64Array;
  /** Series whose bucket has just closed. */
  readonly closed: readonly number[];
}

export class Teacher implements Player, Outlook {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly lot: Float64Array;
  closed: number[] = [];
  private readonly feed: Feed;
  private readonly seriesOf: number[] = [];
  private readonly isSaid: Uint8Array;
  private readonly path: Float64Array;

  constructor(
    demand: RecordedDemand,
    settings: Settings,
    private readonly leadTime: LeadTimeDays,
  ) {
    this.feed = new Feed(demand, settings);
    const count = demand.series.length;
    this.mean = new Float64Array(count).fill(Number.NaN);
    this.sd = new Float64Array(count).fill(Number.NaN);
    this.lot = new Float64Array(count).fill(Number.NaN);
    this.isSaid = new Uint8Array(count);
    const buckets = leadTime.mean / this.feed.core.forecast.bucketDays;
    this.path = new Float64Array(Math.max(1, Math.ceil(buckets)));
  }

  /** What was learned so far: engines that are measured begin with it. */
  learned(): Learned {
    return this.feed.learned();
  }

  advance(): void {
    // It has no stock that anything could arrive for.
  }

  tick(atMs: number): void {
    this.closed = this.feed.tick(atMs).buckets.map(({ row }) => this.seriesOf[row] as number);
    for (const s of this.closed) this.look(s);
  }

  demand(s: number, atMs: number, units: number): void {
    if (this.isSaid[s] === 0) this.say(s, atMs);
    this.feed.placed(s, atMs, units);
  }

  private say(s: number, atMs: number): void {
    this.isSaid[s] = 1;
    this.feed.item(s, atMs, {
      leadTime: { meanDays: this.leadTime.mean, sdDays: this.leadTime.sd },
      serviceLevel: { cycle: 0.95 },
      policy: { kind: 'none' },
    });
    this.seriesOf[this.feed.row(s)] = s;
  }

  private look(s: number): void {
    const { forecast, catalog } = this.feed.core;
    const row = this.feed.row(s);
    if (!forecast.predict(row, this.path.length, this.path)) return;
    const buckets = this.leadTime.mean / forecast.bucketDays;
    const expected = this.path.reduce((sum, units) => sum + units, 0) / this.path.length;
    this.mean[s] = expectedOver(this.path, buckets);
    this.sd[s] = leadTimeDemandSd({
      demandMean: expected,
      demandSd: forecast.errorSd(row),
      leadTimeMean: buckets,
      leadTimeSd: this.leadTime.sd / forecast.bucketDays,
    });
    this.lot[s] = orderQuantityOf(catalog.of(row), {
      perDay: expected / forecast.bucketDays,
      path: [],
      bucketDays: 1,
    });
  }
}
