// Reorders: compares a row's position with its policy, and raises, corrects and ends its signal.
import type { Ledger } from '../ledger/ledger.js';
import type { Moment } from '../stream/operator.js';
import type { Table } from '../stream/table.js';
import { type ApprovalRules, type Waiting, waitsFor } from './approval.js';
import type { DoubtfulOrders } from './doubtful-orders.js';
import type { Planning } from './planning.js';
import { isPeriodic, type Need, needOf, type Plan } from './policy.js';
import { reorderReasons, runsOutMs } from './reorder-reasons.js';
import { signalOf } from './signal.js';
import type { SignalDesk } from './signal-desk.js';

export interface ReorderParts {
  readonly table: Table;
  readonly ledger: Ledger;
  readonly planning: Planning;
  readonly doubts: DoubtfulOrders;
  readonly desk: SignalDesk;
}

export interface Review {
  /** What has happened may have ended the need. */
  readonly mayClose: boolean;
  /** It is the day on which a policy that reviews from time to time does so. */
  readonly isReview: boolean;
}

/** What is due: how much, counted without how many doubtful units, and who must say so. */
interface Due {
  readonly need: Need;
  readonly doubtful: number;
  readonly waiting: Waiting | null;
}

export class Reorders {
  constructor(
    private readonly parts: ReorderParts,
    private readonly rules: ApprovalRules,
  ) {}

  /** Gives back what the row is replenished by now; null: nothing is planned for it. */
  review(row: number, moment: Moment, when: Review): Plan | null {
    const { planning, desk } = this.parts;
    planning.prepare(row, moment.nowMs);
    const plan = planning.plan(row, moment.nowMs);
    const due = plan === null ? null : this.dueOf(row, plan);
    if (plan === null || due === null) {
      const reason = moment.isStep ? 'demand' : 'stock';
      if (when.mayClose) desk.close(row, plan === null ? 'not-replenished' : reason, moment.nowMs);
    } else if (!isPeriodic(plan.terms) || when.isReview) this.ask(row, plan, due, moment);
    return plan;
  }

  /** What the doubtful orders of a row make due is proposed; what is due without them is not. */
  private dueOf(row: number, { terms, levels }: Plan): Due | null {
    const position = this.parts.ledger.positions.inventoryPosition(row);
    const doubtful = this.parts.doubts.units(row);
    const need = needOf(terms, levels, position);
    if (need === null) return null;
    const waiting = (quantity: number) => waitsFor(this.rules, terms, quantity);
    if (doubtful === 0) return { need, doubtful: 0, waiting: waiting(need.quantity) };
    const sure = needOf(terms, levels, position + doubtful);
    if (sure === null) return { need, doubtful: 0, waiting: 'doubtful-demand' };
    return { need: sure, doubtful, waiting: waiting(sure.quantity) };
  }

  private ask(row: number, plan: Plan, due: Due, moment: Moment): void {
    const { table, ledger, desk } = this.parts;
    const open = desk.open.get(row);
    const isWaiting = open?.state === 'proposed';
    const isApproved = isWaiting && due.waiting === null;
    if (!desk.isNews(row, due.need.quantity)) {
      // Proposed before, and nothing to wait for any more; or less than was proposed is sure.
      if (!isApproved) return;
      if (due.need.quantity === open.quantity) {
        desk.approve(row, moment);
        return;
      }
    }
    const quantities = ledger.positions.read(row);
    const { need, doubtful } = due;
    const position = quantities.inventoryPosition;
    const signal = signalOf({
      kind: 'reorder',
      sku: table.sku(row),
      location: table.location(row),
      quantities,
      plan,
      quantity: need.quantity,
      neededByMs: runsOutMs(moment.nowMs, position, plan),
      reasons: reorderReasons({ plan, need, position, doubtful }),
      // At the reorder point an order is due; above it none is.
      counterfactual: Math.floor(need.shortfall) + 1,
      waiting: due.waiting,
      moment,
      replaces: open?.id,
    });
    desk.raise(row, signal, moment.nowMs);
  }
}
