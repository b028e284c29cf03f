// What goes out: signals, alerts and refusals, schema and type from one definition.
import Type, { type Static } from 'typebox';
import { oneOf } from './one-of.js';

const text = (description: string) => Type.String({ description });
const units = (description: string) => Type.Number({ description });
const optional = Type.Optional;

const cause = Type.Object(
  {
    id: text('Id of the event that decided it'),
    position: Type.Number({ description: 'Position of that event in its stream' }),
  },
  { description: 'What decided it' },
);

const placed = {
  time: Type.String({ format: 'date-time', description: 'Stream time of the decision (UTC)' }),
  sku: text('Stock keeping unit'),
  location: text('Where'),
};

/** Approved: it may be acted on. Proposed: it waits for approval. Withdrawn: not needed any more. */
export const SIGNAL_STATES = ['proposed', 'approved', 'withdrawn'] as const;
export const SIGNAL_KINDS = ['reorder', 'transfer', 'expedite', 'reduce'] as const;

export const signalSchema = Type.Object(
  {
    id: text('Made from the cause: a replay makes the same id'),
    kind: oneOf(SIGNAL_KINDS),
    state: oneOf(SIGNAL_STATES),
    ...placed,
    quantity: units('What to order, whole packs, at least the minimum'),
    supplier: optional(text('Who delivers')),
    from: optional(text('Location that gives, for a transfer')),
    purchaseOrderId: optional(text('Purchase order to hurry or to cut')),
    neededBy: Type.String({ format: 'date-time', description: 'When stock runs out otherwise' }),
    policy: text('Kind of the policy that was due'),
    onHand: units('On the shelf'),
    allocated: units('Promised to orders and on the shelf'),
    backordered: units('Promised to orders and not on the shelf'),
    onOrder: units('Ordered from suppliers and not received'),
    inTransit: units('On the way between locations'),
    inventoryPosition: units('onHand + onOrder + inTransit - allocated - backordered'),
    reorderPoint: units('Due at or below this position'),
    orderUpToLevel: units('Position that the quantity aims at'),
    safetyStock: units('Part of the reorder point above mean lead-time demand'),
    leadTimeDemand: Type.Object({
      mean: units('Expected demand over the lead time'),
      sd: units('Its standard deviation'),
      quantile: units('Its quantile at level'),
      level: Type.Number({ description: 'Cycle service level, 0-1' }),
    }),
    reasons: Type.Array(
      Type.Object({
        factor: text('What'),
        value: units('How much of it'),
        contribution: units('Units of the quantity due to it; all add up to the quantity'),
      }),
    ),
    counterfactual: units('Smallest rise of the position that would have raised no signal'),
    cause,
    replaces: optional(
      text('Id of the signal whose quantity this one corrects, or that it approves or withdraws'),
    ),
    because: optional(text('Why it is proposed only, or withdrawn')),
  },
  { description: 'Order something; published once' },
);

export const ALERT_KINDS = [
  'stockout',
  'stockout-risk',
  'overstock',
  'shrinkage',
  'phantom-stock',
  'demand-spike',
  'demand-drop',
  'negative-stock',
  'late-supply',
  'unusual-pattern',
  'data-gap',
] as const;

export const alertSchema = Type.Object(
  {
    id: text('Made from the cause: a replay makes the same id'),
    kind: oneOf(ALERT_KINDS),
    severity: oneOf(['info', 'warning', 'critical']),
    state: oneOf(['raised', 'cleared']),
    ...placed,
    score: units('What was measured'),
    threshold: units('What it was compared with'),
    evidence: Type.Record(Type.String(), Type.Number(), { description: 'The numbers behind it' }),
    cause,
  },
  { description: 'Something a person should know; raised once, cleared once' },
);

export type Signal = Static<typeof signalSchema>;
export type Alert = Static<typeof alertSchema>;
export type AlertKind = Alert['kind'];

/** Why an event was refused; the label of the refusals' metric. */
export const REFUSAL_REASONS = [
  'malformed-json',
  'not-an-object',
  'unknown-type',
  'missing-field',
  'wrong-field',
  'wrong-quantity',
  'time-ahead',
  'unknown-order',
  'unknown-location',
  'unknown-signal',
  'late-count',
  'late',
  'failed',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A refused event, whole, as it goes to stream REFUSED. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** What is wrong and where, for a person. */
  readonly detail: string;
  readonly subject: string;
  readonly position: number;
  /** Which event of the message, from 0. */
  readonly index: number;
  /** Kind for the subject `refused.<kind>` or `late.<kind>`. */
  readonly kind: string;
  readonly data: string;
}
