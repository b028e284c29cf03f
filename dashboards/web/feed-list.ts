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

function newestFirst(items: readonly FeedItem[]): FeedItem[] {
  return items.slice(-keptItems).reverse();
}
