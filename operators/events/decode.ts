// From messages to columns: parse, check, intern; what does not fit becomes a refusal.
import { Compile, type Validator } from 'typebox/compile';
import Format from 'typebox/format';
import { isModel, modelOfText } from '../forecast/neural/model.js';
import type { Batch, Message } from '../stream/batch.js';
import type { Table } from '../stream/table.js';
import {
  EVENT_TYPES,
  type EventOf,
  type EventType,
  eventSchemas,
  type InventoryEvent,
  TYPE,
} from './event.js';
import { countUnknown, type KnownFields, knownFieldsOf, onlyKnown } from './known-fields.js';
import {
  meaningProblem,
  NOT_AN_OBJECT,
  type Problem,
  schemaProblem,
  show,
  whyMalformed,
} from './problems.js';
import { kindOf } from './refuse.js';
import { parseTime } from './time.js';

export interface DecodeOptions {
  /** An event may be this much ahead of the time at which the log stored it (ms). */
  readonly maxAheadMs: number;
}

// One idea of what a time is, in the schema's check and in the columns.
Format.Set('date-time', (text) => !Number.isNaN(parseTime(text)));

const checks = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, Compile(eventSchemas[type])]),
) as unknown as Record<EventType, Validator>;

const knownFields = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, knownFieldsOf(eventSchemas[type])]),
) as Record<EventType, KnownFields>;

const CLOUD_EVENT_FIELDS = new Set(['id', 'type', 'time', 'data']);

/**
 * Decodes messages into a batch. A message is one JSON object or several on lines of their own;
 * a CloudEvents 1.0 structured message (`specversion`) is unwrapped.
 * Every event of every message takes one place in the batch, a refused one too.
 */
export class Decoder {
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });

  constructor(
    private readonly table: Table,
    private readonly options: DecodeOptions,
  ) {}

  decode(messages: readonly Message[], batch: Batch): void {
    for (const message of messages) {
      this.decodeMessage(message, batch);
      batch.messages++;
      batch.through = message.position;
    }
  }

  private decodeMessage(message: Message, batch: Batch): void {
    let text: string;
    try {
      text = this.utf8.decode(message.data);
    } catch {
      const data = base64(message.data);
      const detail = 'the message is not UTF-8; its bytes are kept in base64';
      refuseText(batch, message, 0, data, { refused: 'malformed-json', detail });
      return;
    }
    const whole = parse(text);
    if (whole !== undefined || !text.trimEnd().includes('\n')) {
      this.decodeValue(message, 0, text, whole, batch);
      return;
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const values = lines.map(parse);
    // Without an object on any line it is one that is broken, which is kept whole.
    if (!values.some((value) => typeof value === 'object' && value !== null)) {
      this.decodeValue(message, 0, text, undefined, batch);
      return;
    }
    lines.forEach((line, index) => {
      this.decodeValue(message, index, line, values[index], batch);
    });
  }

  private decodeValue(m: Message, index: number, text: string, value: unknown, batch: Batch): void {
    if (value === undefined) {
      refuseText(batch, m, index, text, { refused: 'malformed-json', detail: whyMalformed(text) });
      return;
    }
    const event = unwrap(value, batch);
    const problem = event === null ? NOT_AN_OBJECT : this.problemOf(event, m, batch);
    if (problem !== null) {
      const type = event === null ? undefined : event.type;
      refuseText(batch, m, index, text, problem, typeof type === 'string' ? type : undefined);
      return;
    }
    this.write(event as unknown as InventoryEvent, m, index, text, batch);
  }

  /** Null: the event is good. */
  private problemOf(event: Record<string, unknown>, m: Message, batch: Batch): Problem | null {
    const type = event.type;
    if (type === undefined) return { refused: 'missing-field', detail: 'type is missing' };
    if (typeof type !== 'string' || !Object.hasOwn(checks, type)) {
      const detail = `type must be one of ${EVENT_TYPES.join(', ')}, got ${show(type)}`;
      return { refused: 'unknown-type', detail };
    }
    const check = checks[type as EventType];
    if (!check.Check(event)) return schemaProblem(check, event);
    batch.unknownFields += countUnknown(event, knownFields[type as EventType]);
    return this.timeProblem(event, m) ?? meaningProblem(event as unknown as InventoryEvent);
  }

  private timeProblem(event: Record<string, unknown>, m: Message): Problem | null {
    if (m.storedAtMs === null) return null;
    const ms = parseTime(event.time as string | number);
    if (ms <= m.storedAtMs + this.options.maxAheadMs) return null;
    const ahead = Math.round((ms - m.storedAtMs) / 1000);
    const allowed = this.options.maxAheadMs / 1000;
    const detail = `time is ${ahead} s ahead of when it was stored; time.maxAhead is ${allowed} s`;
    return { refused: 'time-ahead', detail };
  }

  private write(event: InventoryEvent, m: Message, index: number, text: string, b: Batch): void {
    const i = b.addEvent(m, index, {
      type: TYPE[event.type],
      id: event.id,
      occurredAtMs: parseTime(event.time),
      reference: referenceOf(event),
      text,
    });
    switch (event.type) {
      case 'order.placed':
        for (const line of event.lines) {
          const n = this.line(b, line.sku, line.location ?? event.location, line.quantity);
          if (line.unitPrice !== undefined) b.linePrice[n] = line.unitPrice;
        }
        return;
      case 'order.cancelled':
        for (const line of event.lines ?? []) this.line(b, line.sku, undefined, line.quantity);
        return;
      case 'order.shipped':
        for (const line of event.lines ?? []) {
          this.line(b, line.sku, event.location, line.quantity);
        }
        return;
      case 'order.returned':
        for (const line of event.lines) {
          const n = this.line(b, line.sku, event.location, line.quantity);
          b.lineFlag[n] = line.restock ? 1 : 0;
        }
        return;
      case 'cart.added':
      case 'cart.removed':
      case 'stock.received':
      case 'stock.counted':
      case 'stock.adjusted':
        this.line(b, event.sku, event.location, event.quantity);
        return;
      case 'cart.viewed':
        this.line(b, event.sku, event.location, 1);
        return;
      case 'stock.transferred': {
        const flag = event.stage === 'received' ? 1 : 0;
        // Line first, column then: adding a line may replace the columns by wider ones.
        const from = this.line(b, event.sku, event.from, event.quantity);
        b.lineFlag[from] = flag;
        const to = this.line(b, event.sku, event.to, event.quantity);
        b.lineFlag[to] = flag;
        return;
      }
      case 'purchase.ordered':
        this.line(b, event.sku, event.location, event.quantity);
        if (event.expectedAt !== undefined) b.dueAtMs[i] = parseTime(event.expectedAt);
        if (event.signalId !== undefined) b.signalId.set(i, event.signalId);
        if (event.supplier !== undefined) b.supplier.set(i, event.supplier);
        return;
      case 'purchase.postponed':
        b.dueAtMs[i] = parseTime(event.expectedAt);
        return;
      case 'purchase.cancelled':
        if (event.sku !== undefined) this.line(b, event.sku, undefined, 0);
        return;
      case 'catalog.item':
        this.line(b, event.sku, event.location, 0);
        b.catalog.set(i, onlyKnown(event, knownFields[event.type]));
        return;
      case 'control.model':
        writeModel(event, i, b);
        return;
      case 'signal.approved':
      case 'signal.rejected':
        b.signalId.set(i, event.signalId);
        return;
      case 'cart.checkedOut':
      case 'control.tick':
        return;
      default:
        unreachable(event);
    }
  }

  private line(b: Batch, sku: string, location: string | undefined, quantity: number): number {
    const number = this.table.skus.intern(sku);
    const at = location === undefined ? -1 : this.table.locations.intern(location);
    return b.addLine(number, at, quantity);
  }
}

/** Its weights were found to be good before. */
function writeModel(event: EventOf<'control.model'>, i: number, b: Batch): void {
  const model = modelOfText(event.weights);
  if (isModel(model)) b.model.set(i, { model, version: event.version });
}

function referenceOf(event: InventoryEvent): string {
  if ('orderId' in event && event.type !== 'cart.checkedOut') return event.orderId as string;
  if ('purchaseOrderId' in event) return event.purchaseOrderId ?? '';
  if ('cartId' in event) return event.cartId;
  return 'transferId' in event ? event.transferId : '';
}

/** Undefined: not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The event inside a CloudEvents message, or the object itself; null: no object. */
function unwrap(value: unknown, batch: Batch): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const outer = value as Record<string, unknown>;
  if (!Object.hasOwn(outer, 'specversion')) return outer;
  const data = outer.data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  for (const field in outer) {
    if (!CLOUD_EVENT_FIELDS.has(field) && !isCloudAttribute(field)) batch.unknownFields++;
  }
  const event: Record<string, unknown> = { ...data };
  for (const attribute of ['id', 'type', 'time']) {
    if (Object.hasOwn(outer, attribute)) event[attribute] = outer[attribute];
    else delete event[attribute];
  }
  return event;
}

function isCloudAttribute(field: string): boolean {
  return ['specversion', 'source', 'subject', 'datacontenttype', 'dataschema'].includes(field);
}

function refuseText(
  batch: Batch,
  message: Message,
  index: number,
  text: string,
  problem: Problem,
  type?: string,
): void {
  const i = batch.addEvent(message, index, {
    type: TYPE['control.tick'],
    id: '',
    occurredAtMs: Number.NaN,
    reference: '',
    text,
  });
  const { refused: reason, detail } = problem;
  const kind = kindOf(type, message.subject);
  const { subject, position } = message;
  batch.refuse(i, { reason, detail, subject, position, index, kind, data: text });
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function unreachable(event: never): never {
  throw new Error(`no decoder for ${JSON.stringify(event)}`);
}
