// A batch: what has arrived at once, as columns over events and over their lines.
import type { CatalogItem } from '../events/event.js';
import type { Refusal } from '../events/result.js';
import type { NamedModel } from '../forecast/neural/model.js';
import type { Table } from './table.js';

/** What became of an event. */
export const OUTCOME = { pending: 0, applied: 1, duplicate: 2, refused: 3, late: 4 } as const;

/** A message as the log holds it. */
export interface Message {
  readonly position: number;
  readonly subject: string;
  readonly storedAtMs: number | null;
  readonly data: Uint8Array;
}

/** The fields of one event that every type has, and the references that some have. */
export interface EventFields {
  readonly type: number;
  readonly id: string;
  readonly occurredAtMs: number;
  /** Order, cart, purchase order or transfer; '' where the type has none. */
  readonly reference: string;
  readonly text: string;
}

/**
 * Columns of events 0 … count-1; lines of event i are lineStart[i] … lineStart[i + 1] - 1.
 * An order has a line a SKU; a transfer has two (from, to); most have one.
 */
export class Batch {
  count = 0;
  lines = 0;
  messages = 0;
  /** Position of the last message; 0 in an empty batch. */
  through = 0;
  unknownFields = 0;

  type = new Uint8Array(64);
  outcome = new Uint8Array(64);
  occurredAtMs = new Float64Array(64);
  /** NaN where the log does not say. */
  storedAtMs = new Float64Array(64);
  position = new Float64Array(64);
  /** Which event of its message, from 0. */
  index = new Uint32Array(64);
  /** Expected arrival of a purchase order; NaN where absent. */
  dueAtMs = new Float64Array(64);
  lineStart = new Uint32Array(65);
  readonly id: string[] = [];
  readonly reference: string[] = [];
  /** The event as it came, for a refusal. */
  readonly text: string[] = [];
  /** Signal that a purchase order answers or a person decides on, by event. */
  readonly signalId = new Map<number, string>();
  /** Who delivers a purchase order, where it says so, by event. */
  readonly supplier = new Map<number, string>();
  readonly catalog = new Map<number, CatalogItem>();
  /** Network that forecasts from there on, by event. */
  readonly model = new Map<number, NamedModel>();
  /** Why an event was refused, by event. */
  readonly refusal = new Map<number, Refusal>();
  readonly subject: string[] = [];

  /** SKU number; -1: none. */
  lineSku = new Int32Array(64);
  /** Location number; -1: the event does not say where. */
  lineLocation = new Int32Array(64);
  /** SKU-location row, known once the event is applied; -1: before, or it does not say where. */
  lineRow = new Int32Array(64);
  lineQuantity = new Float64Array(64);
  /** Price of one unit; NaN where absent. */
  linePrice = new Float64Array(64);
  /** Restocked (returns), received (transfers): 1. */
  lineFlag = new Uint8Array(64);

  /** Adds an event and returns its number; its lines follow by `addLine`. */
  addEvent(message: Message, index: number, fields: EventFields): number {
    const i = this.count;
    if (i === this.type.length) this.growEvents();
    this.count++;
    this.type[i] = fields.type;
    this.outcome[i] = OUTCOME.pending;
    this.occurredAtMs[i] = fields.occurredAtMs;
    this.storedAtMs[i] = message.storedAtMs ?? Number.NaN;
    this.position[i] = message.position;
    this.index[i] = index;
    this.dueAtMs[i] = Number.NaN;
    this.lineStart[i] = this.lines;
    this.lineStart[i + 1] = this.lines;
    this.id.push(fields.id);
    this.reference.push(fields.reference);
    this.text.push(fields.text);
    this.subject.push(message.subject);
    return i;
  }

  addLine(sku: number, location: number, quantity: number): number {
    const line = this.lines;
    if (line === this.lineSku.length) this.growLines();
    this.lines++;
    this.lineSku[line] = sku;
    this.lineLocation[line] = location;
    this.lineRow[line] = -1;
    this.lineQuantity[line] = quantity;
    this.linePrice[line] = Number.NaN;
    this.lineFlag[line] = 0;
    this.lineStart[this.count] = this.lines;
    return line;
  }

  /**
   * Gives the lines of event i their rows. Rows come into being as events are applied, not as they
   * are decoded: else events further on in the batch would have a part in what happens now.
   */
  findRows(i: number, table: Table): void {
    const end = this.lineStart[i + 1] as number;
    for (let n = this.lineStart[i] as number; n < end; n++) {
      const location = this.lineLocation[n] as number;
      if (location >= 0) this.lineRow[n] = table.row(this.lineSku[n] as number, location);
    }
  }

  /** Marks event i as refused; its reason goes out in its place in the order. */
  refuse(i: number, refusal: Refusal): void {
    this.outcome[i] = refusal.reason === 'late' ? OUTCOME.late : OUTCOME.refused;
    this.refusal.set(i, refusal);
  }

  private growEvents(): void {
    const n = this.type.length * 2;
    this.type = grown(this.type, new Uint8Array(n));
    this.outcome = grown(this.outcome, new Uint8Array(n));
    this.occurredAtMs = grown(this.occurredAtMs, new Float64Array(n));
    this.storedAtMs = grown(this.storedAtMs, new Float64Array(n));
    this.position = grown(this.position, new Float64Array(n));
    this.index = grown(this.index, new Uint32Array(n));
    this.dueAtMs = grown(this.dueAtMs, new Float64Array(n));
    this.lineStart = grown(this.lineStart, new Uint32Array(n + 1));
  }

  private growLines(): void {
    const n = this.lineSku.length * 2;
    this.lineSku = grown(this.lineSku, new Int32Array(n));
    this.lineLocation = grown(this.lineLocation, new Int32Array(n));
    this.lineRow = grown(this.lineRow, new Int32Array(n));
    this.lineQuantity = grown(this.lineQuantity, new Float64Array(n));
    this.linePrice = grown(this.linePrice, new Float64Array(n));
    this.lineFlag = grown(this.lineFlag, new Uint8Array(n));
  }
}

function grown<A extends { set(values: A): void }>(old: A, wider: A): A {
  wider.set(old);
  return wider;
}
