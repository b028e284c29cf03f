// What becomes of an event at which an operator threw: tried again, set aside, or the end.
import type { OperatorError } from '../operators/stream/operator-error.js';

export interface PoisonLimits {
  /** How often an event is tried before it is set aside: what failed may pass (memory, a limit). */
  readonly tries: number;
  /** Events set aside in one run, at most: with more of them the fault is not the events'. */
  readonly maxSetAside: number;
}

export type Verdict =
  | { readonly kind: 'again'; readonly tries: number }
  | { readonly kind: 'set-aside' }
  | { readonly kind: 'stop'; readonly reason: string };

/** Counts failures. Ends in `stop` after `tries` x (`maxSetAside` + 1) of them at the latest. */
export class Poison {
  readonly #tries = new Map<string, number>();
  /** Time steps for which an event was set aside. */
  readonly #steps = new Set<number>();
  #failures = 0;
  #setAside = 0;

  constructor(private readonly limits: PoisonLimits) {}

  judge({ event, message }: OperatorError): Verdict {
    const { tries: limit, maxSetAside } = this.limits;
    const { stepMs } = event;
    if (stepMs !== null && this.#steps.has(stepMs)) {
      return stop(`the same time step fails without the event set aside for it too: ${message}`);
    }
    const place = `${event.position}/${event.index}`;
    const tries = (this.#tries.get(place) ?? 0) + 1;
    this.#tries.set(place, tries);
    this.#failures += 1;
    if (this.#failures > limit * (maxSetAside + 1)) return stop(`it fails too often: ${message}`);
    if (tries < limit) return { kind: 'again', tries };
    if (this.#setAside === maxSetAside) {
      return stop(
        `${maxSetAside} events are set aside (recovery.maxSetAside), and then: ${message}`,
      );
    }
    this.#setAside += 1;
    if (stepMs !== null) this.#steps.add(stepMs);
    return { kind: 'set-aside' };
  }
}

function stop(reason: string): Verdict {
  return { kind: 'stop', reason };
}
