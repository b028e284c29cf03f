// A made-up shop for the torture run: three towns, days that pass quickly, all that a shop does.
import { Agenda } from '../../engine/demo/agenda.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import { formatTime } from '../../operators/events/time.js';
import type { Dice } from '../simulation/dice.js';
import { catalogItem } from './catalog.js';
import { DAY_MS, type Fields, HOUR_MS, type Later, type Stock } from './stock.js';
import { supply } from './supply.js';

/** Zones with daylight saving and with a half hour; a name that a subject must escape. */
export const TOWNS = {
  berlin: 'Europe/Berlin',
  'new.york': 'America/New_York',
  kolkata: 'Asia/Kolkata',
} as const;

export interface ShopOptions {
  readonly skus: number;
  /** Customers, clerks and vans that do something by themselves on a day of stream time. */
  readonly happeningsADay: number;
}

const START_MS = Date.parse('2025-01-06T06:00:00Z');
const PLACES = Object.keys(TOWNS);

export class Shop {
  #nowMs = START_MS;
  #serial = 0;
  readonly #later = new Agenda<Later>();
  readonly #book: Stock[];

  constructor(
    private readonly dice: Dice,
    private readonly options: ShopOptions,
  ) {
    this.#book = Array.from({ length: options.skus }, (_, n) =>
      PLACES.map((location) => {
        return { sku: `sku-${n}`, location, onHand: 40, open: 0, onOrder: 0, sold: 0 };
      }),
    ).flat();
  }

  /** A catalog, a count of each SKU in each town, then day after day without end. */
  *events(): Generator<InventoryEvent, never> {
    for (let n = 0; n < this.options.skus; n++) {
      yield this.#event(this.#nowMs, catalogItem(`sku-${n}`, this.dice));
    }
    for (const { sku, location, onHand: quantity } of this.#book) {
      yield this.#event(this.#nowMs, { type: 'stock.counted', sku, location, quantity });
    }
    let eveningMs = START_MS + DAY_MS / 2;
    for (;;) {
      const gapMs = (2 * this.dice.next('gap') * DAY_MS) / this.options.happeningsADay;
      this.#nowMs = Math.round(this.#nowMs + gapMs);
      for (let due = this.#later.nextMs(); due !== null && due <= this.#nowMs; ) {
        const { atMs, value } = this.#later.take();
        const fields = value(atMs);
        if (fields !== null) yield this.#event(atMs, fields);
        due = this.#later.nextMs();
      }
      if (this.#nowMs > eveningMs) {
        this.#buy(eveningMs);
        eveningMs += DAY_MS;
      }
      yield this.#event(this.#nowMs, this.#happening());
    }
  }

  #event(at: number, fields: Fields): InventoryEvent {
    const atMs = Math.round(at);
    const id = `e${++this.#serial}`;
    // Both ways in which the contract has times.
    const time = this.#serial % 3 === 0 ? atMs : formatTime(atMs);
    return { id, time, ...fields } as InventoryEvent;
  }

  #happening(): Fields {
    const what = this.dice.next('what');
    const stock = this.#anyStock();
    const { sku, location } = stock;
    if (what < 0.55) return this.#order(stock);
    if (what < 0.92) return this.#intent(stock);
    if (what < 0.94) return this.#transfer(stock);
    if (what < 0.96) {
      const quantity = this.dice.between('found', -3, 3) || 1;
      stock.onHand += quantity;
      return { type: 'stock.adjusted', sku, location, quantity, reason: 'found' };
    }
    if (what < 0.98) {
      stock.onHand = Math.max(0, stock.onHand + this.dice.between('counted', -2, 2));
      return { type: 'stock.counted', sku, location, quantity: stock.onHand };
    }
    return what < 0.985 ? catalogItem(sku, this.dice) : { type: 'control.tick' };
  }

  /** Few SKUs sell most. */
  #anyStock(): Stock {
    const sku = Math.floor(this.options.skus * this.dice.next('sku') ** 2);
    const place = this.dice.between('place', 0, PLACES.length - 1);
    return this.#book[sku * PLACES.length + place] as Stock;
  }

  #order(first: Stock): Fields {
    const { location } = first;
    const stocks = [first];
    while (this.dice.is('more lines', 0.3)) stocks.push(this.#anyStock());
    const lines = [...new Set(stocks)].map((stock) => {
      const quantity = this.dice.between('units', 1, 4);
      stock.open += quantity;
      stock.sold += quantity;
      return { stock, quantity };
    });
    const orderId = `o${this.#serial + 1}`;
    const isCancelled = this.dice.is('cancelled', 0.07);
    this.#in(this.dice.next('ships after') * 30 * HOUR_MS, () => {
      for (const { stock, quantity } of lines) {
        stock.open -= quantity;
        if (!isCancelled) stock.onHand -= quantity;
      }
      return isCancelled
        ? { type: 'order.cancelled', orderId }
        : { type: 'order.shipped', orderId };
    });
    if (!isCancelled && this.dice.is('returned', 0.05)) this.#return(orderId, lines);
    const at = ({ stock, quantity }: (typeof lines)[number]) => {
      return { sku: stock.sku, quantity, unitPrice: 5, location: stock.location };
    };
    return { type: 'order.placed', orderId, location, channel: 'web', lines: lines.map(at) };
  }

  #return(orderId: string, lines: readonly { stock: Stock; quantity: number }[]): void {
    const { stock, quantity } = lines[0] as (typeof lines)[number];
    this.#in((2 + 5 * this.dice.next('returned after')) * DAY_MS, () => {
      const restock = this.dice.is('restock', 0.7);
      if (restock) stock.onHand += quantity;
      const { sku, location } = stock;
      return { type: 'order.returned', orderId, location, lines: [{ sku, quantity, restock }] };
    });
  }

  #intent({ sku, location }: Stock): Fields {
    const cartId = `c${this.#serial - this.dice.between('cart', 0, 20)}`;
    const what = this.dice.next('intent');
    const quantity = this.dice.between('units', 1, 4);
    if (what < 0.4) return { type: 'cart.viewed', sku, location };
    if (what < 0.8) return { type: 'cart.added', cartId, sku, quantity, location };
    if (what < 0.9) return { type: 'cart.removed', cartId, sku, quantity, location };
    return { type: 'cart.checkedOut', cartId };
  }

  #transfer(from: Stock): Fields {
    const other = this.#book.find((s) => s.sku === from.sku && s.location !== from.location);
    const to = other as Stock;
    const quantity = this.dice.between('moved', 1, 10);
    const route = { sku: from.sku, from: from.location, to: to.location };
    const moved = { ...route, quantity, transferId: `t${this.#serial + 1}` };
    from.onHand -= quantity;
    this.#in((1 + this.dice.next('transfer')) * DAY_MS, () => {
      to.onHand += quantity;
      return { type: 'stock.transferred', ...moved, stage: 'received' };
    });
    return { type: 'stock.transferred', ...moved, stage: 'shipped' };
  }

  /** Every evening: what would not last five days is ordered for three weeks. */
  #buy(eveningMs: number): void {
    const days = (eveningMs - START_MS) / DAY_MS;
    for (const stock of this.#book) {
      const daily = stock.sold / days;
      if (stock.onHand - stock.open + stock.onOrder > 5 * daily) continue;
      if (this.dice.is('forgotten', 0.4)) continue;
      const wanted = { quantity: Math.ceil(21 * daily) + 5, eveningMs, nowMs: this.#nowMs };
      for (const { atMs, later } of supply(stock, wanted, this.dice)) this.#later.add(atMs, later);
    }
  }

  #in(ms: number, later: Later): void {
    this.#later.add(Math.round(this.#nowMs + ms), later);
  }
}
