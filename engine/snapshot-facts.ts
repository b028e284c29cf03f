// What a snapshot holds, in figures that people ask for.
import type { Snapshot } from '../connectors/snapshot-store.js';
import { decodeHeads, decodeSections, type StateReader } from '../operators/stream/state.js';

export interface SectionFacts {
  readonly name: string;
  readonly type: string;
  /** Numbers or texts. */
  readonly count: number;
  readonly bytes: number;
}

export interface StateFacts {
  readonly skus: number;
  readonly locations: number;
  readonly skuLocations: number;
  /** Orders with units that are neither shipped nor cancelled. */
  readonly openOrders: number;
  /** Greatest event time seen, RFC 3339; null: no event yet. */
  readonly streamTime: string | null;
  readonly eventsApplied: number;
}

/** As they stand in the snapshot, whatever its layout. @throws RangeError when it is no state */
export function sectionsOf({ bytes }: Snapshot): SectionFacts[] {
  const sections = decodeSections(bytes);
  return decodeHeads(bytes).heads.map(({ name, type, bytes: length }) => {
    return { name, type, count: sections.get(name)?.length ?? 0, bytes: length };
  });
}

export function factsOf(state: StateReader): StateFacts {
  const streamTimeMs = state.float64('clock')[0] as number;
  return {
    skus: state.texts('table.skus').length,
    locations: state.texts('table.locations').length,
    skuLocations: state.int32('table.skuOf').length,
    openOrders: openOrders(state),
    streamTime: Number.isFinite(streamTimeMs) ? new Date(streamTimeMs).toISOString() : null,
    eventsApplied: state.float64('outbox.counts')[0] as number,
  };
}

function openOrders(state: StateReader): number {
  const [first, next] = [state.int32('orders.first'), state.int32('orders.next')];
  const [whole, done] = [state.float64('orders.whole'), state.float64('orders.done')];
  const isOpen = (line: number): boolean => (whole[line] as number) > (done[line] as number);
  let open = 0;
  for (const number of state.int32('orders.numbers')) {
    let line = first[number] as number;
    while (line >= 0 && !isOpen(line)) line = next[line] as number;
    if (line >= 0) open++;
  }
  return open;
}
