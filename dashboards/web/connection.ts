// The WebSocket of the page: connects, reconnects with backoff, and fills the store.
import { batch, effect } from '@preact/signals';
import type { ClientMessage, ServerMessage } from '../protocol.js';
import { retryDelayMs } from './backoff.js';
import { mergeFeed } from './feed-list.js';
import {
  atRisk,
  connection,
  feed,
  lastMessageMs,
  overview,
  selected,
  watchedView,
} from './store.js';

/** The server sends twice a second; a connection that is silent this long is dead. */
const silentMs = 10_000;

let socket: WebSocket | null = null;
let attempt = 0;
let retryTimer: number | null = null;

export function connect(): void {
  open();
  effect(() => {
    // Runs when the SKU changes and when the connection comes back.
    if (connection.value.kind === 'live') watchSelected();
  });
  window.setInterval(dropSilentConnection, 1000);
  window.addEventListener('online', retryNow);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') retryNow();
  });
}

function open(): void {
  retryTimer = null;
  const address = new URL('/live', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const opening = new WebSocket(address);
  socket = opening;
  let opened = false;
  opening.addEventListener('open', () => {
    opened = true;
    lastMessageMs.value = Date.now();
    connection.value = { kind: 'live' };
  });
  opening.addEventListener('message', (event) => received(String(event.data)));
  opening.addEventListener('close', (event) => {
    if (socket === opening) lost(event.reason, opened);
  });
}

function received(text: string): void {
  const message = JSON.parse(text) as ServerMessage;
  batch(() => {
    attempt = 0;
    lastMessageMs.value = Date.now();
    switch (message.kind) {
      case 'overview':
        overview.value = message.overview;
        return;
      case 'at-risk':
        atRisk.value = message.rows;
        return;
      case 'feed': {
        const merged = mergeFeed(feed.value ?? [], message.items, message.reset);
        // A fresh connection brings the whole state.
        if (merged.kind === 'gap') socket?.close();
        else feed.value = merged.items;
        return;
      }
      case 'sku':
        watchedView.value = message;
        return;
      default:
        message satisfies never;
    }
  });
}

function watchSelected(): void {
  const wanted = selected.value;
  const message: ClientMessage =
    wanted === null
      ? { kind: 'unwatch-sku' }
      : { kind: 'watch-sku', sku: wanted.sku, location: wanted.location };
  socket?.send(JSON.stringify(message));
}

function lost(reason: string, opened: boolean): void {
  socket = null;
  connection.value = { kind: 'reconnecting', reason };
  const delay = retryDelayMs(attempt, Math.random());
  attempt += 1;
  retryTimer = window.setTimeout(open, delay);
  // A refused WebSocket gives no status to scripts; a plain request does.
  if (!opened) void askWhetherLocked();
}

async function askWhetherLocked(): Promise<void> {
  try {
    const answer = await fetch('/api/overview');
    if (answer.status === 401) connection.value = { kind: 'locked' };
  } catch (error) {
    // No server at all: the retry that is already planned will show it.
    console.debug('the server does not answer yet', error);
  }
}

function dropSilentConnection(): void {
  const last = lastMessageMs.peek();
  if (connection.peek().kind !== 'live' || last === null) return;
  if (Date.now() - last < silentMs) return;
  const silent = socket;
  lost('the server went silent', true);
  silent?.close();
}

function retryNow(): void {
  if (socket !== null || retryTimer === null) return;
  window.clearTimeout(retryTimer);
  attempt = 0;
  open();
}
