// Ids of results: made from their cause, so that a replay makes the same ones.
import type { Moment } from '../stream/operator.js';

/**
 * kind/location/sku/cause, each part percent-encoded; a result of passing time adds `@` and the
 * step's time, for one event can let several steps pass.
 */
export function resultId(kind: string, location: string, sku: string, moment: Moment): string {
  const parts = [kind, location, sku, moment.causeId].map(encodePart);
  return moment.isStep ? `${parts.join('/')}@${moment.nowMs}` : parts.join('/');
}

/** Percent-encodes all but letters, digits and - _ . so that an id is plain ASCII in any place. */
export function encodePart(text: string): string {
  // A lone surrogate cannot be encoded; well-formed text takes its place.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(/[!'()*~]/g, (c) => {
    return `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
