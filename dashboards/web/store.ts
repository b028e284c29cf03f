// What the page shows: signals that the connection fills and the components read.
import { computed, effect, signal } from '@preact/signals';
import type { FeedItem, Overview, PositionRow, SkuView } from '../protocol.js';
import { readHash, type SkuRoute } from './route.js';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly reason: string }
  /** The server wants a token that this browser does not have. */
  | { readonly kind: 'locked' };

export interface WatchedView extends SkuRoute {
  /** Null: the server knows no such SKU at that location. */
  readonly view: SkuView | null;
}

export const connection = signal<ConnectionState>({ kind: 'connecting' });
export const lastMessageMs = signal<number | null>(null);
export const overview = signal<Overview | null>(null);
/** Null until the first message. */
export const atRisk = signal<readonly PositionRow[] | null>(null);
export const feed = signal<readonly FeedItem[] | null>(null);
export const watchedView = signal<WatchedView | null>(null);

/** This computer's clock, once a second, for ages of messages. */
export const nowMs = signal(Date.now());

export const streamTimeMs = computed(() => overview.value?.streamTimeMs ?? null);

const narrowQuery = window.matchMedia('(max-width: 1099px)');
/** One column: the SKU then takes the page instead of standing beside the table. */
export const narrow = signal(narrowQuery.matches);

/** The SKU that the address names. */
const route = signal<SkuRoute | null>(readHash(window.location.hash));
/** Shown while the address names none: the one most at risk when the page was opened. */
const firstShown = signal<SkuRoute | null>(null);
export const selected = computed(() => route.value ?? (narrow.value ? null : firstShown.value));

export function keepStoreCurrent(): void {
  // Seen in the tab while another page is in front.
  effect(() => {
    const critical = overview.value?.criticalAlerts ?? 0;
    document.title = critical === 0 ? 'stockpulse' : `(${critical} critical) stockpulse`;
  });
  window.setInterval(() => {
    nowMs.value = Date.now();
  }, 1000);
  narrowQuery.addEventListener('change', (event) => {
    narrow.value = event.matches;
  });
  window.addEventListener('hashchange', () => {
    route.value = readHash(window.location.hash);
  });
  atRisk.subscribe((rows) => {
    const worst = rows?.[0];
    if (worst !== undefined && firstShown.peek() === null) {
      firstShown.value = { sku: worst.sku, location: worst.location };
    }
  });
}
