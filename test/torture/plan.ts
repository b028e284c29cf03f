// Which kills a seed gives: what is killed, and at which moment.
import type { Dice } from '../simulation/dice.js';

/** `afterMs`: from the moment on that the name says. */
export type Kill =
  /** The engine, since it decides. */
  | { readonly kind: 'deciding'; readonly afterMs: number }
  /** The engine, since it began to write a snapshot. */
  | { readonly kind: 'saving'; readonly afterMs: number }
  /** The engine, since its process began: the kill before is not yet recovered from. */
  | { readonly kind: 'starting'; readonly afterMs: number }
  /** The engine, since its history is open: it makes tables, loads its state, opens the stream. */
  | { readonly kind: 'loading'; readonly afterMs: number }
  /** Its ClickHouse alone. */
  | { readonly kind: 'clickhouse'; readonly afterMs: number }
  /** The engine and its ClickHouse, as when the machine goes down. */
  | { readonly kind: 'both'; readonly afterMs: number }
  /** The nats-server, alone or with the engine; it is away for so long. */
  | {
      readonly kind: 'nats' | 'nats and engine';
      readonly afterMs: number;
      readonly awayMs: number;
    };

/** In hundred kills. */
const SHARES = [
  ['deciding', 40],
  ['saving', 16],
  ['starting', 14],
  ['loading', 10],
  ['clickhouse', 7],
  ['both', 5],
  ['nats', 5],
  ['nats and engine', 3],
] as const;
const KINDS = SHARES.flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

export function planOf(dice: Dice, kills: number): Kill[] {
  const plan: Kill[] = [];
  while (plan.length < kills) plan.push(kill(kindOf(dice, plan.at(-1)), dice));
  return plan;
}

/** Whether the engine's process ends by it. */
export function endsEngine({ kind }: Kill): boolean {
  return kind !== 'clickhouse' && kind !== 'nats';
}

function kindOf(dice: Dice, before: Kill | undefined): Kill['kind'] {
  const kind = KINDS[dice.between('kill', 0, KINDS.length - 1)] as Kill['kind'];
  const needsStart = kind === 'starting' || kind === 'loading';
  return needsStart && (before === undefined || !endsEngine(before)) ? 'deciding' : kind;
}

function kill(kind: Kill['kind'], dice: Dice): Kill {
  const upTo = (ms: number): number => dice.next('kill/after') * ms;
  switch (kind) {
    case 'deciding':
    case 'both':
      // One in four a few milliseconds after it is ready.
      return { kind, afterMs: dice.is('kill/soon', 0.25) ? upTo(40) : upTo(8_000) };
    case 'saving':
      return { kind, afterMs: dice.is('kill/soon', 0.5) ? 0 : upTo(20) };
    case 'starting':
      // Half of them a few milliseconds after the last kill.
      return { kind, afterMs: dice.is('kill/soon', 0.5) ? upTo(60) : upTo(2_500) };
    case 'loading':
      return { kind, afterMs: upTo(120) };
    case 'clickhouse':
      return { kind, afterMs: upTo(3_000) };
    case 'nats':
    case 'nats and engine':
      return { kind, afterMs: upTo(3_000), awayMs: 100 + dice.next('kill/away') * 1_500 };
    default: {
      const never: never = kind;
      throw new Error(`unknown kill ${String(never)}`);
    }
  }
}
