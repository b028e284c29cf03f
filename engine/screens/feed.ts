// The feed: the last signals and alerts in words, numbered, for the live page.
import type { FeedItem } from '../../dashboards/protocol.js';
import type { Alert, Signal } from '../../operators/events/result.js';
import type { SignalClosing } from '../../operators/stream/closing.js';
import type { Core } from '../core.js';
import type { Decided } from '../pipeline.js';

export class Feed {
  #items: FeedItem[] = [];
  #number = 0;

  constructor(
    private readonly core: Core,
    private readonly max: number,
  ) {}

  add({ results }: Decided): void {
    const { signals, alerts } = results;
    const closings = results.closings.filter(({ reason }) => reason !== 'updated');
    // What others of the same batch push out is not put into words first.
    let skip = Math.max(0, closings.length + signals.length + alerts.length - this.max);
    if (skip > 0) this.#items = [];
    this.#number += skip;
    const left = <T>(results: readonly T[]): readonly T[] => {
      const from = Math.min(skip, results.length);
      skip -= from;
      return results.slice(from);
    };
    for (const closing of left(closings)) this.#push(this.#ofClosing(closing));
    for (const signal of left(signals)) this.#push(this.#ofSignal(signal));
    for (const alert of left(alerts)) this.#push(this.#ofAlert(alert));
    // Twice the limit, then halved: no copy an item.
    if (this.#items.length > 2 * this.max) this.#items = this.#items.slice(-this.max);
  }

  /** An alert that no batch brought about. */
  addAlert(alert: Alert): void {
    this.#push(this.#ofAlert(alert));
  }

  /** Items after number `after`, oldest first, at most the `limit` newest. */
  after(after: number, limit: number): readonly FeedItem[] {
    const first = this.#number - this.#items.length + 1;
    const from = Math.max(0, after + 1 - first, this.#items.length - Math.min(limit, this.max));
    return this.#items.slice(from);
  }

  /** Items that `max` has pushed out. */
  get letGo(): number {
    return Math.max(0, this.#number - this.max);
  }

  get lastNumber(): number {
    return this.#number;
  }

  #push(item: Omit<FeedItem, 'number'>): void {
    this.#items.push({ number: ++this.#number, ...item });
  }

  #ofSignal(signal: Signal): Omit<FeedItem, 'number'> {
    const { sku, location, inventoryPosition, reorderPoint } = signal;
    const isProposed = signal.state === 'proposed';
    const waits = isProposed ? `${WAITS_FOR[signal.because ?? ''] ?? 'waits for approval'}; ` : '';
    return {
      type: 'signal',
      timeMs: Date.parse(signal.time),
      sku,
      location,
      ...this.#names(sku, location),
      kind: signal.kind,
      severity: signal.onHand <= signal.allocated ? 'critical' : 'warning',
      title: isProposed ? `To approve: ${asked(signal)}` : capital(asked(signal)),
      detail: `${waits}position ${show(inventoryPosition)}, reorder point ${show(reorderPoint)}`,
      record: signal,
      ...(isProposed ? { waiting: signal.id } : {}),
    };
  }

  #ofClosing({ signal, timeMs, reason }: SignalClosing): Omit<FeedItem, 'number'> {
    const { sku, location } = signal;
    const title = reason === 'purchase-order' ? 'Ordered' : 'No longer needed';
    return {
      type: 'signal-closed',
      timeMs,
      sku,
      location,
      ...this.#names(sku, location),
      kind: signal.kind,
      severity: 'info',
      title,
      detail: `signal over ${show(signal.quantity)} closed by ${CLOSED_BY[reason]}`,
      record: signal,
    };
  }

  #ofAlert(alert: Alert): Omit<FeedItem, 'number'> {
    const { sku, location, kind, state } = alert;
    const words = kind.replace('-', ' ');
    const isOver = state === 'cleared';
    if (isOver && kind === 'stockout-risk' && (alert.evidence.available ?? 1) <= 0) {
      return this.#ofLostStock(alert);
    }
    return {
      type: 'alert',
      timeMs: Date.parse(alert.time),
      sku,
      location,
      ...this.#names(sku, location),
      kind,
      severity: isOver ? 'info' : alert.severity,
      title: isOver ? `Over: ${words}` : capital(words),
      detail: detailOf(alert),
      record: alert,
    };
  }

  /** A risk that ends because there is nothing left is no good news. */
  #ofLostStock({ sku, location, time, kind, ...alert }: Alert): Omit<FeedItem, 'number'> {
    return {
      type: 'alert',
      timeMs: Date.parse(time),
      sku,
      location,
      ...this.#names(sku, location),
      kind,
      severity: 'warning',
      title: 'Risk became a stockout',
      detail: 'nothing is available any more',
      record: { ...alert, sku, location, time, kind },
    };
  }

  #names(sku: string, location: string): Pick<FeedItem, 'name' | 'locationName'> {
    const { table, catalog, settings } = this.core;
    const row = table.findRow(table.skus.find(sku), table.locations.find(location));
    const locationName = settings.locations[location]?.name ?? location;
    return { name: row < 0 ? '' : catalog.of(row).name, locationName };
  }
}

/** What a signal asks for, in a few words. */
function asked({ kind, quantity, supplier, purchaseOrderId, replaces }: Signal): string {
  const from = supplier === undefined ? '' : ` from ${supplier}`;
  const of = purchaseOrderId === undefined ? '' : ` of ${purchaseOrderId}`;
  if (kind === 'expedite') return `hurry ${show(quantity)}${of}${from}`;
  if (kind === 'reduce') return `cut ${show(quantity)}${of}${from}`;
  return `order ${replaces === undefined ? '' : 'now '}${show(quantity)}${from}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const WAITS_FOR: Readonly<Record<string, string>> = {
  class: 'its class of demand is not sent unasked',
  'doubtful-demand': 'an order far beyond the usual made it due',
  value: 'it costs more than goes out unasked',
  supplier: 'its supplier is not approved',
  manual: 'all signals wait for approval',
};

const CLOSED_BY: Readonly<Record<SignalClosing['reason'], string>> = {
  'purchase-order': 'its purchase order',
  stock: 'stock',
  demand: 'falling demand',
  'not-replenished': 'its catalog item',
  updated: 'a larger need',
  rejected: 'a person',
};

function detailOf({ kind, evidence, state }: Alert): string {
  const figure = (name: string): string => show(evidence[name] ?? 0);
  switch (kind) {
    case 'stockout':
      return `available ${figure('available')}, ${figure('backordered')} backordered`;
    case 'stockout-risk':
      return `${figure('daysOfCover')} days of cover, lead time ${figure('leadTimeDays')} days`;
    case 'negative-stock':
      return `on hand ${figure('onHand')}`;
    case 'late-supply':
      if (state === 'cleared') return 'nothing is late any more';
      return `${figure('lateUnits')} units, ${figure('daysLate')} days late`;
    default:
      return Object.entries(evidence)
        .map(([name, value]) => `${name} ${show(value)}`)
        .join(', ');
  }
}

/** Up to one decimal. */
function show(value: number): string {
  return String(Math.round(value * 10) / 10);
}
