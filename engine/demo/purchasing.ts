// Purchasing in the simulated warehouse: reorder signals become purchase orders that arrive.
import type { CatalogItem, InventoryEvent } from '../../operators/events/event.js';
import { formatTime } from '../../operators/events/time.js';
import type { Agenda } from './agenda.js';
import type { Picking, Task } from './picking.js';
import { Random } from './random.js';
import type { Shelf } from './shelf.js';
import { DAY_MS, HOUR_MS, workingTime } from './working-hours.js';

/** What the buyer reads of a signal. */
export interface ReorderRequest {
  readonly id: string;
  readonly kind: string;
  readonly state: 'proposed' | 'approved' | 'withdrawn';
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
  /** Id of the signal whose quantity this one corrects. */
  readonly replaces?: string | undefined;
}

export interface PurchasingSettings {
  readonly seed: string;
  readonly location: string;
  /** Minutes from signal to purchase order, exponential, in working hours. */
  readonly buyerMinutes: number;
  /** Share of late arrivals that the supplier announces. */
  readonly announcedShare: number;
  /** Share of purchase orders that arrive in two parts. */
  readonly partShare: number;
  /** Share of purchase orders that the supplier calls off. */
  readonly calledOffShare: number;
}

export interface Purchase {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly received: number;
  readonly state: 'planned' | 'placed' | 'received' | 'cancelled';
}

interface OpenPurchase extends Purchase {
  quantity: number;
  received: number;
  state: Purchase['state'];
  signalId: string;
  expectedMs: number;
  readonly random: Random;
}

const PART = { low: 0.4, high: 0.7 };
const REST_DAYS = { low: 1, high: 5 };
const SHORTEST_LEAD_DAYS = 0.5;
/** Suppliers promise mean + 1 sd: about one in seven is late then, as real deliveries are. */
const PROMISED_SDS = 1;

export class Purchasing {
  private readonly purchases: OpenPurchase[] = [];
  private readonly bySignal = new Map<string, OpenPurchase>();
  private readonly numberOf = new Map<string, number>();

  constructor(
    private readonly settings: PurchasingSettings,
    private readonly items: ReadonlyMap<string, CatalogItem>,
    private readonly shelf: Shelf,
    private readonly picking: Picking,
    private readonly agenda: Agenda<Task>,
  ) {}

  all(): readonly Purchase[] {
    return this.purchases;
  }

  /**
   * One purchase order a signal, however often it is delivered. A signal that replaces another
   * raises the purchase order of that one. False: not for us, or known already.
   */
  signalled(signal: ReorderRequest, nowMs: number): boolean {
    const { sku, location } = signal;
    const isOurs = signal.kind === 'reorder' && location === this.settings.location;
    if (!isOurs || !this.items.has(sku) || this.bySignal.has(signal.id)) return false;
    if (signal.state === 'withdrawn') this.forget(signal.replaces);
    if (signal.state !== 'approved') return false;
    const replaced = signal.replaces === undefined ? undefined : this.bySignal.get(signal.replaces);
    if (replaced !== undefined) return this.corrected(replaced, signal, nowMs);
    this.plan(signal, signal.quantity, nowMs);
    return true;
  }

  /** What was not ordered yet need not be. */
  private forget(signalId: string | undefined): void {
    const purchase = signalId === undefined ? undefined : this.bySignal.get(signalId);
    if (purchase?.state === 'planned') purchase.state = 'cancelled';
  }

  private corrected(purchase: OpenPurchase, signal: ReorderRequest, nowMs: number): boolean {
    if (purchase.state === 'received' || purchase.state === 'cancelled') {
      const missing = signal.quantity - purchase.received;
      if (missing > 0) this.plan(signal, missing, nowMs);
      else this.bySignal.set(signal.id, purchase);
      return missing > 0;
    }
    this.bySignal.set(signal.id, purchase);
    purchase.signalId = signal.id;
    if (purchase.state === 'planned') {
      purchase.quantity = signal.quantity;
      return true;
    }
    // A supplier takes more on, never less.
    const more = signal.quantity - purchase.quantity;
    if (more <= 0) return true;
    this.agenda.add(workingTime(nowMs), (now) => this.raise(purchase, signal, now));
    return true;
  }

  private raise(purchase: OpenPurchase, signal: ReorderRequest, atMs: number): InventoryEvent[] {
    const more = signal.quantity - purchase.quantity;
    if (more <= 0) return [];
    if (purchase.state !== 'placed') {
      this.plan(signal, signal.quantity - purchase.received, atMs);
      return [];
    }
    purchase.quantity += more;
    this.shelf.addOnOrder(purchase.sku, more);
    return [this.ordered(purchase, `${purchase.id}-to-${purchase.quantity}`, atMs)];
  }

  private plan(signal: ReorderRequest, quantity: number, nowMs: number): void {
    const number = (this.numberOf.get(signal.sku) ?? 0) + 1;
    this.numberOf.set(signal.sku, number);
    const id = `po-${signal.sku}-${number}`;
    const purchase: OpenPurchase = {
      id,
      sku: signal.sku,
      quantity,
      received: 0,
      state: 'planned',
      signalId: signal.id,
      expectedMs: Number.NaN,
      random: new Random(this.settings.seed, id),
    };
    this.purchases.push(purchase);
    this.bySignal.set(signal.id, purchase);
    const minutes = purchase.random.exponential(this.settings.buyerMinutes);
    this.agenda.add(workingTime(nowMs + minutes * 60_000), (now) => this.place(purchase, now));
  }

  private place(purchase: OpenPurchase, atMs: number): InventoryEvent[] {
    if (purchase.state !== 'planned') return [];
    const { random } = purchase;
    const { meanDays, sdDays } = (this.items.get(purchase.sku) as CatalogItem).leadTime;
    purchase.state = 'placed';
    purchase.expectedMs = Math.round(atMs + (meanDays + PROMISED_SDS * sdDays) * DAY_MS);
    this.shelf.addOnOrder(purchase.sku, purchase.quantity);
    const days = Math.max(SHORTEST_LEAD_DAYS, random.gamma({ mean: meanDays, sd: sdDays }));
    const arrivalMs = workingTime(atMs + days * DAY_MS);
    if (random.chance(this.settings.calledOffShare)) {
      const halfWay = workingTime((atMs + arrivalMs) / 2);
      this.agenda.add(halfWay, (now) => this.calledOff(purchase, now));
    } else {
      const inParts = random.chance(this.settings.partShare);
      this.agenda.add(arrivalMs, (now) => this.arrive(purchase, inParts, now));
      if (arrivalMs > purchase.expectedMs && random.chance(this.settings.announcedShare)) {
        const announcedMs = Math.max(atMs, purchase.expectedMs - random.between(1, 12) * HOUR_MS);
        this.agenda.add(announcedMs, (now) => this.postpone(purchase, arrivalMs, now));
      }
    }
    return [this.ordered(purchase, `pu-${purchase.id}`, atMs)];
  }

  private ordered(purchase: OpenPurchase, id: string, atMs: number): InventoryEvent {
    const supplier = this.items.get(purchase.sku)?.supplier;
    return {
      id,
      type: 'purchase.ordered',
      time: formatTime(atMs),
      purchaseOrderId: purchase.id,
      ...(supplier === undefined ? {} : { supplier }),
      location: this.settings.location,
      sku: purchase.sku,
      quantity: purchase.quantity,
      expectedAt: formatTime(purchase.expectedMs),
      signalId: purchase.signalId,
    };
  }

  private postpone(purchase: OpenPurchase, arrivalMs: number, atMs: number): InventoryEvent[] {
    purchase.expectedMs = Math.ceil(arrivalMs / HOUR_MS) * HOUR_MS;
    return [
      {
        id: `pp-${purchase.id}`,
        type: 'purchase.postponed',
        time: formatTime(atMs),
        purchaseOrderId: purchase.id,
        expectedAt: formatTime(purchase.expectedMs),
      },
    ];
  }

  private arrive(purchase: OpenPurchase, isPart: boolean, atMs: number): InventoryEvent[] {
    const { id, sku, random } = purchase;
    const remaining = purchase.quantity - purchase.received;
    const share = isPart ? random.between(PART.low, PART.high) : 1;
    const quantity = Math.max(1, Math.floor(remaining * share));
    if (quantity < remaining) {
      const days = random.between(REST_DAYS.low, REST_DAYS.high);
      const restMs = workingTime(atMs + days * DAY_MS);
      this.agenda.add(restMs, (now) => this.arrive(purchase, false, now));
    } else purchase.state = 'received';
    const isFirst = purchase.received === 0;
    purchase.received += quantity;
    this.shelf.addOnOrder(sku, -quantity);
    this.shelf.addOnHand(sku, quantity);
    this.picking.restocked(sku, atMs);
    return [
      {
        id: `sr-${id}-${isFirst ? 1 : 2}`,
        type: 'stock.received',
        time: formatTime(atMs),
        location: this.settings.location,
        sku,
        quantity,
        purchaseOrderId: id,
      },
    ];
  }

  private calledOff(purchase: OpenPurchase, atMs: number): InventoryEvent[] {
    purchase.state = 'cancelled';
    this.shelf.addOnOrder(purchase.sku, purchase.received - purchase.quantity);
    const { id, sku } = purchase;
    const time = formatTime(atMs);
    return [{ id: `pc-${id}`, type: 'purchase.cancelled', time, purchaseOrderId: id, sku }];
  }
}
