// Supply signals: open purchase orders to hurry (expedite) and to cut (reduce).
import type { Signal } from '../events/result.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Moment } from '../stream/operator.js';
import type { Table } from '../stream/table.js';
import type { Waiting } from './approval.js';
import type { Plan } from './policy.js';
import { signalOf } from './signal.js';
import type { SignalDesk } from './signal-desk.js';

const DAY_MS = 86_400_000;
/** An order that is late is expected after as long again as it is late, and after this at least. */
const SOONEST_DAYS = 0.5;

export interface SupplyParts {
  readonly table: Table;
  readonly ledger: Ledger;
  readonly expedites: SignalDesk;
  readonly reductions: SignalDesk;
}

export interface SupplyOptions {
  /** An order is cut when the position is this share of a lot above what the policy aims at. */
  readonly reduceAbove: number;
  /** Null: sent at once. */
  readonly waiting: Waiting | null;
}

/** An open line of a purchase order. */
interface Line {
  readonly purchaseOrderId: string;
  readonly units: number;
  readonly dueAtMs: number;
  readonly arrivesMs: number;
  readonly isLate: boolean;
}

export class SupplySignals {
  constructor(
    private readonly parts: SupplyParts,
    private readonly options: SupplyOptions,
  ) {}

  /**
   * Expedite: a late purchase order will come after what is there has sold at the expected rate,
   *   short = demand until it arrives - available - what arrives before it > 0.
   * Late is one that is overdue, or due later than a new order would come (mean + 1 sd).
   */
  hurry(row: number, planned: Plan | null, moment: Moment): void {
    const { expedites } = this.parts;
    const plan = this.isOnOrder(row) ? planned : null;
    const found = plan === null ? null : this.shortBefore(row, plan, moment.nowMs);
    if (plan === null || found === null) {
      expedites.close(row, 'stock', moment.nowMs);
      return;
    }
    const { line, demanded, available, arriving, short } = found;
    const quantity = Math.min(line.units, Math.ceil(short));
    if (!expedites.isNews(row, quantity)) return;
    this.raise(expedites, row, plan, moment, {
      kind: 'expedite',
      quantity,
      purchaseOrderId: line.purchaseOrderId,
      neededByMs: moment.nowMs + (Math.max(0, available) / plan.demand.perDay) * DAY_MS,
      reasons: [
        { factor: 'demandUntilArrival', value: demanded, contribution: demanded },
        { factor: 'available', value: available, contribution: -available },
        { factor: 'arrivingBefore', value: arriving, contribution: -arriving },
        { factor: 'wholeUnits', value: 1, contribution: Math.ceil(short) - short },
        { factor: 'purchaseOrder', value: line.units, contribution: quantity - Math.ceil(short) },
      ],
      counterfactual: Math.ceil(short),
    });
  }

  /**
   * Reduce: the position is above what the policy aims at by more than `reduceAbove` of a lot and a
   * step of rounding, and some of it is still on order. Cut by whole packs down to the aim.
   */
  cut(row: number, planned: Plan | null, moment: Moment): void {
    const { reductions, ledger } = this.parts;
    const plan = this.isOnOrder(row) ? planned : null;
    const quantity = plan === null ? 0 : this.tooMuch(row, plan);
    if (plan === null || quantity <= 0) {
      reductions.close(row, 'demand', moment.nowMs);
      return;
    }
    if (!reductions.isNews(row, quantity)) return;
    const aim = aimOf(plan);
    const position = ledger.positions.inventoryPosition(row);
    const [line] = this.linesOf(row, plan, moment.nowMs);
    this.raise(reductions, row, plan, moment, {
      kind: 'reduce',
      quantity,
      ...(line === undefined ? {} : { purchaseOrderId: line.purchaseOrderId }),
      neededByMs: line?.arrivesMs ?? moment.nowMs,
      reasons: [
        { factor: 'inventoryPosition', value: position, contribution: position },
        { factor: 'orderUpToLevel', value: aim, contribution: -aim },
        { factor: 'packSize', value: plan.terms.packSize, contribution: quantity + aim - position },
      ],
      counterfactual: -Math.ceil(position - aim - this.slackOf(plan)),
    });
  }

  private isOnOrder(row: number): boolean {
    return this.parts.ledger.positions.onOrder(row) > 0;
  }

  /** Units to cut; 0: none. */
  private tooMuch(row: number, plan: Plan): number {
    const { positions } = this.parts.ledger;
    const over = positions.inventoryPosition(row) - aimOf(plan);
    if (over <= this.slackOf(plan)) return 0;
    const most = Math.min(over, positions.onOrder(row));
    const { packSize } = plan.terms;
    return packSize > 0 ? Math.floor(most / packSize) * packSize : Math.floor(most);
  }

  /** What rounding may add to an order, and part of a lot. */
  private slackOf(plan: Plan): number {
    const { packSize, minimumOrderQuantity } = plan.terms;
    return Math.max(packSize, minimumOrderQuantity) + this.options.reduceAbove * lotOf(plan);
  }

  /** The first late line before which stock runs short. */
  private shortBefore(row: number, plan: Plan, nowMs: number) {
    const { perDay } = plan.demand;
    const available =
      this.parts.ledger.positions.onHand(row) - this.parts.ledger.positions.open(row);
    let arriving = 0;
    for (const line of this.linesOf(row, plan, nowMs)) {
      const demanded = (perDay * (line.arrivesMs - nowMs)) / DAY_MS;
      const short = demanded - available - arriving;
      if (line.isLate && perDay > 0 && short > 0) {
        return { line, demanded, available, arriving, short };
      }
      arriving += line.units;
    }
    return null;
  }

  /** Open lines of a row that say when they come, first those that come first. */
  private linesOf(row: number, { terms }: Plan, nowMs: number): Line[] {
    const lines: Line[] = [];
    const usualMs = nowMs + (terms.leadTimeDays + terms.leadTimeSdDays) * DAY_MS;
    this.parts.ledger.purchases.forOpenLines(row, (units, dueAtMs, purchaseOrderId) => {
      if (Number.isNaN(dueAtMs)) return;
      const lateMs = Math.max(nowMs - dueAtMs, SOONEST_DAYS * DAY_MS);
      const isOverdue = dueAtMs <= nowMs;
      const arrivesMs = isOverdue ? nowMs + lateMs : dueAtMs;
      lines.push({
        purchaseOrderId,
        units,
        dueAtMs,
        arrivesMs,
        isLate: isOverdue || dueAtMs > usualMs,
      });
    });
    return lines.sort((a, b) => a.arrivesMs - b.arrivesMs || a.dueAtMs - b.dueAtMs);
  }

  private raise(
    desk: SignalDesk,
    row: number,
    plan: Plan,
    moment: Moment,
    what: Pick<Signal, 'kind' | 'quantity' | 'reasons' | 'counterfactual'> & {
      readonly neededByMs: number;
      readonly purchaseOrderId?: string;
    },
  ): void {
    const { table, ledger } = this.parts;
    const signal = signalOf({
      ...what,
      sku: table.sku(row),
      location: table.location(row),
      quantities: ledger.positions.read(row),
      plan,
      waiting: this.options.waiting,
      moment,
      replaces: desk.open.get(row)?.id,
    });
    desk.raise(row, signal, moment.nowMs);
  }
}

/** Position that the policy does not order beyond, rounding aside. */
function aimOf({ terms, levels }: Plan): number {
  if (terms.policy !== 'sQ') return levels.orderUpToLevel;
  return levels.reorderPoint + levels.orderQuantity;
}

function lotOf({ terms, levels }: Plan): number {
  const { orderUpToLevel, reorderPoint, orderQuantity } = levels;
  return Math.max(1, terms.policy === 'sS' ? orderUpToLevel - reorderPoint : orderQuantity);
}
