// Signals as history keeps them: raised, updated, closed; the last state of an id stands.
import type { SignalRow } from '../connectors/clickhouse/rows.js';
import type { Signal } from '../operators/events/result.js';
import type { Decided } from './pipeline.js';

/**
 * Rows of a batch's signals. A signal that another one replaces ends as `updated`, any other end
 * is `closed`; what is open now stands as `raised`.
 */
export function signalRows({ batch, results }: Decided): SignalRow[] {
  const version = batch.through;
  const rows = new Map<string, SignalRow>();
  for (const signal of results.signals) {
    const stateTimeMs = Date.parse(signal.time);
    rows.set(signal.id, signalRow(signal, { state: 'raised', stateTimeMs, version }));
  }
  for (const { signal, timeMs, reason } of results.closings) {
    // Raised and ended within one batch: of equal versions only the last state is written.
    const state = reason === 'updated' ? 'updated' : 'closed';
    rows.set(signal.id, signalRow(signal, { state, stateTimeMs: timeMs, version }));
  }
  return [...rows.values()];
}

/** The row of a signal in a state; `version` orders the states of one id. */
function signalRow(
  signal: Signal,
  state: Pick<SignalRow, 'state' | 'stateTimeMs' | 'version'>,
): SignalRow {
  const { time, neededBy, leadTimeDemand, reasons, cause, from, supplier, replaces, ...same } =
    signal;
  return {
    ...same,
    supplier: supplier ?? '',
    fromLocation: from ?? '',
    replaces: replaces ?? '',
    timeMs: Date.parse(time),
    neededByMs: Date.parse(neededBy),
    leadTimeDemandMean: leadTimeDemand.mean,
    leadTimeDemandSd: leadTimeDemand.sd,
    leadTimeDemandQuantile: leadTimeDemand.quantile,
    leadTimeDemandLevel: leadTimeDemand.level,
    reasons: JSON.stringify(reasons),
    causeId: cause.id,
    causePosition: cause.position,
    ...state,
  };
}
