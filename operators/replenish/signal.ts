// A signal as it is published: what to do, with its reasons, and what would have avoided it.
import { resultId } from '../events/ids.js';
import type { Signal } from '../events/result.js';
import { formatTime } from '../events/time.js';
import type { Quantities } from '../ledger/positions.js';
import type { Moment } from '../stream/operator.js';
import type { Waiting } from './approval.js';
import type { Plan } from './policy.js';

/** Furthest that a need is dated ahead (ms): ten years. */
const FURTHEST_MS = 3650 * 86_400_000;

export interface SignalInput {
  readonly kind: Signal['kind'];
  readonly sku: string;
  readonly location: string;
  readonly quantities: Quantities;
  readonly plan: Plan;
  readonly quantity: number;
  readonly neededByMs: number;
  readonly reasons: Signal['reasons'];
  /** Smallest change of the position that would have raised no signal, units. */
  readonly counterfactual: number;
  /** Purchase order that it is about. */
  readonly purchaseOrderId?: string;
  /** Null: it may be acted on. */
  readonly waiting: Waiting | null;
  readonly moment: Moment;
  /** Open signal whose quantity this one corrects. */
  readonly replaces: string | undefined;
}

export function signalOf(input: SignalInput): Signal {
  const { kind, sku, location, quantities, plan, moment, purchaseOrderId } = input;
  const { terms, levels, demand } = plan;
  const { available: _, ...published } = quantities;
  return {
    id: resultId(kind, location, sku, moment),
    kind,
    state: input.waiting === null ? 'approved' : 'proposed',
    time: formatTime(moment.nowMs),
    sku,
    location,
    quantity: input.quantity,
    ...(terms.supplier === undefined ? {} : { supplier: terms.supplier }),
    ...(purchaseOrderId === undefined ? {} : { purchaseOrderId }),
    neededBy: formatTime(Math.min(input.neededByMs, moment.nowMs + FURTHEST_MS)),
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
    reasons: input.reasons.filter((reason) => reason.contribution !== 0),
    counterfactual: input.counterfactual,
    cause: { id: moment.causeId, position: moment.causePosition },
    ...(input.replaces === undefined ? {} : { replaces: input.replaces }),
    ...(input.waiting === null ? {} : { because: input.waiting }),
  };
}
