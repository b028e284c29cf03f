// Refusing an event that an operator cannot take.
import type { Batch } from '../stream/batch.js';
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

const KINDS = new Set(EVENT_TYPES.map((type) => type.split('.')[0] as string));

/** Kind for the refusal's subject: the first part of the type, else of the subject. */
export function kindOf(type: string | undefined, subject: string): string {
  const ofType = type?.split('.')[0] ?? '';
  if (KINDS.has(ofType)) return ofType;
  const ofSubject = subject.split('.')[1] ?? '';
  return KINDS.has(ofSubject) ? ofSubject : 'unknown';
}
