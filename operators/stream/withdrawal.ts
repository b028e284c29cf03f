// A withdrawal: what is published of a signal that is not needed any more.
import type { Signal } from '../events/result.js';
import { formatTime } from '../events/time.js';
import type { SignalClosing } from './outbox.js';

/** Its quantity is 0, and its id follows from that of the signal, which ends once. */
export function withdrawalOf({ signal, timeMs, reason }: SignalClosing): Signal {
  return {
    ...signal,
    id: `${signal.id}/withdrawn`,
    state: 'withdrawn',
    time: formatTime(timeMs),
    quantity: 0,
    reasons: [],
    replaces: signal.id,
    because: reason,
  };
}
