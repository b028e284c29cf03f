// The reorder signal: quantity, reasons that add up to it, and what would have avoided it.
import { resultId } from '../events/ids.js';
import type { Signal } from '../events/result.js';
import { formatTime } from '../events/time.js';
import type { Quantities } from '../ledger/positions.js';
import type { Moment } from '../stream/operator.js';
import type { SignalClosing } from '../stream/outbox.js';
import type { Waiting } from './approval.js';
import type { Need, Plan } from './policy.js';

const DAY_MS = 86_400_000;
/** Furthest that a need is dated ahead. */
const MAX_DAYS = 3650;

export interface SignalInput {
  readonly sku: string;
  readonly location: string;
  readonly quantities: Quantities;
  readonly plan: Plan;
  readonly need: Need;
  /** Units of doubtful orders that the need leaves out. */
  readonly doubtful: number;
  /** Null: it may be acted on. */
  readonly waiting: Waiting | null;
  readonly moment: Moment;
  /** Open signal whose quantity this one corrects. */
  readonly replaces: string | undefined;
}

export function signalOf(input: SignalInput): Signal {
  const { sku, location, quantities, plan, need, moment } = input;
  const { terms, levels, demand } = plan;
  const { available: _, ...published } = quantities;
  const position = quantities.inventoryPosition;
  return {
    id: resultId('reorder', location, sku, moment),
    kind: 'reorder',
    state: input.waiting === null ? 'approved' : 'proposed',
    time: formatTime(moment.nowMs),
    sku,
    location,
    quantity: need.quantity,
    ...(terms.supplier === undefined ? {} : { supplier: terms.supplier }),
    neededBy: formatTime(neededByMs(moment.nowMs, position, plan)),
    policy: terms.policy,
    ...published,
    reorderPoint: levels.reorderPoint,
    orderUpToLevel: levels.orderUpToLevel,
    safetyStock: levels.safetyStock,
    leadTimeDemand: {
      mean: demand.mean,
      sd: demand.sd,
      quantile: demand.mean + levels.safetyStock,
      level: terms.service.level,
    },
    reasons: reasonsOf(input),
    // At the reorder point an order is due; above it none is.
    counterfactual: Math.floor(need.shortfall) + 1,
    cause: { id: moment.causeId, position: moment.causePosition },
    ...(input.replaces === undefined ? {} : { replaces: input.replaces }),
    ...(input.waiting === null ? {} : { because: input.waiting }),
  };
}

/**
 * What is published of a signal that is not needed any more: its quantity is 0, and its id follows
 * from that of the signal, which ends once.
 */
export function withdrawalOf({ signal, timeMs, reason }: SignalClosing): Signal {
  return {
    ...signal,
    id: `${signal.id}/withdrawn`,
    state: 'withdrawn',
    time: formatTime(timeMs),
    quantity: 0,
    reasons: [],
    replaces: signal.id,
    because: reason,
  };
}

/** Each factor with its value, and the units of the quantity that are due to it. */
function reasonsOf({ quantities, plan, need, doubtful }: SignalInput): Signal['reasons'] {
  const { levels, demand, terms } = plan;
  const position = quantities.inventoryPosition;
  const computed = demand.mean + levels.safetyStock + levels.undershoot;
  const reasons = [
    { factor: 'leadTimeDemand', value: demand.mean, contribution: demand.mean },
    { factor: 'safetyStock', value: levels.safetyStock, contribution: levels.safetyStock },
    { factor: 'undershoot', value: levels.undershoot, contribution: levels.undershoot },
    // A reorder point given by hand, or held below a given level, differs from the computed one.
    {
      factor: 'givenReorderPoint',
      value: levels.reorderPoint,
      contribution: levels.reorderPoint - computed,
    },
    { factor: 'inventoryPosition', value: position, contribution: -position },
    { factor: 'doubtfulDemand', value: doubtful, contribution: -doubtful },
    { factor: 'lotSize', value: need.lot, contribution: need.lot },
    { factor: 'wholeUnits', value: 1, contribution: need.byUnit },
    {
      factor: 'minimumOrderQuantity',
      value: terms.minimumOrderQuantity,
      contribution: need.byMinimum,
    },
    { factor: 'packSize', value: terms.packSize, contribution: need.byPack },
    { factor: 'orderUpToLevel', value: levels.orderUpToLevel, contribution: need.byCap },
  ];
  return reasons.filter((reason) => reason.contribution !== 0);
}

/** When the position runs out at the expected demand; without demand after the lead time. */
function neededByMs(nowMs: number, position: number, plan: Plan): number {
  const { perDay } = plan.demand;
  const days = perDay > 0 ? Math.max(0, position) / perDay : plan.terms.leadTimeDays;
  return Math.round(nowMs + Math.min(days, MAX_DAYS) * DAY_MS);
}
