// What should become of a message, found another way: the published JSON Schemas and Ajv.
import { isUtf8 } from 'node:buffer';
import { Ajv, type ValidateFunction } from 'ajv';
import { payloadSchemas } from '../../engine/cli/asyncapi-messages.js';
import { EVENT_TYPES } from '../../operators/events/event.js';
import { OTHER_MODELS } from './rubbish-models.js';
import { MODELS } from './valid.js';

type Fields = Record<string, unknown>;

/** The decoder should take the event, or refuse it, whole, as this text. */
export interface Verdict {
  readonly isValid: boolean;
  readonly text: string;
}

export interface ValidityOptions {
  readonly maxAheadMs: number;
}

const WRITTEN =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const [FIRST_MS, LAST_MS] = [
  Date.parse('0000-01-01T00:00:00Z'),
  Date.parse('9999-12-31T23:59:59.999Z'),
];

/** The decoder takes a model of any seasons; the operator refuses those of others. */
const TRUE_MODELS = new Set([...MODELS, ...OTHER_MODELS]);

const ajv = new Ajv({ strict: false, formats: { 'date-time': (text: string) => isTime(text) } });
const schemas = payloadSchemas();
const checks = new Map<unknown, ValidateFunction>(
  EVENT_TYPES.map((type) => [type, ajv.compile(schemas[type] as object)]),
);

/** A verdict for each event of the message, in order. */
export function verdictsOf(
  data: Uint8Array,
  storedAtMs: number,
  options: ValidityOptions,
): Verdict[] {
  if (!isUtf8(data)) return [{ isValid: false, text: Buffer.from(data).toString('base64') }];
  const text = Buffer.from(data)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const verdict = (one: string, value: unknown): Verdict => ({
    isValid: value !== undefined && isEvent(value, storedAtMs, options),
    text: one,
  });
  const whole = parsed(text);
  if (whole !== undefined) return [verdict(text, whole)];
  const lines = text.split('\n').filter((line) => line.trim().length > 0);
  const values = lines.map(parsed);
  const isOne = lines.length < 2 && !text.trimEnd().includes('\n');
  if (isOne || values.every((value) => value === null || typeof value !== 'object')) {
    return [{ isValid: false, text }];
  }
  return lines.map((line, i) => verdict(line, values[i]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEvent(value: unknown, storedAtMs: number, { maxAheadMs }: ValidityOptions): boolean {
  if (!isFields(value)) return false;
  const event = Object.hasOwn(value, 'specversion') ? unwrapped(value) : value;
  if (event === null || !Object.hasOwn(event, 'type')) return false;
  if (checks.get(event.type)?.(event) !== true) return false;
  return timeOf(event.time) <= storedAtMs + maxAheadMs && isMeant(event);
}

function unwrapped(outer: Fields): Fields | null {
  if (!isFields(outer.data)) return null;
  const { id: _, type: __, time: ___, ...event } = outer.data;
  for (const name of ['id', 'type', 'time']) {
    if (Object.hasOwn(outer, name)) event[name] = outer[name];
  }
  return event;
}

/** What the table of events says beyond its schemas. */
function isMeant(event: Fields): boolean {
  if (event.type === 'stock.transferred') return event.from !== event.to;
  // Its bytes have a checksum: what is changed in a good one is no longer one.
  if (event.type === 'control.model') return TRUE_MODELS.has(event.weights as string);
  if (event.type !== 'catalog.item') return true;
  const { reorderPoint, orderUpToLevel } = event.policy as Record<string, number | undefined>;
  if (reorderPoint === undefined || orderUpToLevel === undefined) return true;
  return orderUpToLevel > reorderPoint;
}

function isTime(text: string): boolean {
  return !Number.isNaN(timeOf(text));
}

/** By the platform's calendar, to the second; NaN: no time. */
function timeOf(time: unknown): number {
  if (typeof time === 'number') return time;
  const parts = WRITTEN.exec(String(time));
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as number[];
  const [hours, minutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  const sign = parts[8] === '-' ? -1 : 1;
  const fraction = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const date = new Date(0);
  date.setUTCFullYear(year as number, (month as number) - 1, day as number);
  const isDay = date.getUTCMonth() === (month as number) - 1 && date.getUTCDate() === day;
  const isClock = (hour as number) < 24 && (minute as number) < 60 && (second as number) < 61;
  if (!isDay || !isClock || hours > 23 || minutes > 59) return Number.NaN;
  const ofDay = ((hour as number) * 60 + (minute as number)) * 60 + (second as number);
  const seconds = ofDay - sign * (hours * 60 + minutes) * 60;
  const ms = date.getTime() + seconds * 1000 + fraction;
  return ms >= FIRST_MS && ms <= LAST_MS ? ms : Number.NaN;
}
