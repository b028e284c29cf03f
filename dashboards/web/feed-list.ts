// Keeps the feed on the screen: newest first, no item twice, none missing unnoticed. Pure.
import type { FeedItem } from '../protocol.js';

export const keptItems = 200;

export type Merged =
  | { readonly kind: 'merged'; readonly items: readonly FeedItem[] }
  /** Items are missing between what is here and what came: the state must be asked for anew. */
  | { readonly kind: 'gap' };

/** `incoming` is oldest first, as the server sends it; `shown` newest first. */
export function mergeFeed(
  shown: readonly FeedItem[],
  incoming: readonly FeedItem[],
  reset: boolean,
): Merged {
  if (reset) return { kind: 'merged', items: newestFirst(incoming) };
  const newest = shown[0]?.number ?? 0;
  const fresh = incoming.filter((item) => item.number > newest);
  const first = fresh[0];
  if (first === undefined) return { kind: 'merged', items: shown };
  if (first.number !== newest + 1) return { kind: 'gap' };
  return { kind: 'merged', items: [...newestFirst(fresh), ...shown].slice(0, keptItems) };
}

/** Numbers of the items whose signals wait for approval still, by what the items behind them say. */
export function stillWaiting(items: readonly FeedItem[]): ReadonlySet<number> {
  const ended = new Set<string>();
  const waiting = new Set<number>();
  // Newest first: what ended a signal is met before the signal.
  for (const item of items) {
    const { id, replaces } = (item.record ?? {}) as { id?: string; replaces?: string };
    if (item.type === 'signal-closed' && id !== undefined) ended.add(id);
    if (replaces !== undefined) ended.add(replaces);
    if (item.waiting !== undefined && !ended.has(item.waiting)) waiting.add(item.number);
  }
  return waiting;
}

function newestFirst(items: readonly FeedItem[]): FeedItem[] {
  return items.slice(-keptItems).reverse();
}
