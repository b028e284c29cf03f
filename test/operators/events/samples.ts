// Short ways to write events in tests: what is not said has a plain default.
import type { InventoryEvent } from '../../../operators/events/event.js';

const MINUTE = 60_000;
export const START = Date.parse('2011-09-01T10:00:00Z');

let made = 0;

/** An event of a type, a minute after the one before it unless `time` says otherwise. */
export function event(
  type: InventoryEvent['type'],
  fields: Readonly<Record<string, unknown>>,
): InventoryEvent {
  made++;
  const time = START + made * MINUTE;
  return { id: `e${made}`, type, time, ...fields } as unknown as InventoryEvent;
}

const line = (sku: string, quantity: number) => ({ sku, quantity });
type Lines = Readonly<Record<string, number>>;
type More = Readonly<Record<string, unknown>>;
const linesOf = (lines: Lines) => Object.entries(lines).map(([sku, n]) => line(sku, n));

/** Lines as `{ A: 2, B: 1 }`. */
export const placed = (orderId: string, lines: Lines, more: More = {}) =>
  event('order.placed', { orderId, location: 'x', lines: linesOf(lines), ...more });
export const cancelled = (orderId: string, lines?: Lines, more: More = {}) =>
  event('order.cancelled', {
    orderId,
    ...(lines === undefined ? {} : { lines: linesOf(lines) }),
    ...more,
  });
export const shipped = (orderId: string, lines?: Lines, more: More = {}) =>
  event('order.shipped', {
    orderId,
    ...(lines === undefined ? {} : { lines: linesOf(lines) }),
    ...more,
  });
export const counted = (quantity: number, more: More = {}) =>
  event('stock.counted', { location: 'x', sku: 'A', quantity, ...more });
export const adjusted = (quantity: number, more: More = {}) =>
  event('stock.adjusted', { location: 'x', sku: 'A', quantity, reason: 'found', ...more });
export const received = (quantity: number, more: More = {}) =>
  event('stock.received', { location: 'x', sku: 'A', quantity, ...more });
export const ordered = (purchaseOrderId: string, quantity: number, more: More = {}) =>
  event('purchase.ordered', { purchaseOrderId, location: 'x', sku: 'A', quantity, ...more });
export const transferred = (stage: 'shipped' | 'received', quantity: number, more: More = {}) =>
  event('stock.transferred', {
    sku: 'A',
    quantity,
    from: 'x',
    to: 'y',
    transferId: 't1',
    stage,
    ...more,
  });
export const tick = (time: number | string) => event('control.tick', { time });
