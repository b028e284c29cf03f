// Order picking in the simulated warehouse: shipments, part shipments, backorders, cancellations.
import type { EventOf, InventoryEvent } from '../../operators/events/event.js';
import { formatTime } from '../../operators/events/time.js';
import type { Agenda } from './agenda.js';
import { Random } from './random.js';
import type { Shelf } from './shelf.js';
import { DAY_MS, HOUR_MS, workingTime } from './working-hours.js';

/** Does what is due at `atMs` and says it in events of that time. */
export type Task = (atMs: number) => InventoryEvent[];

export interface PickingSettings {
  readonly seed: string;
  readonly location: string;
  /** From order placed to picked, before night and Saturday are left out. */
  readonly pickingHours: { readonly mean: number; readonly sd: number };
}

export interface OrderUnits {
  readonly ordered: number;
  readonly shipped: number;
  readonly cancelled: number;
  readonly open: number;
}

interface Line {
  ordered: number;
  shipped: number;
  cancelled: number;
  open: number;
  /** Waits in the backlog of its SKU. */
  waits: boolean;
}

interface Order {
  readonly id: string;
  readonly lines: Map<string, Line>;
  shipments: number;
}

const COMES_BACK_DAYS = { low: 2, high: 8 };
const RELEASE_HOURS = { low: 0.5, high: 2 };

export class Picking {
  private readonly orders = new Map<string, Order>();
  /** Orders that wait for a SKU, oldest first. */
  private readonly backlog = new Map<string, Order[]>();
  private readonly releasing = new Set<string>();

  constructor(
    private readonly settings: PickingSettings,
    private readonly shelf: Shelf,
    private readonly agenda: Agenda<Task>,
  ) {}

  /** Units of an order by SKU; undefined when it was never placed. */
  unitsOf(orderId: string): ReadonlyMap<string, OrderUnits> | undefined {
    return this.orders.get(orderId)?.lines;
  }

  placed(event: EventOf<'order.placed'>, atMs: number): void {
    const order = this.orders.get(event.orderId) ?? newOrder(event.orderId);
    this.orders.set(order.id, order);
    for (const { sku, quantity, location } of event.lines) {
      if ((location ?? event.location) !== this.settings.location) continue;
      const line = order.lines.get(sku) ?? newLine();
      order.lines.set(sku, line);
      line.ordered += quantity;
      line.open += quantity;
      this.shelf.addOpen(sku, quantity);
    }
    const { mean, sd } = this.settings.pickingHours;
    const hours = new Random(this.settings.seed, `pick/${event.id}`).gamma({ mean, sd });
    this.agenda.add(workingTime(atMs + hours * HOUR_MS), (now) => this.pick(order, now));
  }

  /** What is open is never shipped; what has left already comes back some days later. */
  cancelled(event: EventOf<'order.cancelled'>, atMs: number): void {
    const order = this.orders.get(event.orderId);
    if (order === undefined) return;
    const lines = event.lines ?? allOpen(order);
    const back = new Map<string, number>();
    for (const { sku, quantity } of lines) {
      const line = order.lines.get(sku);
      if (line === undefined) continue;
      const released = Math.min(quantity, line.open);
      line.open -= released;
      line.cancelled += released;
      this.shelf.addOpen(sku, -released);
      const late = Math.min(quantity - released, line.shipped - (back.get(sku) ?? 0));
      if (late > 0) back.set(sku, (back.get(sku) ?? 0) + late);
    }
    if (back.size > 0) this.comesBack(event, back, atMs);
  }

  /** More on the shelf: orders that wait for this SKU are served in the next hours. */
  restocked(sku: string, atMs: number): void {
    if (this.releasing.has(sku) || this.waiting(sku).length === 0) return;
    this.releasing.add(sku);
    const random = new Random(this.settings.seed, `release/${sku}/${atMs}`);
    const hours = random.between(RELEASE_HOURS.low, RELEASE_HOURS.high);
    this.agenda.add(workingTime(atMs + hours * HOUR_MS), (now) => this.release(sku, now));
  }

  private pick(order: Order, atMs: number): InventoryEvent[] {
    const lines: { sku: string; quantity: number }[] = [];
    for (const [sku, line] of order.lines) {
      if (line.open === 0 || line.waits) continue;
      // Who came first is served first: nothing is taken past orders that wait already.
      const queued = this.waiting(sku).length > 0;
      const quantity = queued ? 0 : Math.min(line.open, this.shelf.pickable(sku));
      if (quantity > 0) {
        this.take(sku, line, quantity);
        lines.push({ sku, quantity });
      }
      if (line.open > 0) this.wait(sku, order, line, atMs);
    }
    return lines.length > 0 ? [this.shipped(order, lines, atMs)] : [];
  }

  private wait(sku: string, order: Order, line: Line, atMs: number): void {
    line.waits = true;
    this.waiting(sku).push(order);
    if (this.shelf.pickable(sku) > 0) this.restocked(sku, atMs);
  }

  private release(sku: string, atMs: number): InventoryEvent[] {
    this.releasing.delete(sku);
    const events: InventoryEvent[] = [];
    const queue = this.waiting(sku);
    while (queue[0] !== undefined) {
      const order = queue[0];
      const line = order.lines.get(sku) as Line;
      const quantity = Math.min(line.open, this.shelf.pickable(sku));
      if (line.open > 0 && quantity === 0) break;
      if (quantity > 0) {
        this.take(sku, line, quantity);
        events.push(this.shipped(order, [{ sku, quantity }], atMs));
      }
      if (line.open > 0) break;
      line.waits = false;
      queue.shift();
    }
    return events;
  }

  private take(sku: string, line: Line, quantity: number): void {
    line.open -= quantity;
    line.shipped += quantity;
    this.shelf.addOpen(sku, -quantity);
    this.shelf.addOnHand(sku, -quantity);
  }

  private shipped(
    order: Order,
    lines: { sku: string; quantity: number }[],
    atMs: number,
  ): InventoryEvent {
    order.shipments++;
    return {
      id: `os-${order.id}-${order.shipments}`,
      type: 'order.shipped',
      time: formatTime(atMs),
      orderId: order.id,
      location: this.settings.location,
      lines,
    };
  }

  private comesBack(
    event: EventOf<'order.cancelled'>,
    units: ReadonlyMap<string, number>,
    atMs: number,
  ): void {
    const random = new Random(this.settings.seed, `back/${event.id}`);
    const days = random.between(COMES_BACK_DAYS.low, COMES_BACK_DAYS.high);
    const lines = [...units].map(([sku, quantity]) => ({ sku, quantity, restock: true }));
    this.agenda.add(workingTime(atMs + days * DAY_MS), (now) => {
      for (const { sku, quantity } of lines) {
        this.shelf.addOnHand(sku, quantity);
        this.restocked(sku, now);
      }
      const { location } = this.settings;
      const { id, orderId } = event;
      const time = formatTime(now);
      return [{ id: `or-late-${id}`, type: 'order.returned', time, orderId, location, lines }];
    });
  }

  private waiting(sku: string): Order[] {
    let queue = this.backlog.get(sku);
    if (queue === undefined) {
      queue = [];
      this.backlog.set(sku, queue);
    }
    // Cancelled while it waited: no longer in anybody's way.
    while (queue[0] !== undefined && queue[0].lines.get(sku)?.open === 0) {
      (queue[0].lines.get(sku) as Line).waits = false;
      queue.shift();
    }
    return queue;
  }
}

function newOrder(id: string): Order {
  return { id, lines: new Map(), shipments: 0 };
}

function newLine(): Line {
  return { ordered: 0, shipped: 0, cancelled: 0, open: 0, waits: false };
}

function allOpen(order: Order): { sku: string; quantity: number }[] {
  return [...order.lines].map(([sku, { open }]) => ({ sku, quantity: open }));
}
