// A purchase of the torture run's shop: ordered, perhaps postponed, received late, or cancelled.
import { formatTime } from '../../operators/events/time.js';
import type { Dice } from '../simulation/dice.js';
import { DAY_MS, type Later, type Stock } from './stock.js';

export interface Wanted {
  readonly quantity: number;
  /** Decided then, told now. */
  readonly eveningMs: number;
  readonly nowMs: number;
}

/** All that comes of it, each at its time. */
export function* supply(
  stock: Stock,
  { quantity, eveningMs, nowMs }: Wanted,
  dice: Dice,
): Generator<{ readonly atMs: number; readonly later: Later }> {
  const { sku, location } = stock;
  const purchaseOrderId = `p-${sku}-${location}-${Math.round(eveningMs / DAY_MS)}`;
  const arrivesMs = eveningMs + (2 + 5 * dice.next('supply')) * DAY_MS;
  const lateMs = dice.is('late supply', 0.1) ? 2 * DAY_MS : 0;
  const isCancelled = dice.is('supply cancelled', 0.04);
  stock.onOrder += quantity;
  const expectedAt = formatTime(Math.round(arrivesMs - lateMs));
  const order = { purchaseOrderId, sku, location, quantity, expectedAt };
  yield { atMs: nowMs, later: () => ({ type: 'purchase.ordered', ...order }) };
  if (dice.is('postponed', 0.05)) {
    const postponed = { purchaseOrderId, expectedAt: formatTime(Math.round(arrivesMs + DAY_MS)) };
    yield { atMs: eveningMs + DAY_MS, later: () => ({ type: 'purchase.postponed', ...postponed }) };
  }
  const arrives: Later = () => {
    stock.onOrder -= quantity;
    if (isCancelled) return { type: 'purchase.cancelled', purchaseOrderId, sku };
    stock.onHand += quantity;
    return { type: 'stock.received', sku, location, quantity, purchaseOrderId };
  };
  yield { atMs: arrivesMs, later: arrives };
}
