// The other side of the screens' contract for tests: a ScreenModel over the sample shop.
import type {
  FeedItem,
  Overview,
  PartStatus,
  PositionRow,
  ScreenModel,
  SkuForecastBucket,
  SkuView,
} from '../../dashboards/protocol.js';
import { dayMs, SampleShop, type ShopEvent, type ShopItem, weekday } from './sample-shop.js';

const hourMs = 3_600_000;
const keptItems = 20_000;
/** Half the widths of intervals of 80 and 95 %, in standard deviations of a normal. */
const z80 = 1.2816;
const z95 = 1.96;

/** Units from which an order waits for a person. */
const LARGE = 250;

export class SampleModel implements ScreenModel {
  readonly shop: SampleShop;
  parts: PartStatus[] = [
    { name: 'nats', state: 'up', detail: 'connected' },
    { name: 'clickhouse', state: 'up', detail: 'connected' },
    { name: 'snapshots', state: 'up', detail: 'newest 12 s old' },
  ];
  overviewCalls = 0;
  readonly #feed: FeedItem[] = [];
  #feedNumber = 0;
  #rate = 0;

  constructor(seed = 7) {
    this.shop = new SampleShop(seed);
    this.advance(84, hourMs);
  }

  /** Lets `steps` times `stepMs` of the shop's time pass. */
  advance(steps: number, stepMs: number): void {
    const before = this.shop.eventsTotal;
    for (let step = 0; step < steps; step += 1) {
      for (const event of this.shop.step(stepMs)) this.#tell(event);
    }
    this.#rate = (this.shop.eventsTotal - before) * 2;
  }

  push(item: Omit<FeedItem, 'number'>): void {
    this.#feedNumber += 1;
    this.#feed.push({ ...item, number: this.#feedNumber });
    if (this.#feed.length > keptItems) this.#feed.shift();
  }

  overview(): Overview {
    this.overviewCalls += 1;
    const { shop } = this;
    const out = shop.items.filter((item) => item.onHand === 0).length;
    return {
      streamTimeMs: shop.nowMs,
      eventsTotal: shop.eventsTotal,
      eventsPerSecond: this.#rate,
      latencyP50Ms: 1.4,
      latencyP99Ms: 8.2,
      lagEvents: 0,
      lagSeconds: 0,
      refusedTotal: 3,
      skuLocations: shop.items.length,
      openSignals: shop.items.filter((item) => item.onOrder > 0).length,
      signalsTotal: this.#feedNumber,
      openAlerts: out + 4,
      criticalAlerts: out,
      fillRate: shop.demanded === 0 ? null : shop.filled / shop.demanded,
      coverage: [
        { level: 0.5, share: 0.503, recent: 0.511 },
        { level: 0.8, share: 0.786, recent: 0.802 },
        { level: 0.95, share: 0.948, recent: 0.951 },
        { level: 0.99, share: 0.988, recent: 0.991 },
      ],
      wape: 0.312,
      parts: this.parts,
      provenance:
        'Sample shop for tests: every order, stock figure and supplier here is simulated.',
    };
  }

  atRisk(limit: number): readonly PositionRow[] {
    return this.shop.items
      .map(toRow)
      .sort((a, b) => risk(a) - risk(b))
      .slice(0, limit);
  }

  search(text: string, limit: number): readonly PositionRow[] {
    const wanted = text.toLowerCase();
    return this.shop.items
      .filter((item) => item.sku.includes(wanted) || item.name.toLowerCase().includes(wanted))
      .map(toRow)
      .slice(0, limit);
  }

  feed(after: number, limit: number): readonly FeedItem[] {
    return this.#feed.filter((item) => item.number > after).slice(-limit);
  }

  sku(sku: string, location: string): SkuView | null {
    const item = this.shop.items.find((one) => one.sku === sku && one.location === location);
    if (item === undefined) return null;
    const today = Math.floor(this.shop.nowMs / dayMs) * dayMs;
    const forecast = Array.from({ length: 14 }, (_, ahead) => {
      const startMs = today + ahead * dayMs;
      return { startMs, ...interval(item.perDay * weekday(startMs + dayMs)) };
    });
    const last = (days: number) => item.days.slice(-days).reduce((sum, day) => sum + day.units, 0);
    return {
      position: toRow(item),
      bucket: 'day',
      timeZone: 'UTC',
      history: item.days.map(({ startMs, units, forecast: mean, onHandAtEnd }, index) => {
        const made = index < 7 ? null : interval(mean);
        return {
          startMs,
          units,
          forecast: made?.mean ?? null,
          lower80: made?.lower80 ?? null,
          upper80: made?.upper80 ?? null,
          onHandAtEnd,
        };
      }),
      forecast,
      windows: {
        '5m': 0,
        '1h': Math.round(item.perDay / 24),
        '24h': last(1),
        '7d': last(7),
        '28d': last(28),
      },
      carts: { ...item.carts },
      experts: [
        { expert: 'regression', name: 'prices and carts', weight: 0.613 },
        { expert: 'seasonal-mean', name: 'level and week', weight: 0.274 },
        { expert: 'holt-winters-additive', name: 'trend plus week', weight: 0.081 },
      ],
      wape: 0.28,
    };
  }

  #tell({ kind, item }: ShopEvent): void {
    const common = {
      timeMs: this.shop.nowMs,
      sku: item.sku,
      location: item.location,
      locationName: nameOf(item.location),
      name: item.name,
      record: null,
    };
    if (kind === 'reorder') {
      const title = `Reorder ${item.onOrder} units`;
      const detail = `inventory position at or below the reorder point of ${item.reorderPoint}`;
      const signal = { ...common, type: 'signal', kind, severity: 'info', title, detail } as const;
      if (item.onOrder < LARGE) this.push(signal);
      else {
        const waiting = `reorder/${item.location}/${item.sku}/${this.shop.nowMs}`;
        this.push({ ...signal, title: `To approve: order ${item.onOrder}`, waiting });
      }
    } else if (kind === 'received') {
      const detail = `stock received; ${item.onHand} on hand`;
      const title = 'Reorder closed';
      this.push({
        ...common,
        type: 'signal-closed',
        kind: 'reorder',
        severity: 'info',
        title,
        detail,
      });
    } else if (kind === 'stockout') {
      const detail = `${item.onOrder} on order, lead time ${item.leadTimeDays} days`;
      this.push({
        ...common,
        type: 'alert',
        kind,
        severity: 'critical',
        title: 'Out of stock',
        detail,
      });
    } else {
      const detail = 'more than twice the usual demand';
      const alert = { ...common, type: 'alert', kind: 'demand-spike' } as const;
      this.push({ ...alert, severity: 'warning', title: 'Demand spike', detail });
    }
  }
}

function toRow(item: ShopItem): PositionRow {
  const { sku, location, name, onHand, onOrder, backordered, leadTimeDays, perDay } = item;
  const allocated = Math.min(onHand, Math.round(perDay / 6));
  const available = onHand - allocated;
  const daysOfCover = Math.round((10 * available) / perDay) / 10;
  const alerts = [];
  if (available <= 0) alerts.push('stockout');
  else if (daysOfCover < leadTimeDays) alerts.push('stockout-risk');
  return {
    sku,
    location,
    locationName: nameOf(location),
    name,
    onHand,
    allocated,
    backordered,
    available,
    onOrder,
    inTransit: 0,
    inventoryPosition: onHand + onOrder - allocated - backordered,
    reorderPoint: item.reorderPoint,
    orderUpToLevel: item.orderUpToLevel,
    demandPerDay: perDay,
    daysOfCover,
    leadTimeDays,
    openSignal: onOrder > 0,
    alerts,
  };
}

/** One of the two has a name of its own. */
function nameOf(location: string): string {
  return location === 'leicester' ? 'Leicester shop' : location;
}

function risk(row: PositionRow): number {
  return (row.daysOfCover ?? 0) / row.leadTimeDays - row.backordered / 1e6;
}

function interval(mean: number): Omit<SkuForecastBucket, 'startMs'> {
  const sd = Math.sqrt(mean);
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    mean: round(mean),
    lower80: round(Math.max(0, mean - z80 * sd)),
    upper80: round(mean + z80 * sd),
    lower95: round(Math.max(0, mean - z95 * sd)),
    upper95: round(mean + z95 * sd),
  };
}
