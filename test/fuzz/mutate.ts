// Mutations: valid events made malformed, truncated, oversized, deeply nested, wrongly encoded.
import { OTHER_MODELS, RUBBISH_MODELS } from './rubbish-models.js';
import type { Fields, Source } from './valid.js';

/** Values that have broken others, in the place of any field. A fixed list: SKUs stay few. */
const ODD: readonly (() => unknown)[] = [
  ...[null, true, false, '', ' ', '0', 'NaN', [], {}, [[]], -1, 0, -0, 0.1, 1e-320, 1e12].map(
    (value) => () => structuredClone(value),
  ),
  ...[1e12 + 1, -1e12, 1e308, 2 ** 53 + 2, 253402300799999, 253402300800000, -62167219200001].map(
    (value) => () => structuredClone(value),
  ),
  ...['\u0000', '\ud800', '\udc00x', '\ufeff', 'e\u0301', '__proto__', 'constructor', '\u202e'].map(
    (value) => () => structuredClone(value),
  ),
  ...['2011-02-29T00:00:00Z', '2012-02-29T00:00:00Z', '2011-03-27T01:30:00', '2011-03-27'].map(
    (value) => () => structuredClone(value),
  ),
  ...['2011-03-27T24:00:00Z', '2011-03-27T23:59:60Z', '2011-03-20t10:00:00.123456z'].map(
    (value) => () => structuredClone(value),
  ),
  ...['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00', '2011-03-20T10:00:00+24:00'].map(
    (value) => () => structuredClone(value),
  ),
  ...[255, 256, 257].map((n) => () => 'x'.repeat(n)),
  ...[128, 129, 256, 257].map((n) => () => '\u{1F375}'.repeat(n)),
  ...[255, 257].map((n) => () => 'e\u0301'.repeat(n)),
  () => ({ toString: 'x', length: 3 }),
  () => nested(50),
];
/** The same, slow to make and to read: seldom. */
const HUGE: readonly (() => unknown)[] = [() => 'x'.repeat(70_000), () => nested(1_000)];
const NAMES = ['id', 'type', 'time', 'sku', 'location', 'lines', 'quantity', 'extra', '__proto__'];
const MORE_NAMES = ['constructor', 'hasOwnProperty', 'specversion', 'data', '', '\u0000', 'ID'];
const encoder = new TextEncoder();

/** One message: one event or several, valid or not. */
export function messageFrom(source: Source): Uint8Array {
  const count = source.chance(0.8) ? 1 : 1 + source.below(6);
  const texts: string[] = [];
  for (let n = 0; n < count; n++) texts.push(textFrom(source));
  const separator = source.chance(0.9) ? '\n' : source.pick(['\r\n', '\n\n', ' \n\t\n', '\r', ' ']);
  const text = texts.join(separator);
  return source.chance(0.25) ? mutatedBytes(source, text) : encoder.encode(text);
}

function textFrom(source: Source): string {
  let event: Fields = source.next();
  if (event.type === 'control.model' && source.chance(0.4)) event.weights = oddWeights(source);
  if (source.chance(0.1)) event = cloudEvent(source, event);
  const strikes = source.chance(0.35) ? 0 : 1 + source.below(2);
  for (let n = 0; n < strikes; n++) mutateFields(source, event);
  const plain = JSON.stringify(event);
  // Indented, what is nested deeply is larger than any broker takes.
  const isIndented = plain.length < 1_000 && source.chance(0.05);
  const text = isIndented ? JSON.stringify(event, null, 2) : plain;
  return source.chance(0.2) ? mutatedText(source, text) : text;
}

/** No model, or one that fits no buckets here. */
function oddWeights(source: Source): string {
  if (source.chance(0.1)) return source.pick(OTHER_MODELS);
  return source.pick(RUBBISH_MODELS).text((n) => source.below(n));
}

function cloudEvent(source: Source, { id, type, time, ...data }: Fields): Fields {
  const outer: Fields = { specversion: '1.0', source: '/shop', id, type, time, data };
  if (source.chance(0.2)) outer[source.pick(['subject', 'extension'])] = 'x';
  return outer;
}

/** Changes one field of the event or of a part of it. */
function mutateFields(source: Source, event: Fields): void {
  let target = event;
  for (let depth = 0; depth < 3; depth++) {
    const parts = Object.values(target).filter((v) => typeof v === 'object' && v !== null);
    if (parts.length === 0 || source.chance(0.6)) break;
    target = source.pick(parts) as Fields;
  }
  const names = Object.keys(target);
  const name = names.length > 0 && source.chance(0.8) ? source.pick(names) : oddName(source);
  const kind = source.below(10);
  if (kind < 3) delete target[name];
  else if (kind < 9) put(target, name, source.pick(source.chance(0.01) ? HUGE : ODD)());
  else put(target, oddName(source), Object.hasOwn(target, name) ? target[name] : null);
  const { lines } = event;
  // Just more lines than an order may have, at times.
  if (Array.isArray(lines) && lines.length > 0 && source.chance(0.0005)) {
    while (lines.length < 10_001) lines.push(lines[0]);
  }
}

function oddName(source: Source): string {
  return source.pick(source.chance(0.5) ? NAMES : MORE_NAMES);
}

/** As JSON.parse does: `__proto__` is a field like any other. */
function put(target: Fields, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function mutatedText(source: Source, text: string): string {
  const at = source.below(text.length + 1);
  const to = Math.min(text.length, at + 1 + source.below(12));
  switch (source.below(9)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return (
        text.slice(0, at) +
        source.pick(['"', '{', '}', ',', '\\', '\n', '\u2028', '0', ':']) +
        text.slice(at)
      );
    case 4:
      return text.replace(
        /:(\d+)/,
        source.pick([':1e999', ':-$1', ':+$1', ':0$1', ':$1.0', ':0x1', ':NaN']),
      );
    case 5:
      return text.replace(/"/g, source.pick(["'", '\\"', '']));
    case 6:
      return source.pick(['', ' ', '\n', 'null', '[]', '5', `[${text}]`, `"${text}"`, `${text},`]);
    case 7:
      return text.replace('{', `{"extra":${deep(source)},`);
    default:
      // A field given twice: the last one stands.
      return text.replace(/,("[a-z]+":"[^"]*")/i, ',$1,$1');
  }
}

function deep(source: Source): string {
  const most = source.chance(0.1) ? 2_000 : 60;
  const depth = source.chance(0.005) ? 100_000 : source.below(most);
  const [open, close] = source.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  const inside = open === '[' ? '' : '1';
  return open.repeat(depth) + inside + (source.chance(0.8) ? close.repeat(depth) : '');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}

function mutatedBytes(source: Source, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const at = source.below(bytes.length + 1);
  switch (source.below(8)) {
    case 0:
      return Buffer.from(text, 'utf16le');
    case 1:
      return Buffer.from(text, 'utf16le').swap16();
    case 2:
      return Buffer.from(text, 'latin1');
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return Buffer.concat([bytes, Buffer.alloc(source.below(40))]);
    case 6:
      // Cut inside a letter, an overlong form, a surrogate in UTF-8, bytes that are never there.
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(
          source.pick(['c3', 'c080', 'eda080', 'f4908080', 'ff', 'fe', '00', '80']),
          'hex',
        ),
        bytes.subarray(at),
      ]);
    default: {
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << source.below(8));
      return bytes;
    }
  }
}
