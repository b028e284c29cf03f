// Refusing an event that an operator cannot take.
import type { Batch } from '../stream/batch.js';
import { kindOf } from './decode.js';
import { EVENT_TYPES } from './event.js';
import type { RefusalReason } from './result.js';

/** Refuses event i, whole, with its reason; returns false, as an operator does. */
export function refuse(batch: Batch, i: number, reason: RefusalReason, detail: string): false {
  const subject = batch.subject[i] as string;
  batch.refuse(i, {
    reason,
    detail,
    subject,
    position: batch.position[i] as number,
    index: batch.index[i] as number,
    kind: kindOf(EVENT_TYPES[batch.type[i] as number], subject),
    data: batch.text[i] as string,
  });
  return false;
}
