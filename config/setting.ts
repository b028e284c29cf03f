// The kinds of setting: what each looks like in the schema, how text becomes its value, what is
// allowed, how it is shown.
import Type from 'typebox';
import Value from 'typebox/value';
import { formatDuration, parseDuration } from './duration.js';
import { formatSize, parseSize } from './size.js';

type Reads = 'duration' | 'size' | 'integer' | 'number' | 'text' | 'flag' | 'choice' | 'zone';

/** What the walkers see of a setting's schema, whatever its kind. */
export interface SettingSchema {
  readonly reads: Reads;
  readonly default: unknown;
  readonly description: string;
  readonly nullable?: true;
  readonly secret?: true;
  /** Says in words what the text must look like. */
  readonly looks?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

interface TextOptions {
  readonly looks?: string;
  readonly pattern?: string;
  readonly minLength?: number;
}

/** A length of time, held in milliseconds. `from` and `to` are allowed themselves. */
export function duration(standard: string, from: string, to: string, description: string) {
  const [value, minimum, maximum] = [standard, from, to].map(parseDuration);
  if (value == null || minimum == null || maximum == null) {
    throw new RangeError(`not durations: ${standard}, ${from}, ${to}`);
  }
  const meta = { reads: 'duration', unit: 'ms', default: value, description };
  return Type.Integer({ ...meta, minimum, maximum });
}

/** An amount of bytes. */
export function size(standard: string, from: string, to: string, description: string) {
  const [value, minimum, maximum] = [standard, from, to].map(parseSize);
  if (value == null || minimum == null || maximum == null) {
    throw new RangeError(`not sizes: ${standard}, ${from}, ${to}`);
  }
  const meta = { reads: 'size', unit: 'bytes', default: value, description };
  return Type.Integer({ ...meta, minimum, maximum });
}

export function integer(standard: number, minimum: number, maximum: number, description: string) {
  return Type.Integer({ reads: 'integer', default: standard, minimum, maximum, description });
}

export function number(standard: number, range: Range, description: string) {
  return Type.Number({ reads: 'number', default: standard, ...range, description });
}

/** A number that may be absent: null. */
export function optionalNumber(range: Range, description: string) {
  const meta = { reads: 'number', nullable: true, default: null, ...range, description };
  return Type.Union([Type.Number({ ...range }), Type.Null()], meta);
}

export function flag(standard: boolean, description: string) {
  return Type.Boolean({ reads: 'flag', default: standard, description });
}

export function choice<const Names extends readonly string[]>(
  names: Names,
  standard: Names[number],
  description: string,
) {
  const schema = Type.Enum(names, { reads: 'choice', default: standard, description });
  // The schema's own type has lost which texts they are.
  return Type.Unsafe<Names[number]>(schema);
}

export function text(standard: string, options: TextOptions, description: string) {
  return Type.String({ reads: 'text', minLength: 1, ...options, default: standard, description });
}

/** Text that may be absent: null. */
export function optionalText(
  options: TextOptions,
  description: string,
  standard: string | null = null,
) {
  const meta = { reads: 'text', nullable: true, default: standard, description };
  const looks = options.looks === undefined ? {} : { looks: options.looks };
  return Type.Union([Type.String({ minLength: 1, ...options }), Type.Null()], {
    ...meta,
    ...looks,
  });
}

/** Text that never stands in the file, is never shown, and comes by environment alone. */
export function secret(options: TextOptions, description: string) {
  const meta = { reads: 'text', secret: true, nullable: true, default: null, description };
  const looks = options.looks === undefined ? {} : { looks: options.looks };
  return Type.Union([Type.String({ minLength: 1, ...options }), Type.Null()], {
    ...meta,
    ...looks,
  });
}

export function zone(standard: string, description: string) {
  return Type.String({ reads: 'zone', default: standard, description });
}

export function optionalZone(description: string) {
  const meta = { reads: 'zone', nullable: true, default: null, description };
  return Type.Union([Type.String(), Type.Null()], meta);
}

/** The value that `raw` (text, or what YAML made of it) stands for; undefined: not allowed. */
export function readValue(schema: SettingSchema, raw: unknown): unknown {
  if (schema.nullable && (raw === null || raw === 'null')) return null;
  // A blank at the edge of a secret may be part of it; elsewhere it is a slip.
  const value =
    typeof raw === 'string'
      ? fromText(schema, schema.secret ? raw : raw.trim())
      : fromScalar(schema, raw);
  if (value === undefined || !Value.Check(schema, value)) return undefined;
  return schema.reads === 'zone' && !isTimeZone(value) ? undefined : value;
}

function fromText(schema: SettingSchema, raw: string): unknown {
  switch (schema.reads) {
    case 'duration':
      return parseDuration(raw) ?? undefined;
    case 'size':
      return parseSize(raw) ?? undefined;
    case 'integer':
    case 'number':
      return /^[+-]?(\d[\d_]*)?\.?\d+(e[+-]?\d+)?$/i.test(raw)
        ? Number(raw.replaceAll('_', ''))
        : undefined;
    case 'flag':
      return raw === 'true' ? true : raw === 'false' ? false : undefined;
    case 'text':
    case 'choice':
    case 'zone':
      return raw;
  }
}

/** A bare number is no duration: 5 could be seconds to one reader and milliseconds to another. */
function fromScalar(schema: SettingSchema, raw: unknown): unknown {
  return schema.reads === 'duration' && raw !== 0 ? undefined : raw;
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What a setting may be, in words that follow "must be". */
export function allowedText(schema: SettingSchema): string {
  const words: Record<Reads, string> = {
    choice: 'one of ',
    flag: '',
    zone: '',
    text: '',
    duration: 'a duration such as 250ms, 5s, 1h30m or 7d, ',
    size: 'a size such as 64MiB or 4GiB, ',
    integer: 'a whole number ',
    number: 'a number ',
  };
  return words[schema.reads] + rangeText(schema);
}

/** The allowed values alone, for a table whose reader sees an example beside them. */
export function rangeText(schema: SettingSchema): string {
  const orNull = schema.nullable && !schema.secret ? ', or null' : '';
  switch (schema.reads) {
    case 'choice':
      return (schema.enum ?? []).join(', ');
    case 'flag':
      return 'true or false';
    case 'zone':
      return `an IANA time zone such as Europe/Berlin or UTC${orNull}`;
    case 'text':
      return `${schema.looks ?? 'text'}${orNull}`;
    default:
      return limitsText(schema) + orNull;
  }
}

function limitsText(schema: SettingSchema): string {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const from = `${schema.minimum === undefined ? 'above' : 'from'} ${showValue(schema, low)}`;
  if (high === undefined) return from;
  const closed = schema.minimum !== undefined && schema.maximum !== undefined;
  const to = `${schema.maximum === undefined ? 'below' : 'to'} ${showValue(schema, high)}`;
  return `${from}${closed ? ' ' : ', '}${to}`;
}

/** A loaded value as one would write it in the file. */
export function showValue(schema: SettingSchema, value: unknown): string {
  if (typeof value === 'number' && schema.reads === 'duration') return formatDuration(value);
  if (typeof value === 'number' && schema.reads === 'size') return formatSize(value);
  // 50_000_000 is easier to read than 50000000, and the file may say it so.
  return schema.reads === 'integer' && Number(value) >= 10_000
    ? Number(value).toLocaleString('en').replaceAll(',', '_')
    : String(value);
}
