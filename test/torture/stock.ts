// What the torture run's shop has in its book, and what it says of it sooner or later.
import type { InventoryEvent } from '../../operators/events/event.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The shop's own book of a SKU in a town: only for what it buys and counts. */
export interface Stock {
  readonly sku: string;
  readonly location: string;
  onHand: number;
  open: number;
  onOrder: number;
  sold: number;
}

/** An event but for its id and time. */
export type Fields = { readonly type: InventoryEvent['type'] } & Readonly<Record<string, unknown>>;

/** Something that comes later, made when its time has come; null: it does not. */
export type Later = (atMs: number) => Fields | null;
