// Event time over changes of the clock, disorder and lateness, against a naive model with Temporal.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it, vi } from 'vitest';
import { coreWith, messageOf, messagesOf, run, runEvents } from '../../oracle/drive.js';
import { PROPERTY_TIMEOUT, RUNS } from '../../oracle/sequences.js';
import { placed, tick } from '../events/samples.js';

vi.setConfig({ testTimeout: PROPERTY_TIMEOUT });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ms = (text: string) => Date.parse(text);

/** Both changes of the clock of a place, or two days of one that has none. */
const CHANGES = [
  { zone: 'Europe/London', days: ['2011-03-27', '2011-10-30'], hours: [23, 25] },
  { zone: 'America/New_York', days: ['2011-03-13', '2011-11-06'], hours: [23, 25] },
  { zone: 'Australia/Lord_Howe', days: ['2011-10-02', '2011-04-03'], hours: [23.5, 24.5] },
  { zone: 'Asia/Tokyo', days: ['2011-03-27', '2011-10-30'], hours: [24, 24] },
  { zone: 'Asia/Kolkata', days: ['2011-03-27', '2011-10-30'], hours: [24, 24] },
] as const;

function startOf(date: string, zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
}

function nextDate(date: string): string {
  return Temporal.PlainDate.from(date).add({ days: 1 }).toString();
}

function dateAt(timeMs: number, zone: string): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(timeMs);
  return instant.toZonedDateTimeISO(zone).toPlainDate().toString();
}

function coreIn(zone: string, disorderMs: number, latenessMs: number) {
  return coreWith({
    'ledger.journal': 4096,
    'locations.x.timeZone': zone,
    'time.disorder': disorderMs,
    'time.allowedLateness': latenessMs,
  });
}

interface Arrival {
  readonly timeMs: number;
  readonly units: number;
}

/** The contract by hand: watermark, end of the local day, lateness; nothing of the engine's. */
function naive(arrivals: readonly Arrival[], zone: string, disorderMs: number, latenessMs: number) {
  const units = new Map<string, number>();
  const late: number[] = [];
  let greatest = Number.NEGATIVE_INFINITY;
  const isClosed = (date: string) =>
    startOf(nextDate(date), zone) + latenessMs <= greatest - disorderMs;
  arrivals.forEach(({ timeMs, units: ordered }, i) => {
    greatest = Math.max(greatest, timeMs);
    const date = dateAt(timeMs, zone);
    if (isClosed(date)) late.push(i + 1);
    else units.set(date, (units.get(date) ?? 0) + ordered);
  });
  const closed = [...units].filter(([date]) => isClosed(date)).sort();
  return { late, closed: closed.filter(([, sum]) => sum > 0), watermarkMs: greatest - disorderMs };
}

describe.each(CHANGES)('days of $zone', ({ zone, days, hours }) => {
  it('are as long as the clock says, each one bucket, and hold their first and last moment', () => {
    days.forEach((date, i) => {
      const start = startOf(date, zone);
      const end = start + (hours[i] as number) * HOUR;
      expect(startOf(nextDate(date), zone)).toBe(end);
      const core = coreIn(zone, 0, 0);
      const { buckets, refusals } = runEvents(core, [
        placed('1', { A: 1 }, { time: start - 1 }),
        placed('2', { A: 10 }, { time: start }),
        placed('3', { A: 100 }, { time: end - 1 }),
        placed('4', { A: 1000 }, { time: end }),
        tick(end + 30 * HOUR),
      ]);
      expect(refusals).toEqual([]);
      const before = startOf(dateAt(start - 1, zone), zone);
      expect(buckets.map(({ startMs, units }) => [startMs, units])).toEqual([
        [before, 1],
        [start, 110],
        [end, 1000],
      ]);
    });
  });

  it('close when lateness and disorder have passed behind their end, not a moment before', () => {
    for (const date of days) {
      const end = startOf(nextDate(date), zone);
      const closesMs = end + 2 * HOUR + 7_000;
      const order = placed('1', { A: 1 }, { time: end - 1 });
      const inTime = placed('2', { A: 2 }, { time: end - 1 });
      const closings = (time: number) => {
        const core = coreIn(zone, 7_000, 2 * HOUR);
        return runEvents(core, [order, tick(time), inTime, tick(closesMs)]);
      };
      const before = closings(closesMs - 1);
      expect([before.refusals.length, before.buckets[0]?.units]).toEqual([0, 3]);
      const after = closings(closesMs);
      expect(after.refusals.map(({ reason }) => reason)).toEqual(['late']);
      expect(after.buckets[0]?.units).toBe(1);
    }
  });

  it('of a source that fell silent close by ticks alone, each once and without demand', () => {
    const [date] = days;
    const start = startOf(date, zone);
    const order = placed('1', { A: 4 }, { time: start });
    const ticks = Array.from({ length: 4 * 48 + 8 }, (_, n) => tick(start + (n + 1) * (HOUR / 2)));
    const { buckets } = runEvents(coreIn(zone, 5_000, HOUR), [order, ...ticks]);
    const expected: (readonly [number, number])[] = [];
    for (let day = date as string, n = 0; n < 4; day = nextDate(day), n++) {
      expected.push([startOf(day, zone), n === 0 ? 4 : 0]);
    }
    const closed = buckets.map(({ startMs, units }) => [startMs, units]);
    expect(closed).toEqual(expected.filter(([from]) => from + DAY < start + 100 * HOUR));
  });

  it('hold what a naive count gives, for any disorder, lateness and split into batches', () => {
    const arrival = fc.record({
      // Four days around a change of the clock, in any order.
      at: fc.integer({ min: -2 * DAY, max: 2 * DAY }),
      units: fc.integer({ min: 1, max: 9 }),
      round: fc.boolean(),
    });
    const steps = fc.array(arrival, { minLength: 1, maxLength: 40 });
    const disorder = fc.constantFrom(0, 1, 5_000, 20 * HOUR);
    const lateness = fc.constantFrom(0, MINUTE, HOUR, 30 * HOUR);
    const date = fc.constantFrom(...days);
    const size = fc.constantFrom(1, 3, 100);
    fc.assert(
      fc.property(steps, date, disorder, lateness, size, (all, day, disorderMs, latenessMs, n) => {
        const around = startOf(day, zone) + 2 * HOUR;
        const arrivals = all.map(({ at, units, round }) => {
          const timeMs = around + (round ? Math.round(at / HOUR) * HOUR : at);
          return { timeMs, units };
        });
        const core = coreIn(zone, disorderMs, latenessMs);
        const events = arrivals.map(({ timeMs, units }, i) =>
          placed(`${i}`, { A: units }, { time: timeMs }),
        );
        const { buckets, refusals } = run(core, messagesOf(events), n);
        const expected = naive(arrivals, zone, disorderMs, latenessMs);
        expect(core.clock.watermarkMs).toBe(expected.watermarkMs);
        expect(refusals.map(({ position }) => position)).toEqual(expected.late);
        const sold = buckets.filter(({ units }) => units > 0);
        const found = sold.map(({ startMs, units }) => [dateAt(startMs, zone), units]);
        expect(found).toEqual(expected.closed);
        const starts = buckets.map(({ startMs }) => startMs);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
      }),
      RUNS,
    );
  });
});

describe('a time ahead of the broker', () => {
  it('is taken up to time.maxAhead to the millisecond; beyond it, it moves no watermark', () => {
    const core = coreWith({ 'ledger.journal': 4096, 'time.maxAhead': '1h' });
    const storedAtMs = ms('2011-09-01T10:00:00Z');
    const at = (time: number, n: number) =>
      messageOf(JSON.stringify(placed(`${n}`, { A: 1 }, { time })), n, { storedAtMs });
    const taken = run(core, [at(storedAtMs + HOUR, 1)]);
    expect(taken.refusals).toEqual([]);
    const before = core.clock.watermarkMs;
    const refused = run(core, [at(storedAtMs + HOUR + 1, 2), at(storedAtMs + 400 * DAY, 3)]);
    expect(refused.refusals.map(({ reason }) => reason)).toEqual(['time-ahead', 'time-ahead']);
    expect(core.clock.watermarkMs).toBe(before);
    expect(run(core, [at(storedAtMs - 10 * MINUTE, 4)]).refusals).toEqual([]);
  });
});
