// A core with a short pen: events in, everything that they bring about out.
import { loadSettings } from '../../../config/settings.js';
import { createCore } from '../../../engine/core.js';
import type { CatalogItem } from '../../../operators/events/event.js';
import type { Alert, Signal } from '../../../operators/events/result.js';
import { Batch } from '../../../operators/stream/batch.js';
import type { SignalClosing } from '../../../operators/stream/closing.js';
import type { ClosedBucket, SignalProgress } from '../../../operators/stream/outbox.js';

export const DAY_MS = 86_400_000;
/** Monday 2024-01-01, midnight UTC: day 0. */
export const START_MS = Date.UTC(2024, 0, 1);

/** An event without what the scene fills in: id and, where absent, the time of the one before. */
export interface SceneEvent {
  readonly type: string;
  readonly id?: string;
  /** Days since the start; 1.5 is noon of the second day. */
  readonly day?: number;
  readonly [field: string]: unknown;
}

type Terms = Partial<Omit<CatalogItem, 'policy'>> & { readonly policy?: CatalogItem['policy'] };

export class Scene {
  core: ReturnType<typeof createCore>;
  readonly signals: Signal[] = [];
  readonly closings: SignalClosing[] = [];
  readonly progress: SignalProgress[] = [];
  readonly alerts: Alert[] = [];
  readonly buckets: ClosedBucket[] = [];
  readonly refusals: string[] = [];
  private sent = 0;
  private day = 0;

  constructor(private readonly overrides: Readonly<Record<string, unknown>> = {}) {
    this.core = this.newCore();
  }

  /** Sends events, each in a batch of its own; returns the signals that they raised. */
  send(...events: readonly SceneEvent[]): readonly Signal[] {
    const before = this.signals.length;
    for (const event of events) this.apply(event);
    return this.signals.slice(before);
  }

  /** Master data; everything not said is plain: sQ, a week of lead time, 95 % of cycles. */
  item(sku: string, terms: Terms, location?: string): readonly Signal[] {
    return this.send({
      type: 'catalog.item',
      sku,
      ...(location === undefined ? {} : { location }),
      status: 'active',
      leadTime: { meanDays: 7, sdDays: 0 },
      serviceLevel: { cycle: 0.95 },
      policy: { kind: 'sQ' },
      ...terms,
    });
  }

  count(sku: string, quantity: number, day?: number): readonly Signal[] {
    return this.send({ type: 'stock.counted', sku, quantity, ...shop(day) });
  }

  /** An order that leaves the shelf at once. */
  sell(sku: string, quantity: number, day?: number): readonly Signal[] {
    const orderId = `sale-${this.sent}`;
    const placed = { type: 'order.placed', orderId, lines: [{ sku, quantity }], ...shop(day) };
    return this.send(placed, { type: 'order.shipped', orderId });
  }

  order(sku: string, quantity: number, day?: number): readonly Signal[] {
    const orderId = `order-${this.sent}`;
    return this.send({ type: 'order.placed', orderId, lines: [{ sku, quantity }], ...shop(day) });
  }

  /** Purchase order; `more` adds purchaseOrderId, signalId, expectedAt. */
  buy(sku: string, quantity: number, more: Record<string, unknown> = {}): readonly Signal[] {
    const purchaseOrderId = `po-${this.sent}`;
    const order = { type: 'purchase.ordered', purchaseOrderId, sku, quantity, ...shop() };
    return this.send({ ...order, ...more });
  }

  tick(day: number): readonly Signal[] {
    return this.send({ type: 'control.tick', day });
  }

  /** Sells `units(d)` at noon of each day `from` … `through` and lets the last of them close. */
  trade(sku: string, from: number, through: number, units: (day: number) => number): void {
    for (let d = from; d <= through; d++) {
      const quantity = units(d);
      if (quantity > 0) this.sell(sku, quantity, d + 0.5);
    }
    this.tick(through + 1 + 2 / 24);
  }

  row(sku: string, location = 'shop'): number {
    const { skus, locations } = this.core.table;
    return this.core.table.findRow(skus.find(sku), locations.find(location));
  }

  /** Goes on in a new core that loads what this one saved. */
  restart(): void {
    const bytes = this.core.save();
    this.core = this.newCore();
    this.core.load(bytes);
  }

  private newCore() {
    return createCore(loadSettings({ env: {}, overrides: this.overrides }));
  }

  private apply(event: SceneEvent): void {
    const { day = this.day, ...rest } = event;
    this.day = day;
    this.sent++;
    const time = START_MS + Math.round(day * DAY_MS);
    const data = new TextEncoder().encode(JSON.stringify({ id: `e${this.sent}`, time, ...rest }));
    const batch = new Batch();
    const subject = `events.${event.type.split('.')[0]}`;
    const message = { position: this.sent, subject, storedAtMs: null, data };
    this.core.decoder.decode([message], batch);
    this.core.chain.run(batch);
    const results = this.core.outbox.take();
    this.signals.push(...results.signals);
    this.closings.push(...results.closings);
    this.progress.push(...results.progress);
    this.alerts.push(...results.alerts);
    this.buckets.push(...results.buckets);
    this.refusals.push(...results.refusals.map((refusal) => refusal.detail));
  }
}

function shop(day?: number): { location: string; day?: number } {
  return day === undefined ? { location: 'shop' } : { location: 'shop', day };
}

/** A seeded stream of standard normal numbers (Mulberry's integers, Box and Muller's transform). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
}
