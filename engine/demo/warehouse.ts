// The simulated warehouse that closes the demo's loop: stock, shipments and purchases around
// real orders. Pure: no clock, no I/O; the same seed and input give the same events.
import type { CatalogItem, InventoryEvent } from '../../operators/events/event.js';
import { parseTime } from '../../operators/events/time.js';
import { Agenda } from './agenda.js';
import { Counting, type CountingSettings, type Demand } from './counting.js';
import { type OrderUnits, Picking, type PickingSettings, type Task } from './picking.js';
import {
  type Purchase,
  Purchasing,
  type PurchasingSettings,
  type ReorderRequest,
} from './purchasing.js';
import { type BookRow, Shelf } from './shelf.js';

export type WarehouseSettings = PickingSettings & PurchasingSettings & CountingSettings;

export interface WarehouseOptions extends Partial<WarehouseSettings> {
  readonly seed: string;
  readonly location: string;
  readonly catalog: readonly CatalogItem[];
  readonly demand: Demand;
}

const DEFAULTS = {
  pickingHours: { mean: 5, sd: 3 },
  buyerMinutes: 20,
  announcedShare: 0.6,
  partShare: 0.15,
  calledOffShare: 0.01,
  coverDays: { low: 20, high: 60 },
  lowCoverDays: { low: 2, high: 8 },
  lowShare: 0.12,
  countEveryDays: 25,
  shrinkageShare: 0.15,
} as const;

const MINUTE_MS = 60_000;

export class Warehouse {
  private readonly shelf = new Shelf();
  private readonly agenda = new Agenda<Task>();
  private readonly items: Map<string, CatalogItem>;
  private readonly picking: Picking;
  private readonly purchasing: Purchasing;
  private readonly counting: Counting;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: WarehouseOptions) {
    const settings: WarehouseSettings = { ...DEFAULTS, ...options };
    this.items = new Map(options.catalog.map((item) => [item.sku, item]));
    this.picking = new Picking(settings, this.shelf, this.agenda);
    this.purchasing = new Purchasing(settings, this.items, this.shelf, this.picking, this.agenda);
    this.counting = new Counting(settings, this.shelf, this.picking, this.agenda);
  }

  /** Counts everything for the first time, at `timeMs`. */
  opening(timeMs: number): InventoryEvent[] {
    this.lastMs = timeMs;
    return this.counting.opening(this.items.values(), this.options.demand, timeMs);
  }

  /** A recorded event has happened. What follows from it comes with a later `advance`. */
  onEvent(event: InventoryEvent): void {
    const atMs = parseTime(event.time);
    this.lastMs = Math.max(this.lastMs, atMs);
    switch (event.type) {
      case 'order.placed':
        this.picking.placed(event, atMs);
        break;
      case 'order.cancelled':
        this.picking.cancelled(event, atMs);
        break;
      case 'order.returned':
        if (event.location !== this.options.location) break;
        for (const line of event.lines) if (line.restock) this.add(line.sku, line.quantity, atMs);
        break;
      case 'stock.adjusted':
        if (event.location === this.options.location) this.add(event.sku, event.quantity, atMs);
        break;
      default: // Everything else in a recording is none of the warehouse's business.
    }
  }

  /**
   * A signal has come in: the buyer orders within working hours, which a later `advance` tells.
   * The same signal again changes nothing. False: ignored.
   */
  onSignal(signal: ReorderRequest): boolean {
    return this.purchasing.signalled(signal, this.lastMs);
  }

  /** When `advance` next has something to do; null: nothing planned. */
  nextDueMs(): number | null {
    const dueMs = this.agenda.nextMs();
    return dueMs === null ? null : this.stamp(dueMs);
  }

  /**
   * All that happens up to `timeMs`, in order of time. Times of its events rise strictly from one
   * action to the next and never lie on a whole minute, where the recorded events are: a count
   * and a booking of one SKU never share a time, so what a count overrules is never in doubt.
   */
  advance(timeMs: number): InventoryEvent[] {
    const events: InventoryEvent[] = [];
    for (;;) {
      const atMs = this.nextDueMs();
      if (atMs === null || atMs > timeMs) break;
      this.lastMs = atMs;
      events.push(...this.agenda.take().value(atMs));
    }
    this.lastMs = Math.max(this.lastMs, timeMs);
    return events;
  }

  /** The exact book, as a copy. */
  book(): Map<string, BookRow> {
    return this.shelf.book();
  }

  purchases(): readonly Purchase[] {
    return this.purchasing.all();
  }

  /** Units of an order by SKU; undefined when it was never placed. */
  order(orderId: string): ReadonlyMap<string, OrderUnits> | undefined {
    return this.picking.unitsOf(orderId);
  }

  private stamp(dueMs: number): number {
    const atMs = Math.max(Math.round(dueMs), this.lastMs + 1);
    return atMs % MINUTE_MS === 0 ? atMs + 1 : atMs;
  }

  private add(sku: string, units: number, atMs: number): void {
    this.shelf.addOnHand(sku, units);
    if (units > 0) this.picking.restocked(sku, atMs);
    if (this.shelf.row(sku).onHand < 0) this.counting.doubted(sku, atMs);
  }
}
