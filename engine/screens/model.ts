// What the screens see of the engine: the core's columns as figures, rows and charts.
import type {
  FeedItem,
  Overview,
  PartStatus,
  PositionRow,
  ScreenModel,
  SkuExpert,
  SkuForecastBucket,
  SkuView,
} from '../../dashboards/protocol.js';
import { nextBucketStart } from '../../operators/demand/calendar.js';
import { WINDOWS } from '../../operators/demand/windows.js';
import { LEVELS } from '../../operators/forecast/accuracy.js';
import type { Core } from '../core.js';
import { expertsOf } from '../explain/explanation.js';
import type { Traffic } from '../traffic.js';
import type { BucketRing } from './bucket-ring.js';
import type { Feed } from './feed.js';

/** Experts of a SKU that are shown, at most; and the least weight of one. */
const EXPERTS = 3;
const LEAST_WEIGHT = 0.005;

export interface ScreenParts {
  readonly core: Core;
  readonly traffic: Traffic;
  readonly feed: Feed;
  readonly buckets: BucketRing;
  readonly provenance: string;
  parts(): readonly PartStatus[];
}

export class EngineScreens implements ScreenModel {
  constructor(private readonly parts: ScreenParts) {}

  overview(): Overview {
    const { core, traffic } = this.parts;
    const { counts } = core.outbox;
    const { demandedUnits, filledUnits } = core.ledger.orders;
    const streamTimeMs = core.clock.streamTimeMs;
    let criticalAlerts = 0;
    for (const [, alert] of core.alerts.all()) if (alert.severity === 'critical') criticalAlerts++;
    return {
      streamTimeMs: Number.isFinite(streamTimeMs) ? streamTimeMs : null,
      eventsTotal: counts.applied + counts.duplicate + counts.refused,
      eventsPerSecond: traffic.eventsPerSecond(),
      latencyP50Ms: traffic.latencyMs(0.5),
      latencyP99Ms: traffic.latencyMs(0.99),
      lagEvents: traffic.lagEvents,
      lagSeconds: traffic.lagSeconds(),
      refusedTotal: counts.refused + counts.late,
      skuLocations: core.table.rows,
      openSignals: core.replenish.open.size,
      signalsTotal: counts.signals,
      openAlerts: core.alerts.openCount,
      criticalAlerts,
      fillRate: demandedUnits > 0 ? filledUnits / demandedUnits : null,
      coverage: LEVELS.map((level, i) => ({
        level,
        share: core.forecast.overall.coverage(i),
        recent: core.forecast.overall.recentCoverage(i),
      })),
      wape: core.forecast.overall.wape(),
      parts: this.parts.parts(),
      provenance: this.parts.provenance,
    };
  }

  atRisk(limit: number): readonly PositionRow[] {
    const { table } = this.parts.core;
    const worst: { row: number; risk: number }[] = [];
    for (let row = 0; row < table.rows; row++) {
      const risk = this.#risk(row);
      if (risk > 0) worst.push({ row, risk });
    }
    worst.sort((a, b) => b.risk - a.risk || a.row - b.row);
    return worst.slice(0, limit).map(({ row }) => this.#position(row));
  }

  sku(sku: string, location: string): SkuView | null {
    const { core, buckets } = this.parts;
    const row = core.table.findRow(core.table.skus.find(sku), core.table.locations.find(location));
    if (row < 0) return null;
    const nowMs = core.clock.streamTimeMs;
    const wape = core.forecast.accuracy.wape(row);
    const windows = WINDOWS.map(({ name }) => [name, core.demand.windows.sum(row, name, nowMs)]);
    return {
      position: this.#position(row),
      bucket: core.settings.demand.bucket,
      timeZone: this.#zoneOf(location),
      history: buckets.of(row).map((bucket) => ({
        ...bucket,
        forecast: known(bucket.forecast),
        lower80: known(bucket.lower80),
        upper80: known(bucket.upper80),
      })),
      forecast: this.#forecast(row),
      windows: Object.fromEntries(windows) as SkuView['windows'],
      carts: this.#carts(row),
      experts: heaviest(core, row),
      wape: known(wape),
    };
  }

  search(text: string, limit: number): readonly PositionRow[] {
    const { table, catalog } = this.parts.core;
    const wanted = text.toLowerCase();
    const found: PositionRow[] = [];
    for (let row = 0; row < table.rows && found.length < limit; row++) {
      const isFound =
        table.sku(row).toLowerCase().includes(wanted) ||
        catalog.of(row).name.toLowerCase().includes(wanted);
      if (isFound) found.push(this.#position(row));
    }
    return found;
  }

  feed(after: number, limit: number): readonly FeedItem[] {
    return this.parts.feed.after(after, limit);
  }

  /**
   * How near a stockout is: 0 none; below 1 lead times that are not covered; above 1 it is out.
   * Rows without known stock or expected demand, and discontinued SKUs, are at no risk.
   */
  #risk(row: number): number {
    const { core } = this.parts;
    const perDay = core.replenish.demandPerDay(row);
    const terms = core.catalog.of(row);
    if (!core.ledger.positions.isTold(row) || !(perDay > 0) || terms.isDiscontinued) return 0;
    const available = core.ledger.positions.available(row);
    // Of two that are out, the one that sells more comes first.
    if (available <= 0) return 2 - 1 / (1 + perDay);
    const cover = available / perDay;
    return Math.max(0, 1 - cover / Math.max(terms.leadTimeDays, 1));
  }

  #position(row: number): PositionRow {
    const { core } = this.parts;
    const plan = core.replenish.plan(row, core.clock.streamTimeMs);
    const terms = core.catalog.of(row);
    const location = core.table.location(row);
    return {
      sku: core.table.sku(row),
      location,
      locationName: core.settings.locations[location]?.name ?? location,
      name: terms.name,
      ...core.ledger.positions.read(row),
      reorderPoint: plan?.levels.reorderPoint ?? null,
      orderUpToLevel: plan?.levels.orderUpToLevel ?? null,
      demandPerDay: known(core.replenish.demandPerDay(row)),
      daysOfCover: known(core.stockAlerts.daysOfCover(row)),
      leadTimeDays: terms.leadTimeDays,
      openSignal: core.replenish.open.get(row) !== undefined,
      alerts: core.alerts.of(row).map((alert) => alert.kind),
    };
  }

  #forecast(row: number): SkuForecastBucket[] {
    const { core } = this.parts;
    const horizon = Math.min(core.settings.forecast.horizon, 28);
    const mean = new Float64Array(horizon);
    if (!core.forecast.predict(row, horizon, mean)) return [];
    const { buckets } = core.demand;
    const length = core.settings.demand.bucket;
    const zone = this.#zoneOf(core.table.location(row));
    let startMs = buckets.startMs(row, buckets.first(row));
    return Array.from(mean, (m, h) => {
      const target = { from: h + 1, to: h + 1 };
      const distribution = core.forecast.distribution(row, target, m);
      const bucket = {
        startMs,
        mean: m,
        lower80: distribution.quantile(0.1),
        upper80: distribution.quantile(0.9),
        lower95: distribution.quantile(0.025),
        upper95: distribution.quantile(0.975),
      };
      startMs = nextBucketStart(startMs, zone, length);
      return bucket;
    });
  }

  #carts(row: number): SkuView['carts'] {
    const { buckets } = this.parts.core.demand;
    // A look must not start the zone's buckets: a replay, which nobody looks at, would differ.
    if (!buckets.isStarted(row)) return { added: 0, removed: 0, abandoned: 0 };
    const nowMs = this.parts.core.clock.streamTimeMs;
    const running = buckets.bucketOf(row, nowMs, nowMs);
    return {
      added: buckets.read(row, running, 'cartAdds'),
      removed: buckets.read(row, running, 'cartRemovals'),
      abandoned: buckets.read(row, running, 'cartsAbandoned'),
    };
  }

  #zoneOf(location: string): string {
    const { settings } = this.parts.core;
    return settings.locations[location]?.timeZone ?? settings.time.zone;
  }
}

function heaviest(core: Core, row: number): SkuExpert[] {
  return expertsOf(core, row)
    .filter(({ weight }) => weight >= LEAST_WEIGHT)
    .slice(0, EXPERTS)
    .map(({ expert, name, weight }) => ({ expert, name, weight }));
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
