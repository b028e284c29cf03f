// Lead times as they are: mean and spread per supplier and per SKU-location, learned from receipts.
import type { CompletedLine, Purchases } from '../ledger/purchases.js';
import {
  forgetAt,
  learnAt,
  type MeanAndSd,
  MOMENTS_WIDTH,
  shrunk,
} from '../stats/recent-moments.js';
import type { Column } from '../stream/columns.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import type { RowCalendars } from './row-calendars.js';

/** Purchase orders of a supplier, and lines of a SKU-location, that are remembered. */
const SUPPLIER_MEMORY = 50;
const ROW_MEMORY = 20;
/** Observations that the catalog's lead time, and the supplier's for a SKU-location, count as. */
const GIVEN_WEIGHT = 4;
const SUPPLIER_WEIGHT = 4;
/** Suppliers that are told apart; purchase orders of further ones teach nothing. */
const MOST_SUPPLIERS = 65_536;

export interface LeadTimesParts {
  readonly table: Table;
  readonly purchases: Purchases;
  /** Say in which days a lead time is counted. */
  readonly calendars: RowCalendars;
}

/**
 * From `purchase.ordered` to the receipt that completes the line. A purchase order counts once for
 * its supplier, however many lines it has: those of one delivery say the same. What was cancelled,
 * and a receipt dated before its order, teach nothing.
 *
 * Mean and sd forget exponentially. The supplier's are drawn towards what the catalog gives, as
 * if that were 4 purchase orders, forgotten like others; those of a SKU-location towards its
 * supplier's, as if these were 4 lines, always (without a supplier, towards what is given). So a
 * supplier of whom little is seen keeps its given lead time, and a SKU that comes otherwise than the
 * supplier's others has its own after some lines.
 */
export class LeadTimes implements Stateful {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  private suppliers = new Float64Array(16 * MOMENTS_WIDTH);
  private readonly rows: Column<Float64Array>;
  /** Number of the supplier that a row's moments are of, + 1; 0: nothing was received. */
  private readonly deliveredBy: Column<Int32Array>;
  private readonly scratch = new Float64Array(MOMENTS_WIDTH);

  constructor(private readonly parts: LeadTimesParts) {
    const columns = parts.table.columns('lead-times');
    this.rows = columns.float64('moments', MOMENTS_WIDTH);
    this.deliveredBy = columns.int32('supplier');
  }

  /**
   * Takes a completed line.
   * @param usual the row's supplier by the catalog
   */
  learn(line: CompletedLine, usual: string | undefined): void {
    const { row, lines, orderedAtMs, receivedAtMs } = line;
    const supplier = line.supplier === '' ? (usual ?? '') : line.supplier;
    if (!(receivedAtMs >= orderedAtMs)) return;
    const days = this.parts.calendars.daysBetween(row, supplier, orderedAtMs, receivedAtMs);
    const number = this.numberOf(supplier);
    if (number >= 0) {
      const place = { values: this.suppliers, at: number * MOMENTS_WIDTH };
      learnAt(place, days, { weight: 1 / lines, memory: SUPPLIER_MEMORY });
    }
    // What another supplier did once is not how this one delivers.
    if (usual !== undefined && supplier !== usual) return;
    const place = { values: this.rows.values, at: row * MOMENTS_WIDTH };
    if (this.deliveredBy.values[row] !== number + 1) forgetAt(place);
    this.deliveredBy.values[row] = number + 1;
    learnAt(place, days, { weight: 1, memory: ROW_MEMORY });
  }

  /**
   * Mean and sd of the lead time of a row, in days. A line that has been open for longer than the
   * mean counts as one that took that long: else a supplier that has stopped delivering would keep
   * its good name.
   * @param usual the row's supplier by the catalog; undefined: who delivered last
   * @param given lead time by the catalog
   */
  of(row: number, usual: string | undefined, given: MeanAndSd, nowMs: number): MeanAndSd {
    const last = (this.deliveredBy.values[row] as number) - 1;
    const number = usual === undefined ? last : (this.numbers.get(usual) ?? -1);
    const bySupplier = this.bySupplier(number, given);
    this.scratch.fill(0);
    const place = { values: this.scratch, at: 0 };
    if (last === number) {
      const from = row * MOMENTS_WIDTH;
      this.scratch.set(this.rows.values.subarray(from, from + MOMENTS_WIDTH));
    }
    const memory = number < 0 ? ROW_MEMORY : Infinity;
    const prior = { ...bySupplier, weight: SUPPLIER_WEIGHT, memory };
    const { mean } = shrunk(place, prior);
    this.forLateLines(row, usual ?? '', nowMs, mean, (days) => {
      learnAt(place, days, { weight: 1, memory: ROW_MEMORY });
    });
    return shrunk(place, prior);
  }

  /** The row's supplier by the catalog, or who delivered last; undefined: nobody is known. */
  supplierOf(row: number, usual: string | undefined): string | undefined {
    return usual ?? this.names[(this.deliveredBy.values[row] as number) - 1];
  }

  /** Mean and sd of the lead time of a supplier, in days; of one that is not known: as given. */
  ofSupplier(supplier: string, given: MeanAndSd): MeanAndSd {
    return this.bySupplier(this.numbers.get(supplier) ?? -1, given);
  }

  save(out: StateWriter): void {
    out.put('lead-times.names', this.names.slice());
    const used = this.numbers.size * MOMENTS_WIDTH;
    out.put('lead-times.suppliers', this.suppliers.subarray(0, used));
  }

  load(from: StateReader): void {
    for (const name of from.texts('lead-times.names')) this.numberOf(name);
    this.suppliers.set(from.view('lead-times.suppliers', Float64Array));
  }

  private bySupplier(number: number, given: MeanAndSd): MeanAndSd {
    if (number < 0) return given;
    const place = { values: this.suppliers, at: number * MOMENTS_WIDTH };
    return shrunk(place, { ...given, weight: GIVEN_WEIGHT, memory: SUPPLIER_MEMORY });
  }

  /** Open lines of the row's supplier that have been open for longer than `mean` days. */
  private forLateLines(
    row: number,
    usual: string,
    nowMs: number,
    mean: number,
    apply: (days: number) => void,
  ): void {
    const { purchases, calendars } = this.parts;
    purchases.forOpenLines(row, (_units, _dueAtMs, _id, line) => {
      const orderedAtMs = purchases.times.orderedAt(line);
      const supplier = purchases.times.supplier(line) || usual;
      if (!(orderedAtMs < nowMs) || (usual !== '' && supplier !== usual)) return;
      const open = calendars.daysBetween(row, supplier, orderedAtMs, nowMs);
      if (open > mean) apply(open);
    });
  }

  /** -1: it has no name, or there are too many. */
  private numberOf(supplier: string): number {
    const known = this.numbers.get(supplier);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    if (supplier === '' || number >= MOST_SUPPLIERS) return -1;
    this.numbers.set(supplier, number);
    this.names.push(supplier);
    if ((number + 1) * MOMENTS_WIDTH > this.suppliers.length) {
      const twice = new Float64Array(this.suppliers.length * 2);
      twice.set(this.suppliers);
      this.suppliers = twice;
    }
    return number;
  }
}
