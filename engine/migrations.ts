// Snapshots of older layouts: which can be read, and the steps that make them into today's.
import type { LayoutCheck, Snapshot } from '../connectors/snapshot-store.js';
import { MOMENTS_WIDTH } from '../operators/stats/recent-moments.js';
import { Dedupe } from '../operators/stream/dedupe.js';
import {
  type DecodedSections,
  decodeSections,
  encodeState,
  StateReader,
  StateWriter,
} from '../operators/stream/state.js';
import { STATE_SCHEMA } from './core.js';
import { forecastsAnew } from './forecasts-anew.js';

/**
 * Makes the sections of one layout into those of the next, in place. Arrays of numbers are laid
 * over the snapshot: put another in the place of one, do not write into it.
 */
export type Migration = (sections: DecodedSections) => void;

export interface Layouts {
  /** What this version writes. */
  readonly current: number;
  /** By N: from layout N to N + 1. */
  readonly migrations: ReadonlyMap<number, Migration>;
}

/** A step, once released, is never changed: a snapshot may be of any earlier version. */
export const LAYOUTS: Layouts = {
  current: STATE_SCHEMA,
  migrations: new Map([
    [1, idsInParts],
    [2, forecastsAnew],
    [3, buffersAhead],
  ]),
};

/** In layout 1 the ids that were taken were one table; since then they are many small ones. */
function idsInParts(sections: DecodedSections): void {
  const old = new StateReader(sections);
  const dedupe = new Dedupe({ windowMs: Infinity, maxIds: Infinity });
  dedupe.takeOver(
    old.view('dedupe.high', Uint32Array),
    old.view('dedupe.low', Uint32Array),
    old.view('dedupe.takenAtMs', Float64Array),
  );
  dedupe.forgotten = old.float64('dedupe.counts')[1] as number;
  sections.delete('dedupe.counts');
  const writer = new StateWriter();
  dedupe.save(writer);
  for (const [name, section] of decodeSections(encodeState(writer))) sections.set(name, section);
}

/**
 * In layout 3 safety stock was made anew with each event, by the normal formula. Since then a row
 * keeps what its lead-time demand asks for until its next bucket; without it, that is made when the
 * row is next looked at. Sizes of orders were not known. Signals were all sent at once, and what
 * became of them behind their purchase order was not followed. How long deliveries took was not
 * learned, nor when each line was ordered. Classes of demand were made of all that was ever sold.
 */
function buffersAhead(sections: DecodedSections): void {
  const old = new StateReader(sections);
  const ahead = old.view('replenish.ahead', Float64Array);
  const rows = ahead.length;
  sections.set('planning.ahead', ahead);
  sections.delete('replenish.ahead');
  sections.set('planning.safetyStock', new Float64Array(rows).fill(Number.NaN));
  sections.set('planning.undershoot', new Float64Array(rows));
  sections.set('planning.orderQuantity', new Float64Array(rows).fill(Number.NaN));
  sections.set('planning.basis', new Float32Array(2 * rows).fill(Number.NaN));
  for (const name of ['mean', 'sd', 'exposed']) {
    sections.set(`lead-time-ahead.${name}`, new Float64Array(rows).fill(Number.NaN));
  }
  leadTimesAnew(sections, rows);
  classesAnew(sections, rows);
  sections.set('order-sizes.count', new Uint8Array(rows));
  sections.set('order-sizes.mean', new Float32Array(rows));
  sections.set('order-sizes.square', new Float32Array(rows));
  sections.set('outbox.counts', Float64Array.of(...old.float64('outbox.counts'), 0));
  const open = old.texts('signals.open').map((text) => {
    return JSON.stringify({ ...(JSON.parse(text) as object), state: 'approved' });
  });
  sections.set('signals.open', open);
  for (const desk of ['expedites', 'reductions']) {
    for (const name of ['rows', 'namedRows', 'rejectedRows']) {
      sections.set(`${desk}.${name}`, new Int32Array(0));
    }
    for (const name of ['open', 'names']) sections.set(`${desk}.${name}`, []);
    sections.set(`${desk}.rejected`, new Float64Array(0));
  }
  for (const name of ['signals.rejectedRows', 'ordered.rows', 'doubts.rows']) {
    sections.set(name, new Int32Array(0));
  }
  for (const name of ['signals.rejected', 'ordered.received', 'doubts.untilMs', 'doubts.limits']) {
    sections.set(name, new Float64Array(0));
  }
  for (const name of ['ordered.signals', 'ordered.purchaseOrders', 'doubts.orders']) {
    sections.set(name, []);
  }
  sections.set('doubts.nextMs', Float64Array.of(Number.POSITIVE_INFINITY));
}

function leadTimesAnew(sections: DecodedSections, rows: number): void {
  const lines = new StateReader(sections).view('purchases.row', Int32Array).length;
  // Infinity: as if they had said already how long they took.
  sections.set(
    'purchase-times.orderedAtMs',
    new Float64Array(lines).fill(Number.POSITIVE_INFINITY),
  );
  sections.set('purchase-times.receivedAtMs', new Float64Array(lines).fill(Number.NaN));
  sections.set('purchase-times.suppliers', new Array<string>(lines).fill(''));
  sections.set('lead-times.moments', new Float64Array(rows * MOMENTS_WIDTH));
  sections.set('lead-times.supplier', new Int32Array(rows));
  sections.set('lead-times.names', []);
  sections.set('lead-times.suppliers', new Float64Array(0));
}

/** Buckets that a row's history counts as, at most: what recent ones come to at days. */
const MOST_BUCKETS = 130;

/** What was sold counts as if it had been sold lately; rows are classed with their next bucket. */
function classesAnew(sections: DecodedSections, rows: number): void {
  const old = new StateReader(sections);
  const [count, mean, squares, value] = ['count', 'mean', 'squares', 'value'].map((name) =>
    old.view(`statistics.${name}`, Float64Array),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const moments = new Float64Array(rows * MOMENTS_WIDTH);
  const recent = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const buckets = count[row] as number;
    const share = Math.min(1, MOST_BUCKETS / Math.max(1, buckets));
    const seen = buckets * share;
    moments.set(
      [seen, mean[row] as number, (squares[row] as number) * share, seen],
      row * MOMENTS_WIDTH,
    );
    recent[row] = (value[row] as number) * share;
  }
  for (const name of ['count', 'mean', 'squares', 'value']) sections.delete(`statistics.${name}`);
  sections.set('classes.moments', moments);
  sections.set('classes.value', recent);
  sections.set('classes.abc', new Uint8Array(rows));
  sections.set('classes.xyz', new Uint8Array(rows));
}

/** Refuses layouts without a way to the current one. */
export function layoutCheck({ current, migrations }: Layouts): LayoutCheck {
  return (schema) => {
    const both = `layout ${schema}, this version reads ${current}`;
    if (schema > current) {
      return `${both}: a newer version of stockpulse saved it; start that one, or a later one`;
    }
    for (let from = schema; from < current; from++) {
      if (migrations.has(from)) continue;
      return (
        `${both}, and there is no way from ${from} to ${from + 1}: start the version that saved ` +
        'it, or without it, so that the state is built anew from the stream'
      );
    }
    return null;
  };
}

/**
 * The state of a snapshot that `layoutCheck` lets pass, in the current layout.
 * @throws RangeError when its bytes are not a state, or a step is missing.
 */
export function stateOf(snapshot: Snapshot, { current, migrations }: Layouts): StateReader {
  const sections = decodeSections(snapshot.bytes);
  for (let from = snapshot.schema; from < current; from++) {
    const migrate = migrations.get(from);
    if (migrate === undefined) throw new RangeError(`no way from layout ${from} to ${from + 1}`);
    migrate(sections);
  }
  return new StateReader(sections);
}
