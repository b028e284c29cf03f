// A small shop that sells, reorders and receives: deterministic data for the screens' tests.

export interface ShopItem {
  readonly sku: string;
  readonly location: string;
  readonly name: string;
  readonly perDay: number;
  readonly leadTimeDays: number;
  readonly reorderPoint: number;
  readonly orderUpToLevel: number;
  onHand: number;
  backordered: number;
  onOrder: number;
  arrivesAtMs: number;
  soldToday: number;
  carts: { added: number; removed: number; abandoned: number };
  readonly days: { startMs: number; units: number; forecast: number; onHandAtEnd: number }[];
}

export interface ShopEvent {
  readonly kind: 'stockout' | 'reorder' | 'received' | 'spike';
  readonly item: ShopItem;
}

export const dayMs = 86_400_000;

const names = [
  'Enamel jug, cream',
  'Paper lantern, set of 3',
  'Hand-poured candle, fig',
  'Jute shopping bag, large',
  'Regency cake stand, two tiers, with hand-painted rim and gift box',
  'Tea towel, botanical',
  'Oak serving board',
  'Glass storage jar 0.5 l',
  'Felt owl ornament',
  'Retro alarm clock',
  'Linen napkin, set of 4',
  'Ceramic egg cup',
  'Wall hook, brass',
  'Seed packet, cosmos',
  'Children’s apron',
  'Rain gauge',
  'Door mat, herringbone',
  'Porcelain rose, small',
  'Lunch box, woodland',
  'Pencil tin',
] as const;

/** Mulberry32: a seeded generator, so that every run shows the same shop. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class SampleShop {
  readonly items: ShopItem[] = [];
  nowMs = Date.UTC(2011, 9, 3);
  eventsTotal = 0;
  demanded = 0;
  filled = 0;
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
    for (const [index, name] of names.entries()) {
      for (const location of ['leicester', 'rotterdam'])
        this.items.push(this.#item(index, name, location));
    }
    for (let day = 0; day < 56; day += 1) this.step(dayMs);
  }

  #item(index: number, name: string, location: string): ShopItem {
    const perDay = 1 + Math.round(40 * this.#random() ** 2);
    const leadTimeDays = 2 + Math.floor(this.#random() * 8);
    const reorderPoint = Math.ceil(perDay * leadTimeDays * 1.15);
    return {
      sku: String(20_700 + index * 37),
      location,
      name,
      perDay,
      leadTimeDays,
      reorderPoint,
      orderUpToLevel: reorderPoint + perDay * 9,
      onHand: reorderPoint + Math.round(perDay * 9 * this.#random()),
      backordered: 0,
      onOrder: 0,
      arrivesAtMs: 0,
      soldToday: 0,
      carts: { added: 0, removed: 0, abandoned: 0 },
      days: [],
    };
  }

  /** Time passes by `ms`, which must divide a day: demand, receipts, reorders. */
  step(ms: number): ShopEvent[] {
    const events: ShopEvent[] = [];
    this.nowMs += ms;
    for (const item of this.items) {
      if (item.onOrder > 0 && this.nowMs >= item.arrivesAtMs) {
        item.onHand += item.onOrder;
        item.onOrder = 0;
        this.eventsTotal += 1;
        events.push({ kind: 'received', item });
      }
      this.#sell(item, ms, events);
      if (item.onOrder === 0 && item.onHand - item.backordered <= item.reorderPoint) {
        item.onOrder = item.orderUpToLevel - item.onHand + item.backordered;
        const delay = 0.7 + 0.7 * this.#random();
        item.arrivesAtMs = this.nowMs + item.leadTimeDays * delay * dayMs;
        events.push({ kind: 'reorder', item });
      }
      if (this.nowMs % dayMs === 0) this.#closeDay(item);
    }
    return events;
  }

  #sell(item: ShopItem, ms: number, events: ShopEvent[]): void {
    const units = this.#poisson((weekday(this.nowMs) * item.perDay * ms) / dayMs);
    if (units === 0) return;
    if (units > 2 * item.perDay) events.push({ kind: 'spike', item });
    const served = Math.min(units + item.backordered, item.onHand);
    if (item.onHand > 0 && served === item.onHand) events.push({ kind: 'stockout', item });
    item.backordered += units - served;
    item.onHand -= served;
    item.soldToday += units;
    item.carts.added += units + 1;
    item.carts.abandoned += units % 3 === 0 ? 1 : 0;
    item.carts.removed += units % 5 === 0 ? 1 : 0;
    this.demanded += units;
    this.filled += Math.min(served, units);
    this.eventsTotal += 3;
  }

  #closeDay(item: ShopItem): void {
    const startMs = this.nowMs - dayMs;
    const forecast = item.perDay * weekday(startMs + dayMs);
    item.days.push({ startMs, units: item.soldToday, forecast, onHandAtEnd: item.onHand });
    if (item.days.length > 56) item.days.shift();
    item.soldToday = 0;
  }

  #poisson(mean: number): number {
    const limit = Math.exp(-mean);
    let product = this.#random();
    let count = 0;
    while (product > limit) {
      product *= this.#random();
      count += 1;
    }
    return count;
  }
}

/** Weekends sell less. */
export function weekday(ms: number): number {
  const day = new Date(ms - 1).getUTCDay();
  return day === 0 ? 0.35 : day === 6 ? 0.7 : 1.18;
}
