// What of the shop's events reaches the stream: packed, repeated, late, back-dated, spoilt.
import type { InventoryEvent } from '../../operators/events/event.js';
import { formatTime } from '../../operators/events/time.js';
import type { Dice } from '../simulation/dice.js';
import type { Line } from '../simulation/workload.js';
import { HOUR_MS } from './stock.js';

/** A message as a producer sends it. */
export interface Sent {
  /** Of the message: the broker drops what comes again with it. */
  readonly id: string;
  readonly kind: string;
  readonly lines: readonly Line[];
}

/** Producers repeat what they sent within this many events. */
const REPEATED_WITHIN = 400;

export function* messages(
  events: Iterable<InventoryEvent>,
  dice: Dice,
): Generator<Sent, void, undefined> {
  let serial = 0;
  let size = 1;
  let held: Line[] = [];
  let kind = '';
  for (const line of lines(events, dice)) {
    held.push(line);
    kind = held.length > 1 ? 'mixed' : (line.event?.type.split('.')[0] ?? 'order');
    if (held.length < size) continue;
    yield { id: `m${++serial}`, kind, lines: held };
    held = [];
    size = dice.is('packed', 0.05) ? dice.between('pack size', 2, 5) : 1;
  }
}

function* lines(events: Iterable<InventoryEvent>, dice: Dice): Generator<Line> {
  const recent: InventoryEvent[] = [];
  let n = 0;
  for (const event of events) {
    n += 1;
    yield lineOf(event);
    recent[n % REPEATED_WITHIN] = event;
    const fate = dice.next('fate');
    const { length } = recent;
    if (fate < 0.02) {
      const again = recent[dice.between('repeated', 0, length - 1)];
      if (again !== undefined) yield lineOf(again);
    } else if (fate < 0.028) {
      yield lineOf(dated(event, `late-${n}`, -dice.between('late by', 2, 90) * HOUR_MS));
    } else if (fate < 0.031) {
      yield* backDated(event, n, dice);
    } else if (fate < 0.038) {
      yield spoilt(event, `bad-${n}`, dice);
    }
  }
}

function lineOf(event: InventoryEvent): Line {
  return { text: JSON.stringify(event), event };
}

/** The same once more as another event, at another time. */
function dated(event: InventoryEvent, id: string, ms: number): InventoryEvent {
  return { ...event, id, time: formatTime(msOf(event) + ms) };
}

/** A count or a correction that arrives hours after it was made. */
function* backDated(event: InventoryEvent, n: number, dice: Dice): Generator<Line> {
  if (!('sku' in event) || !('location' in event) || event.location === undefined) return;
  const { sku, location } = event;
  const time = formatTime(msOf(event) - dice.between('back', 1, 12) * HOUR_MS);
  const booking = dice.is('back-dated count', 0.5)
    ? { type: 'stock.counted' as const, quantity: dice.between('back count', 0, 60) }
    : { type: 'stock.adjusted' as const, quantity: -1, reason: 'broken' };
  yield lineOf({ id: `back-${n}`, time, sku, location, ...booking });
}

/** What must be refused; the oracle is shown what it refuses by itself. */
function spoilt(event: InventoryEvent, id: string, dice: Dice): Line {
  const order = { id, type: 'order.placed' as const, orderId: id, location: 'berlin' };
  const time = formatTime(msOf(event));
  const lines = [{ sku: 'sku-1', quantity: 1 }];
  const none = (made: object): Line => ({ text: JSON.stringify(made), event: null });
  switch (dice.between('spoilt', 0, 7)) {
    case 0:
      return { text: JSON.stringify(event).slice(0, -dice.between('torn', 1, 20)), event: null };
    case 1:
      return none({ ...order, time, lines: [{ sku: 'sku-1', quantity: 0 }] });
    case 2:
      return none({ ...order, time, orderId: 4711, lines });
    case 3:
      return none({ ...order, time });
    case 4:
      return none({ ...order, time, lines, type: 'order.sung' });
    case 5:
      return none({ ...order, time: 'yesterday', lines });
    case 6:
      return lineOf({ id, type: 'order.shipped', time, orderId: `never-${id}` });
    default:
      return lineOf({ ...order, time: formatTime(Date.now() + 400 * 24 * HOUR_MS), lines });
  }
}

function msOf({ time }: InventoryEvent): number {
  return typeof time === 'number' ? time : Date.parse(time);
}
