// A model as the event that puts it in force.
import { createHash } from 'node:crypto';
import type { EventOf } from '../../operators/events/event.js';
import { formatTime } from '../../operators/events/time.js';
import { modelText } from '../../operators/forecast/neural/model.js';
import type { Score } from '../../operators/forecast/neural/score.js';

export type ModelEvent = EventOf<'control.model'>;

/** Subject that models are published on. */
export const MODEL_SUBJECT = 'events.control';

export interface ModelEventOptions {
  readonly bytes: Uint8Array;
  /** Stream time: a model makes no time pass. */
  readonly timeMs: number;
  readonly score?: Score | undefined;
  /** Name of its copy in the object store. */
  readonly object?: string | undefined;
  /** Makes the id another one: a model that was in force before comes again. */
  readonly again?: string;
}

/** Name of a model, made of its bytes. */
export function versionOf(bytes: Uint8Array): string {
  return `gru-${hashOf(bytes).slice(0, 12)}`;
}

/** Its id is made of the bytes: sent twice it counts once. */
export function modelEvent(options: ModelEventOptions): ModelEvent {
  const { bytes, timeMs, score, object, again } = options;
  const suffix = again === undefined ? '' : `-${again}`;
  return {
    id: `model-${hashOf(bytes).slice(0, 32)}${suffix}`,
    type: 'control.model',
    time: formatTime(timeMs),
    version: versionOf(bytes),
    weights: modelText(bytes),
    ...(object === undefined ? {} : { object }),
    ...(score === undefined ? {} : { score }),
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
