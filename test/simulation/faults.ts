// Which faults strike, and when: by chance from the seed, or exactly those of a list.
import type { Dice } from './dice.js';

/** Probability at each occasion, in a seed in which this fault is about. */
export const FAULTS = {
  /** The process is killed, or the machine loses power, at a call to the world. */
  crash: 0.006,
  'disk.fails': 0.01,
  'disk.short-write': 0.01,
  'disk.slow': 0.01,
  'nats.lose-delivery': 0.004,
  'nats.repeat-delivery': 0.004,
  'nats.lose-publish': 0.03,
  'nats.lose-ack': 0.03,
  'nats.refuse-publish': 0.03,
  'nats.lose-request': 0.05,
  'nats.slow': 0.02,
  'nats.restart': 0.02,
  'clickhouse.away': 0.1,
  'clickhouse.lose-answer': 0.1,
  'clickhouse.error': 0.05,
  'clickhouse.dies': 0.03,
  'clickhouse.slow': 0.1,
  'world.stop': 0.03,
  'world.purge': 0.03,
  'world.set-back': 0.04,
} as const satisfies Readonly<Record<string, number>>;

export type FaultKind = keyof typeof FAULTS;

/** `nats.restart#17`: this kind at its 17th occasion. */
export type Fault = `${FaultKind}#${number}`;

const MAX_CRASHES = 8;

export class Faults {
  /** Those that struck, in order. */
  readonly struck: Fault[] = [];
  /** True: nothing goes wrong any more. */
  isQuiet = false;
  onStrike: (fault: Fault) => void = () => undefined;
  readonly #rates: Readonly<Record<FaultKind, number>>;
  readonly #occasions = new Map<FaultKind, number>();
  readonly #only: ReadonlySet<Fault> | null;
  #crashes = 0;

  /** `only`: exactly these, whatever the seed says. */
  constructor(
    readonly dice: Dice,
    only: readonly Fault[] | null,
  ) {
    this.#only = only === null ? null : new Set(only);
    this.#rates = ratesOf(dice);
  }

  /** Asked at every occasion: does it strike now? */
  strikes(kind: FaultKind): boolean {
    const n = this.#occasions.get(kind) ?? 0;
    this.#occasions.set(kind, n + 1);
    if (this.isQuiet) return false;
    const fault: Fault = `${kind}#${n}`;
    const does =
      this.#only === null ? this.dice.at(kind, n) < this.#rates[kind] : this.#only.has(fault);
    if (!does || (kind === 'crash' && ++this.#crashes > MAX_CRASHES)) return false;
    this.struck.push(fault);
    this.onStrike(fault);
    return true;
  }
}

/**
 * Each seed has its own weather: about half of the faults are not about, others come more often.
 * With all of them always there, some states are never reached.
 */
function ratesOf(dice: Dice): Readonly<Record<FaultKind, number>> {
  const rates = Object.entries(FAULTS).map(([kind, rate]) => {
    const isAbout = dice.is('weather/about', 0.55);
    return [kind, isAbout ? rate * 4 ** (2 * dice.next('weather/rate') - 1) : 0];
  });
  return Object.fromEntries(rates) as Record<FaultKind, number>;
}
