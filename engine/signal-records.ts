// Signals as history keeps them, from proposed to closed; the last state of an id stands.
import type { SignalRow } from '../connectors/clickhouse/rows.js';
import type { Signal } from '../operators/events/result.js';
import { isWithdrawn, type SignalClosing } from '../operators/stream/closing.js';
import type { SignalProgress } from '../operators/stream/outbox.js';
import type { Decided } from './pipeline.js';

/**
 * Rows of a batch's signals, each made when it is asked for. What is open now stands as `raised`,
 * or `proposed` while it waits for approval; one that another has replaced as `updated`, one that
 * was answered as `ordered`, then `part-received` and `closed`; one that is not needed any more as
 * `withdrawn`.
 */
export function* signalRows({ batch, results }: Decided): Generator<SignalRow> {
  const version = batch.through;
  // Raised and ended within one batch: of equal versions only the last state is written.
  const ends = new Map(results.closings.map((closing) => [closing.signal.id, closing]));
  const later = new Map(results.progress.map((progress) => [progress.signal.id, progress]));
  const ending = (end: SignalClosing): SignalRow => {
    const then = later.get(end.signal.id);
    later.delete(end.signal.id);
    return then === undefined ? endRow(end, version) : laterRow(then, version);
  };
  for (const signal of results.signals) {
    const end = ends.get(signal.id);
    ends.delete(signal.id);
    if (end !== undefined) yield ending(end);
    else yield openRow(signal, version);
  }
  for (const end of ends.values()) yield ending(end);
  for (const progress of later.values()) yield laterRow(progress, version);
}

function openRow(signal: Signal, version: number): SignalRow {
  const state = signal.state === 'proposed' ? 'proposed' : 'raised';
  return signalRow(signal, { state, stateTimeMs: Date.parse(signal.time), version });
}

function laterRow({ signal, state, timeMs }: SignalProgress, version: number): SignalRow {
  return signalRow(signal, { state, stateTimeMs: timeMs, version });
}

function endRow({ signal, timeMs, reason }: SignalClosing, version: number): SignalRow {
  const answered = reason === 'updated' ? 'updated' : 'ordered';
  const state = isWithdrawn(reason) ? 'withdrawn' : answered;
  return signalRow(signal, { state, stateTimeMs: timeMs, version });
}

/**
 * The row of a signal in a state; `version` orders the states of one id. Field by field: to take
 * all but some of so many fields costs ten times as much.
 */
function signalRow(
  s: Signal,
  state: Pick<SignalRow, 'state' | 'stateTimeMs' | 'version'>,
): SignalRow {
  return {
    id: s.id,
    kind: s.kind,
    timeMs: Date.parse(s.time),
    sku: s.sku,
    location: s.location,
    quantity: s.quantity,
    supplier: s.supplier ?? '',
    fromLocation: s.from ?? '',
    neededByMs: Date.parse(s.neededBy),
    policy: s.policy,
    onHand: s.onHand,
    allocated: s.allocated,
    backordered: s.backordered,
    onOrder: s.onOrder,
    inTransit: s.inTransit,
    inventoryPosition: s.inventoryPosition,
    reorderPoint: s.reorderPoint,
    orderUpToLevel: s.orderUpToLevel,
    safetyStock: s.safetyStock,
    leadTimeDemandMean: s.leadTimeDemand.mean,
    leadTimeDemandSd: s.leadTimeDemand.sd,
    leadTimeDemandQuantile: s.leadTimeDemand.quantile,
    leadTimeDemandLevel: s.leadTimeDemand.level,
    reasons: JSON.stringify(s.reasons),
    counterfactual: s.counterfactual,
    causeId: s.cause.id,
    causePosition: s.cause.position,
    replaces: s.replaces ?? '',
    ...state,
  };
}
