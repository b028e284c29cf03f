// Reads what a screen sends; anything unexpected is named, never guessed at.
import type { ClientMessage } from './protocol.js';

const maxIdLength = 256;

/** What may have been sent; nothing of it is sure. */
interface SentFields {
  readonly kind?: unknown;
  readonly sku?: unknown;
  readonly location?: unknown;
}

export type ReadMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly reason: string };

export function readClientMessage(text: string): ReadMessage {
  const value = parse(text);
  if (value === undefined) return refuse('not JSON');
  if (typeof value !== 'object' || value === null) return refuse('not an object');
  const fields = value as SentFields;
  switch (fields.kind) {
    case 'unwatch-sku':
      return { ok: true, message: { kind: 'unwatch-sku' } };
    case 'watch-sku':
      return readWatch(fields);
    default:
      return refuse('kind must be watch-sku or unwatch-sku');
  }
}

function readWatch(fields: SentFields): ReadMessage {
  const { sku, location } = fields;
  if (!isId(sku)) return refuse(`sku must be a string of 1 to ${maxIdLength} characters`);
  if (!isId(location)) return refuse(`location must be a string of 1 to ${maxIdLength} characters`);
  return { ok: true, message: { kind: 'watch-sku', sku, location } };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxIdLength;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON has no undefined, so it can stand for "not JSON".
    return undefined;
  }
}

function refuse(reason: string): ReadMessage {
  return { ok: false, reason };
}
