// The label values that are known before the first event: their counters begin at zero, so that a
// rate over them, and an alert on it, sees the first one.
import type { KnownLabels } from '../connectors/prometheus.js';
import { EVENT_TYPES } from '../operators/events/event.js';
import { ALERT_KINDS, REFUSAL_REASONS, SIGNAL_KINDS } from '../operators/events/result.js';

/** Limits with a setting that can take hold while the engine runs. */
export const COUNTED_LIMITS = [
  'cart.max',
  'clickhouse.maxQueuedRows',
  'clickhouse.spoolBytes',
  'dedupe.maxIds',
  'demand.maxGap',
  'feed.max',
  'ledger.journal',
  'nats.maxInFlight',
] as const;
export type CountedLimit = (typeof COUNTED_LIMITS)[number];

export const KNOWN_LABELS: KnownLabels = {
  events: EVENT_TYPES,
  late: [...new Set(EVENT_TYPES.map((type) => type.split('.', 1)[0] as string))],
  // Late events have a metric of their own.
  refused: REFUSAL_REASONS.filter((reason) => reason !== 'late'),
  signals: SIGNAL_KINDS,
  alerts: ALERT_KINDS,
  limits: COUNTED_LIMITS,
  trainings: ['promoted', 'kept', 'failed'],
};
