// Simulated carts around real orders: filled before the order, changed, checked out or abandoned.
import type { EventOf, InventoryEvent } from '../../operators/events/event.js';
import { formatTime, parseTime } from '../../operators/events/time.js';
import { Random } from './random.js';

export interface CartOptions {
  readonly seed: string;
  readonly location: string;
  /** Other goods that people look at and put back. */
  readonly skus: readonly string[];
  /** Orders before this have no carts. */
  readonly fromMs?: number;
  /** Larger orders come by file or by telephone: no cart. */
  readonly maxLines?: number;
  readonly orderShare?: number;
  readonly viewShare?: number;
  readonly removalShare?: number;
  /** Carts without an order, as a share of carts with one. */
  readonly abandonedShare?: number;
}

/** Cart events lie at most this far before and after their order. */
export const CART_SPAN_MS = 3_600_000;

const MINUTE_MS = 60_000;
const DEFAULTS = {
  fromMs: Number.NEGATIVE_INFINITY,
  maxLines: 60,
  orderShare: 0.8,
  viewShare: 0.1,
  removalShare: 0.3,
  abandonedShare: 0.4,
};

type Happening = (atMs: number, id: string) => InventoryEvent;

export class Carts {
  private readonly options: CartOptions & Required<Omit<CartOptions, 'seed'>>;

  constructor(options: CartOptions) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** All cart events that belong to one order, in order of time. */
  around(order: EventOf<'order.placed'>): InventoryEvent[] {
    const { seed, fromMs, maxLines, orderShare, abandonedShare } = this.options;
    const orderMs = parseTime(order.time);
    if (orderMs < fromMs || order.lines.length > maxLines) return [];
    const random = new Random(seed, `cart/${order.id}`);
    const events: InventoryEvent[] = [];
    if (random.chance(orderShare)) events.push(...this.bought(order, orderMs, random));
    if (random.chance(abandonedShare)) events.push(...this.abandoned(order, orderMs, random));
    return events.sort((a, b) => parseTime(a.time) - parseTime(b.time));
  }

  private bought(
    order: EventOf<'order.placed'>,
    orderMs: number,
    random: Random,
  ): InventoryEvent[] {
    const cartId = `cart-${order.id}`;
    const startMs = orderMs - random.between(5, 55) * MINUTE_MS;
    const happenings: Happening[] = [];
    for (const { sku, quantity } of order.lines) {
      if (random.chance(this.options.viewShare)) happenings.push(this.viewed(sku));
      happenings.push(this.moved('cart.added', cartId, sku, quantity));
    }
    if (random.chance(this.options.removalShare)) {
      const sku = this.otherSku(random);
      const quantity = 1 + Math.floor(random.next() * 6);
      happenings.push(this.moved('cart.added', cartId, sku, quantity));
      happenings.push(this.moved('cart.removed', cartId, sku, quantity));
    }
    happenings.push((atMs, id) => {
      const time = formatTime(atMs);
      return { id, type: 'cart.checkedOut', time, cartId, orderId: order.orderId };
    });
    return spread(happenings, cartId, startMs, orderMs - 1);
  }

  private abandoned(
    order: EventOf<'order.placed'>,
    orderMs: number,
    random: Random,
  ): InventoryEvent[] {
    const cartId = `cart-${order.id}-left`;
    const startMs = orderMs + random.between(-50, 30) * MINUTE_MS;
    const happenings: Happening[] = [];
    for (const { sku, quantity } of order.lines.slice(0, 1 + Math.floor(random.next() * 6))) {
      const chosen = random.chance(0.5) ? sku : this.otherSku(random);
      happenings.push(this.viewed(chosen), this.moved('cart.added', cartId, chosen, quantity));
    }
    return spread(happenings, cartId, startMs, startMs + random.between(2, 25) * MINUTE_MS);
  }

  private otherSku(random: Random): string {
    const { skus } = this.options;
    return skus[Math.floor(random.next() * skus.length)] as string;
  }

  private viewed(sku: string): Happening {
    const { location } = this.options;
    return (atMs, id) => ({ id, type: 'cart.viewed', time: formatTime(atMs), sku, location });
  }

  private moved(
    type: 'cart.added' | 'cart.removed',
    cartId: string,
    sku: string,
    quantity: number,
  ): Happening {
    const { location } = this.options;
    return (atMs, id) => ({ id, type, time: formatTime(atMs), cartId, sku, quantity, location });
  }
}

/** One after the other, evenly from start to end; ids number them within their cart. */
function spread(
  happenings: readonly Happening[],
  cartId: string,
  startMs: number,
  endMs: number,
): InventoryEvent[] {
  const stepMs = (endMs - startMs) / Math.max(1, happenings.length - 1);
  return happenings.map((happening, i) => {
    return happening(Math.round(startMs + i * stepMs), `${cartId}-${i + 1}`);
  });
}
