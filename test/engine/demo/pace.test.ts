// Playing a timeline against a hand-moved clock.
import { describe, expect, it } from 'vitest';
import { type PaceOptions, type Piece, play } from '../../../engine/demo/pace.js';
import { Timeline } from '../../../engine/demo/timeline.js';
import { Warehouse } from '../../../engine/demo/warehouse.js';
import type { InventoryEvent } from '../../../operators/events/event.js';
import { parseTime } from '../../../operators/events/time.js';
import {
  CATALOG,
  DAY_MS,
  DEMAND,
  HOUR_MS,
  LOCATION,
  placed,
  START_MS,
  streamOf,
} from './sample-events.js';

/** Sleeps move it, nothing else does. */
class HandClock {
  wallMs = 0;
  slept = 0;
  constructor(private readonly stallMs = 0) {}

  nowMs(): number {
    return this.wallMs;
  }

  async sleep(ms: number): Promise<void> {
    this.slept++;
    this.wallMs += this.slept === 3 ? ms + this.stallMs : ms;
  }
}

/** Orders every hour from 9 to 17 for a week. */
const ORDERS = Array.from({ length: 7 * 9 }, (_, i) => {
  const atMs = START_MS + Math.floor(i / 9) * DAY_MS + (9 + (i % 9)) * HOUR_MS;
  return placed(`${i}`, atMs, [['A', 1]]);
});

function timelineOf(recorded: readonly InventoryEvent[] = ORDERS): Timeline {
  const options = { seed: 'test', location: LOCATION, catalog: CATALOG, demand: DEMAND };
  const warehouse = new Warehouse(options);
  return new Timeline({ recorded: streamOf(recorded), warehouse, carts: null, startMs: START_MS });
}

async function playAll(
  options: Partial<PaceOptions> & Pick<PaceOptions, 'clock'>,
): Promise<{ pieces: Piece[]; wall: number[] }> {
  const pieces: Piece[] = [];
  const wall: number[] = [];
  const settings = { warmUntilMs: START_MS, speed: 3600, ...options };
  for await (const piece of play(timelineOf(), settings)) {
    pieces.push(piece);
    wall.push(options.clock.nowMs());
  }
  return { pieces, wall };
}

describe('playing a timeline', () => {
  it('plays the warm-up without looking at the clock, then in pace', async () => {
    const clock = new HandClock();
    const warmUntilMs = START_MS + 2 * DAY_MS;
    const { pieces, wall } = await playAll({ clock, warmUntilMs });
    for (const [i, { phase, events }] of pieces.entries()) {
      const isWarm = phase === 'warm-up';
      expect(wall[i] === 0).toBe(isWarm);
      for (const { time } of events) expect(parseTime(time) <= warmUntilMs).toBe(isWarm);
    }
  });

  it('takes as long as the speed says when nothing is skipped', async () => {
    const clock = new HandClock();
    await playAll({ clock, idleSpeedup: 1 });
    // The last order is 6 days and 17 hours in: an hour a second.
    expect(clock.wallMs).toBeGreaterThanOrEqual((6 * 24 + 17) * 1000);
    expect(clock.wallMs).toBeLessThan((6 * 24 + 17) * 1000 + 200);
  });

  it('passes through nights faster and emits the same events', async () => {
    const [slow, fast] = [new HandClock(), new HandClock()];
    const plain = await playAll({ clock: slow, idleSpeedup: 1 });
    const skipping = await playAll({ clock: fast, idleSpeedup: 50 });
    expect(fast.wallMs).toBeLessThan(0.6 * slow.wallMs);
    const eventsOf = ({ pieces }: { pieces: Piece[] }) =>
      pieces.flatMap(({ events }) => events.map(({ id }) => id));
    const [a, b] = [eventsOf(plain), eventsOf(skipping)];
    const common = Math.min(a.length, b.length);
    expect(a.slice(0, common)).toEqual(b.slice(0, common));
    expect(Math.abs(a.length - b.length)).toBeLessThan(5);
  });

  it('does not burst after a stall: it goes on from where it was', async () => {
    const clock = new HandClock(60_000);
    const { pieces } = await playAll({ clock, maxCatchUpMs: 200 });
    for (const { events } of pieces) {
      const [first, last] = [events[0], events.at(-1)];
      const spanMs = parseTime(last?.time ?? '') - parseTime(first?.time ?? '');
      expect(spanMs).toBeLessThanOrEqual(200 * 3600 * 20);
    }
  });

  it('stops when told to', async () => {
    const abort = new AbortController();
    const clock = new HandClock();
    const timeline = timelineOf();
    const options = { clock, warmUntilMs: START_MS, speed: 3600, signal: abort.signal };
    for await (const { events } of play(timeline, options)) {
      if (events.some(({ id }) => id === 'op-3')) abort.abort();
    }
    expect(timeline.ended).toBe(false);
    expect(timeline.nowMs).toBeLessThan(START_MS + DAY_MS);
  });
});
