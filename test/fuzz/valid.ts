// Valid events of every type, from a seed: few SKUs, places and documents, so that they collide.
import { Random } from '../../engine/demo/random.js';
import { EVENT_TYPES, type EventType } from '../../operators/events/event.js';
import { firstModel } from '../../operators/forecast/neural/first-model.js';
import { encodeModel, modelText } from '../../operators/forecast/neural/model.js';

export type Fields = Record<string, unknown>;

const SKUS = [
  'tea',
  'jam',
  'M\u00fcsli',
  '\u8336',
  '9007199254740993',
  '9007199254740992',
  'a b',
  '\u{1F375}',
];
const PLACES = ['london', 'kolkata', 'howe'];
const STEP_MS = 9_000;
/** Networks for buckets of a day, as events carry them. */
export const MODELS = [1, 2].map((seed) => modelText(encodeModel(firstModel(7, seed))));

export class Source {
  private readonly random: Random;
  private made = 0;
  nowMs = Date.UTC(2011, 2, 20);

  constructor(seed: string) {
    this.random = new Random(seed, 'valid');
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
  below(n: number): number {
    return Math.floor(this.random.next() * n);
  }
  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  /** An event of any type; time goes on from one to the next. */
  next(): Fields {
    const type = this.pick(EVENT_TYPES);
    this.nowMs += this.below(2 * STEP_MS);
    const back = this.chance(0.1) ? this.below(2 * 86_400_000) : 0;
    const ms = this.nowMs - back;
    const time = this.chance(0.5) ? ms : new Date(ms).toISOString();
    // Some come twice.
    const id = this.chance(0.03) ? `e${this.below(this.made + 1)}` : `e${++this.made}`;
    return { id, type, time, ...this.fields(type) };
  }

  private readonly sku = () => this.pick(SKUS);
  private readonly place = () => this.pick(PLACES);
  private readonly units = () => (this.chance(0.8) ? 1 + this.below(40) : (1 + this.below(40)) / 4);
  private readonly document = (prefix: string) => `${prefix}${this.below(400)}`;

  private maybe(name: string, value: () => unknown): Fields {
    return this.chance(0.5) ? { [name]: value() } : {};
  }

  private lines(more: () => Fields): Fields[] {
    return Array.from({ length: 1 + this.below(3) }, () => ({
      sku: this.sku(),
      quantity: this.units(),
      ...more(),
    }));
  }

  private fields(type: EventType): Fields {
    const { sku, place, units, document } = this;
    switch (type) {
      case 'order.placed':
        return {
          orderId: document('o'),
          location: place(),
          ...this.maybe('channel', () => 'web'),
          lines: this.lines(() => ({
            ...this.maybe('unitPrice', units),
            ...this.maybe('location', place),
          })),
        };
      case 'order.cancelled':
      case 'order.shipped':
        return {
          orderId: document('o'),
          ...(type === 'order.shipped' ? this.maybe('location', place) : {}),
          ...this.maybe('lines', () => this.lines(() => ({}))),
        };
      case 'order.returned':
        return {
          orderId: document('o'),
          location: place(),
          lines: this.lines(() => ({ restock: this.chance(0.5) })),
        };
      case 'cart.added':
      case 'cart.removed':
        return {
          cartId: document('c'),
          sku: sku(),
          quantity: units(),
          ...this.maybe('location', place),
        };
      case 'cart.viewed':
        return { sku: sku(), ...this.maybe('location', place) };
      case 'cart.checkedOut':
        return { cartId: document('c'), ...this.maybe('orderId', () => document('o')) };
      case 'control.tick':
        return {};
      case 'control.model':
        return { version: document('m'), weights: this.pick(MODELS) };
      case 'catalog.item':
        return this.catalogItem();
      default:
        return this.movement(type);
    }
  }

  private signalId(): string {
    return `reorder/london/tea/e${this.below(this.made)}`;
  }

  private movement(type: EventType): Fields {
    const { sku, place, units, document } = this;
    const purchaseOrderId = document('p');
    const expectedAt = this.nowMs + this.below(5 * 86_400_000);
    const moved = { location: place(), sku: sku(), quantity: units() };
    switch (type) {
      case 'stock.received':
        return { ...moved, ...this.maybe('purchaseOrderId', () => purchaseOrderId) };
      case 'stock.counted':
        return { ...moved, quantity: this.below(60) };
      case 'stock.adjusted':
        return { ...moved, quantity: this.below(40) - 20, reason: 'found' };
      case 'stock.transferred': {
        const from = this.below(3);
        const to = (from + 1 + this.below(2)) % 3;
        const stage = this.pick(['shipped', 'received']);
        const route = { from: PLACES[from], to: PLACES[to], transferId: document('t'), stage };
        return { sku: sku(), quantity: units(), ...route };
      }
      case 'purchase.ordered':
        return {
          purchaseOrderId,
          ...moved,
          ...this.maybe('supplier', () => 'acme'),
          ...this.maybe('expectedAt', () => expectedAt),
          ...this.maybe('signalId', () => this.signalId()),
        };
      case 'signal.approved':
      case 'signal.rejected':
        return { signalId: this.signalId(), ...this.maybe('by', () => 'ann') };
      case 'purchase.postponed':
        return { purchaseOrderId, expectedAt };
      case 'purchase.cancelled':
        return { purchaseOrderId, ...this.maybe('sku', sku) };
      default:
        throw new RangeError(`no valid event of type ${type}`);
    }
  }

  private catalogItem(): Fields {
    const reorderPoint = this.below(30) - 5;
    const orderUpToLevel = reorderPoint + 1 + this.below(30);
    return {
      sku: this.sku(),
      ...this.maybe('location', this.place),
      ...this.maybe('name', () => 'Tea, loose'),
      status: this.chance(0.9) ? 'active' : 'discontinued',
      ...this.maybe('unitCost', this.units),
      leadTime: { meanDays: this.below(9), sdDays: this.below(3) },
      ...this.maybe('packSize', () => 1 + this.below(6)),
      serviceLevel: this.chance(0.5) ? { cycle: 0.95 } : { fill: 0.9 },
      policy: {
        kind: this.pick(['sQ', 'sS', 'RS', 'vmi', 'none']),
        ...(this.chance(0.5) ? { reorderPoint, orderUpToLevel } : {}),
        ...this.maybe('reviewDays', () => 1 + this.below(7)),
      },
    };
  }
}
