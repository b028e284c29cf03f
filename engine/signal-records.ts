// Signals as history keeps them: raised, updated, closed; the last state of an id stands.
import type { SignalRow } from '../connectors/clickhouse/rows.js';
import type { Signal } from '../operators/events/result.js';
import type { SignalClosing } from '../operators/stream/outbox.js';
import type { Decided } from './pipeline.js';

/**
 * Rows of a batch's signals, each made when it is asked for. A signal that another one replaces
 * ends as `updated`, any other end is `closed`; what is open now stands as `raised`.
 */
export function* signalRows({ batch, results }: Decided): Generator<SignalRow> {
  const version = batch.through;
  // Raised and ended within one batch: of equal versions only the last state is written.
  const ends = new Map(results.closings.map((closing) => [closing.signal.id, closing]));
  for (const signal of results.signals) {
    const end = ends.get(signal.id);
    ends.delete(signal.id);
    if (end !== undefined) yield endRow(end, version);
    else
      yield signalRow(signal, { state: 'raised', stateTimeMs: Date.parse(signal.time), version });
  }
  for (const end of ends.values()) yield endRow(end, version);
}

function endRow({ signal, timeMs, reason }: SignalClosing, version: number): SignalRow {
  const state = reason === 'updated' ? 'updated' : 'closed';
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
