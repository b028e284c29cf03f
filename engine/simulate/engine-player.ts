// The engine in a closed loop: its signals become orders, and what arrives it is told.
import type { Settings } from '../../config/settings.js';
import type { Results } from '../../operators/stream/outbox.js';
import { Feed, type Learned, type SeriesTerms } from './feed.js';
import type { Player } from './play.js';
import type { RecordedDemand } from './recorded-demand.js';
import { type Measured, Openings } from './span.js';
import type { Stock } from './stock.js';

export interface EnginePlayerParts {
  readonly demand: RecordedDemand;
  readonly settings: Settings;
  readonly learned: Learned;
  readonly measured: Measured;
  readonly stock: Stock;
  readonly isLost: boolean;
  termsOf(s: number): SeriesTerms;
}

/** More than anybody orders: the level that a series starts with is asked for above it. */
const PLENTY = 1e9;

/**
 * Each series starts with its order-up-to level on the shelf. Demand is told as an order placed,
 * in full where unmet demand waits. Where it is lost, only what was sold is told: a shop that has
 * none left gets no orders, and the engine has to see from its stock that demand was cut off.
 */
export class EnginePlayer implements Player {
  readonly stock: Stock;
  private readonly feed: Feed;
  private readonly openings: Openings;
  private readonly seriesOf = new Map<string, number>();

  constructor(private readonly parts: EnginePlayerParts) {
    this.stock = parts.stock;
    this.feed = new Feed(parts.demand, parts.settings, parts.learned);
    this.openings = new Openings(parts.measured);
    parts.demand.series.forEach(({ sku, location }, s) => {
      this.seriesOf.set(`${location}/${sku}`, s);
    });
  }

  advance(toMs: number): void {
    for (;;) {
      const receipt = this.stock.receive(toMs);
      if (receipt === null) return;
      this.answer(this.feed.received(receipt.s, receipt.atMs, receipt), receipt.atMs);
    }
  }

  tick(atMs: number): void {
    this.answer(this.feed.tick(atMs), atMs);
    const opened = this.openings.take(atMs);
    for (const s of opened) this.feed.item(s, atMs, this.parts.termsOf(s));
    for (const s of opened) this.open(s, atMs);
  }

  demand(s: number, atMs: number, units: number): void {
    const isOpen = this.stock.isOpen(s);
    const filled = isOpen ? this.stock.take(s, atMs, units) : units;
    const told = this.parts.isLost ? filled : units;
    if (!isOpen && this.feed.row(s) < 0) this.feed.item(s, atMs, this.parts.termsOf(s));
    if (told > 0) this.answer(this.feed.placed(s, atMs, told), atMs);
  }

  /** Inventory position as the engine has it. */
  believed(s: number): number {
    return this.feed.core.ledger.positions.inventoryPosition(this.feed.row(s));
  }

  private open(s: number, atMs: number): void {
    const { core } = this.feed;
    this.feed.counted(s, atMs, PLENTY);
    const plan = core.replenish.plan(this.feed.row(s), atMs);
    const units = Math.max(0, plan?.levels.orderUpToLevel ?? 0);
    this.stock.open(s, atMs, units);
    this.answer(this.feed.counted(s, atMs, units), atMs);
  }

  private answer({ signals }: Results, atMs: number): void {
    for (const { kind, state, sku, location, quantity, id } of signals) {
      // What is proposed waits: nobody is here to approve it before the engine does.
      if (kind !== 'reorder' || state !== 'approved') continue;
      const s = this.seriesOf.get(`${location}/${sku}`) as number;
      const { number } = this.stock.order(s, atMs, quantity);
      this.answer(this.feed.ordered(s, atMs, { number, units: quantity, signalId: id }), atMs);
    }
  }
}
