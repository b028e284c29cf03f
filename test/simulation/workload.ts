// What the shops send in one run: meaningful sequences, packed, doubled, shuffled, spoilt.
import fc from 'fast-check';
import { loadSettings, type Settings } from '../../config/settings.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import { OVERRIDES, sequences } from '../oracle/sequences.js';
import type { Dice } from './dice.js';

const SETTINGS: Readonly<Record<string, unknown>> = {
  ...OVERRIDES,
  'clickhouse.batchWait': '200ms',
};

let loaded: Settings | null = null;

/** Settings of the engine in one seed: small limits, so that all of them are met. */
export function settingsOf(dice: Dice): Settings {
  loaded ??= loadSettings({ env: {}, overrides: SETTINGS });
  const one = <T>(kind: string, of: readonly T[]): T => {
    return of[dice.between(`settings/${kind}`, 0, of.length - 1)] as T;
  };
  return {
    ...loaded,
    // Behind it an event that comes again counts again, though its id should be unique.
    dedupe: { ...loaded.dedupe, window: one('dedupe', [365, 365, 3, 1]) * DAY_MS },
    batch: { ...loaded.batch, max: one('batch', [1, 5, 24, 500]) },
    recovery: {
      ...loaded.recovery,
      onGap: one('onGap', ['continue', 'stop']),
      tries: one('tries', [1, 2, 3]),
    },
    nats: {
      ...loaded.nats,
      maxInFlight: one('inFlight', [1, 8, 512]),
      // Shorter than most outages, or longer than all of them.
      duplicateWindow: one('window', [4_000, 600_000]),
    },
    snapshot: { ...loaded.snapshot, interval: one('interval', [1_000, 2_000, 10_000]) },
    clickhouse: {
      ...loaded.clickhouse,
      batchRows: one('rows', [2, 40, 1_000]),
      maxQueuedRows: one('queued', [40, 400]),
      spoolBytes: one('spool', [64 * 1024, 4 * 1024 ** 2]),
    },
  };
}

const DAY_MS = 86_400_000;

/** Behind all event times of the sequences: the events are a backlog to the broker's clock. */
export const START_MS = Date.UTC(2011, 8, 1);

/** A line of a message: an event, or something that is none. */
export interface Line {
  readonly text: string;
  readonly event: InventoryEvent | null;
}

export interface Message {
  readonly subject: string;
  /** After the message before (ms). */
  readonly afterMs: number;
  readonly lines: readonly Line[];
}

export function workload(seed: number, dice: Dice): Message[] {
  const lines = spoil(shuffle(eventsOf(seed, dice), dice), dice);
  const messages: Message[] = [];
  const packs = dice.is('work/packed', 0.5) ? 4 : 1;
  const isBursty = dice.is('work/bursty', 0.5);
  for (let at = 0; at < lines.length; ) {
    const size = dice.between('work/pack', 1, packs);
    const pauses = dice.is('work/pause', isBursty ? 0.1 : 0.7);
    const afterMs = pauses ? dice.between('work/ms', 1, isBursty ? 4_000 : 600) : 0;
    messages.push({ subject: 'events.shop', afterMs, lines: lines.slice(at, at + size) });
    at += size;
  }
  return messages;
}

/** Some sequences one after the other, each with ids and documents of its own. */
function eventsOf(seed: number, dice: Dice): InventoryEvent[] {
  const parts = fc.sample(sequences, { seed, numRuns: dice.between('work/parts', 1, 8) });
  let offsetMs = 0;
  return parts.flatMap((events, part) => {
    const moved = events.map((event) => renamed(event, `${'stuvwxyz'[part]}`, offsetMs));
    offsetMs = Math.max(0, ...moved.map(({ time }) => (time as number) - startOf(parts)));
    return moved;
  });
}

const startOf = (parts: readonly InventoryEvent[][]): number =>
  Math.min(...parts.flat().map(({ time }) => time as number));

function renamed(event: InventoryEvent, prefix: string, offsetMs: number): InventoryEvent {
  const text = JSON.stringify(event, (name, value: unknown) => {
    const isId = ['id', 'orderId', 'cartId', 'purchaseOrderId', 'transferId'].includes(name);
    if (isId) return `${prefix}${String(value)}`;
    if (name === 'signalId') return String(value).replace(/e(\d+)$/, `${prefix}e$1`);
    return name === 'time' || name === 'expectedAt' ? (value as number) + offsetMs : value;
  });
  return JSON.parse(text) as InventoryEvent;
}

/** Neighbours change places, so that event times go back and forth. */
function shuffle(events: InventoryEvent[], dice: Dice): InventoryEvent[] {
  const rate = dice.is('work/shuffled', 0.5) ? 0.2 : 0;
  for (let i = 1; i < events.length; i++) {
    if (!dice.is('work/swap', rate)) continue;
    const j = Math.max(0, i - dice.between('work/distance', 1, 6));
    [events[i], events[j]] = [events[j] as InventoryEvent, events[i] as InventoryEvent];
  }
  return events;
}

/** Among the events: repeats, events far ahead of the broker, events far behind, and nonsense. */
function spoil(events: readonly InventoryEvent[], dice: Dice): Line[] {
  const lines: Line[] = [];
  events.forEach((event, i) => {
    lines.push(lineOf(event));
    const fate = dice.next('work/spoil');
    const id = `spoilt-${i}`;
    if (fate < 0.05)
      lines.push(lineOf(events[dice.between('work/repeat', 0, i)] as InventoryEvent));
    else if (fate < 0.07) lines.push(lineOf({ ...event, id, time: START_MS + 40 * DAY_MS }));
    else if (fate < 0.11) {
      const daysLate = dice.between('work/late', 1, 9);
      lines.push(lineOf({ ...event, id, time: (event.time as number) - daysLate * DAY_MS }));
    } else if (fate < 0.15) lines.push({ text: nonsense(event, dice), event: null });
  });
  return lines;
}

function lineOf(event: InventoryEvent): Line {
  return { text: JSON.stringify(event), event };
}

function nonsense(event: InventoryEvent, dice: Dice): string {
  const text = JSON.stringify(event);
  const kinds = [
    text.slice(0, dice.between('work/cut', 1, text.length - 1)),
    text.replace('"type":"', '"type":"no.'),
    text.replace(/"time":\d+/, '"time":"yesterday"'),
    '[]',
    '\u0000\ufffd{}',
  ];
  return kinds[dice.between('work/nonsense', 0, kinds.length - 1)] as string;
}
