// Demand in buckets: lateness, silences, cancellations, driven through the whole core.
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../operators/events/time.js';
import { coreWith, messagesOf, quantitiesOf, rowOf, run, runEvents } from '../../oracle/drive.js';
import { cancelled, counted, event, placed, shipped, tick } from '../events/samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const small = { 'ledger.journal': 4096, 'time.disorder': 0, 'time.allowedLateness': '1h' };
const at = (time: string) => ({ time });

/** Start and units of the buckets that a run closed, of SKU A at x unless said otherwise. */
function bucketsAfter(events: object[], overrides: Record<string, unknown> = {}, sku = 'A') {
  const core = coreWith({ ...small, ...overrides });
  const { buckets } = runEvents(core, events);
  return buckets
    .filter(({ row }) => core.table.sku(row) === sku)
    .map(({ startMs, units }) => [formatTime(startMs).replace(':00.000Z', 'Z'), units]);
}

describe('a bucket', () => {
  it('takes demand at its own time until allowedLateness behind its end', () => {
    const events = [
      placed('1', { A: 5 }, at('2011-09-01T10:00:00Z')),
      tick('2011-09-02T00:59:59.999Z'),
      placed('2', { A: 2 }, at('2011-09-01T23:59:59.999Z')),
      placed('3', { A: 1 }, at('2011-09-02T00:00:00Z')),
      tick('2011-09-02T01:00:00Z'),
    ];
    expect(bucketsAfter(events)).toEqual([['2011-09-01T00:00Z', 7]]);
    expect(bucketsAfter(events.slice(0, 4))).toEqual([]);
  });

  it('that has closed takes nothing more: quantities move, the order goes out as late', () => {
    const core = coreWith(small);
    const late = placed('2', { A: 2 }, at('2011-09-01T12:00:00Z'));
    const { buckets, refusals } = runEvents(core, [
      placed('1', { A: 5 }, at('2011-09-01T10:00:00Z')),
      tick('2011-09-02T01:00:00Z'),
      late,
      tick('2011-09-03T02:00:00Z'),
    ]);
    expect(buckets.map(({ units }) => units)).toEqual([5, 0]);
    expect(quantitiesOf(core, 'A', 'x').backordered).toBe(7);
    expect(refusals).toMatchObject([
      { reason: 'late', kind: 'order', data: JSON.stringify(late), position: 3 },
    ]);
    expect(core.outbox.counts).toMatchObject({ late: 1, refused: 0, applied: 4 });
  });

  it('late order is taken once: its second arrival is a duplicate', () => {
    const core = coreWith(small);
    const late = placed('2', { A: 2 }, at('2011-09-01T12:00:00Z'));
    runEvents(core, [tick('2011-09-03T01:00:00Z'), late, late]);
    expect(quantitiesOf(core, 'A', 'x').backordered).toBe(2);
    expect(core.outbox.counts).toMatchObject({ late: 1, duplicate: 1 });
  });

  it('is closed by a tick when nothing else happens, each day once and in order', () => {
    const events = [
      placed('1', { A: 5 }, at('2011-09-01T10:00:00Z')),
      tick('2011-09-02T10:00:00Z'),
      tick('2011-09-02T10:00:00Z'),
      tick('2011-09-04T10:00:00Z'),
    ];
    expect(bucketsAfter(events)).toEqual([
      ['2011-09-01T00:00Z', 5],
      ['2011-09-02T00:00Z', 0],
      ['2011-09-03T00:00Z', 0],
    ]);
  });

  it('is one local day over both changes of the clock', () => {
    const zone = { 'locations.x.timeZone': 'Europe/London' };
    const spring = [
      placed('1', { A: 1 }, at('2011-03-27T00:00:00Z')),
      placed('2', { A: 2 }, at('2011-03-27T23:59:59+01:00')),
      placed('3', { A: 4 }, at('2011-03-28T00:00:00+01:00')),
      tick('2011-03-29T12:00:00Z'),
    ];
    expect(bucketsAfter(spring, zone)).toEqual([
      ['2011-03-27T00:00Z', 3],
      ['2011-03-27T23:00Z', 4],
    ]);
    const autumn = [
      placed('1', { A: 1 }, at('2011-10-30T00:00:00+01:00')),
      placed('2', { A: 2 }, at('2011-10-30T23:59:59Z')),
      placed('3', { A: 4 }, at('2011-10-31T00:00:00Z')),
      tick('2011-11-01T12:00:00Z'),
    ];
    expect(bucketsAfter(autumn, zone)).toEqual([
      ['2011-10-29T23:00Z', 3],
      ['2011-10-31T00:00Z', 4],
    ]);
  });

  it('of an order at 23:30 local time is that day’s, in a half-hour zone', () => {
    const events = [
      placed('1', { A: 1 }, at('2011-09-01T23:30:00+05:30')),
      tick('2011-09-02T12:00:00Z'),
    ];
    expect(bucketsAfter(events, { 'locations.x.timeZone': 'Asia/Kolkata' })).toEqual([
      ['2011-08-31T18:30Z', 1],
    ]);
  });

  it('of hours on Lord Howe counts the half hour that comes twice once', () => {
    const events = [
      '2011-04-02T13:59:59Z',
      '2011-04-02T14:10:00Z',
      '2011-04-02T14:50:00Z',
      '2011-04-02T15:10:00Z',
      '2011-04-02T15:29:59Z',
      '2011-04-02T15:30:00Z',
    ].map((time, n) => placed(`${n}`, { A: 10 ** n }, { time }));
    const hours = { 'locations.x.timeZone': 'Australia/Lord_Howe', 'demand.bucket': 'hour' };
    expect(bucketsAfter([...events, tick('2011-04-02T18:00:00Z')], hours)).toEqual([
      ['2011-04-02T13:00Z', 1],
      ['2011-04-02T14:00Z', 11110],
      ['2011-04-02T15:30Z', 100000],
    ]);
  });

  it('of a day that was open before a stock event started the zone still takes an order', () => {
    const core = coreWith({ ...small, 'time.disorder': '30m', 'time.allowedLateness': 0 });
    const { refusals, buckets } = runEvents(core, [
      counted(9, at('2011-09-01T23:50:00Z')),
      counted(9, at('2011-09-02T00:10:00Z')),
      placed('1', { A: 3 }, at('2011-09-01T23:45:00Z')),
      tick('2011-09-02T12:00:00Z'),
    ]);
    expect(refusals).toEqual([]);
    expect(buckets.map(({ units }) => units)).toEqual([3]);
  });
});

describe('a row', () => {
  it('has no buckets before that of its first demand: nothing is known of them', () => {
    const events = [
      tick('2011-09-01T10:00:00Z'),
      placed('1', { B: 1 }, at('2011-09-01T10:00:00Z')),
      placed('2', { A: 1 }, at('2011-09-02T00:30:00Z')),
      tick('2011-09-03T10:00:00Z'),
    ];
    expect(bucketsAfter(events)).toEqual([['2011-09-02T00:00Z', 1]]);
    const [first, , ...rest] = events;
    const early = placed('3', { A: 1 }, at('2011-09-01T23:00:00Z'));
    expect(bucketsAfter([first, rest[0], early, rest[1]] as object[])).toEqual([
      ['2011-09-01T00:00Z', 1],
      ['2011-09-02T00:00Z', 1],
    ]);
  });
});

describe('a silence', () => {
  const first = placed('1', { A: 5 }, at('2011-09-01T10:00:00Z'));

  it('of up to maxGap buckets is days without demand', () => {
    const events = [first, placed('2', { A: 1 }, at('2011-09-04T10:00:00Z'))];
    expect(bucketsAfter(events, { 'demand.maxGap': 3 })).toEqual([
      ['2011-09-01T00:00Z', 5],
      ['2011-09-02T00:00Z', 0],
      ['2011-09-03T00:00Z', 0],
    ]);
  });

  it('longer than maxGap is a gap in the data, and skipped', () => {
    const events = [
      first,
      placed('2', { A: 1 }, at('2011-09-20T10:00:00Z')),
      tick('2011-09-21T10:00:00Z'),
    ];
    expect(bucketsAfter(events, { 'demand.maxGap': 3 })).toEqual([
      ['2011-09-01T00:00Z', 5],
      ['2011-09-20T00:00Z', 1],
    ]);
  });
});

describe('the watermark', () => {
  it('never goes back, not by a day nor by a millisecond', () => {
    const core = coreWith({ ...small, 'time.disorder': '5s' });
    runEvents(core, [tick('2011-09-03T10:00:00Z')]);
    const before = core.clock.watermarkMs;
    expect(formatTime(before)).toBe('2011-09-03T09:59:55.000Z');
    runEvents(core, [tick('2011-09-03T09:59:59.999Z'), tick('2011-09-01T10:00:00Z')]);
    expect(core.clock.watermarkMs).toBe(before);
  });

  it('comes out the same for times 100, 10, 101 in one batch and in three', () => {
    const events = [100, 10, 101].map((time, n) => placed(`${n}`, { A: 1 }, { time: time * HOUR }));
    const results = [1, 3].map((size) => {
      const core = coreWith(small);
      const { refusals, buckets } = run(core, messagesOf(events), size);
      return { refusals, buckets, clock: core.clock.watermarkMs, counts: core.outbox.counts };
    });
    expect(results[0]).toEqual(results[1]);
    expect(results[0]?.refusals.map(({ reason, position }) => [reason, position])).toEqual([
      ['late', 2],
    ]);
  });
});

describe('a cancellation', () => {
  it('leaves buckets and windows as if the 80,995 units had never been ordered', () => {
    // The last day of the recorded orders: placed 09:15, cancelled 09:27.
    const zone = { 'locations.x.timeZone': 'Europe/London' };
    const normal = placed('1', { A: 3 }, at('2011-12-09T08:57:00Z'));
    const after = placed('3', { A: 2 }, at('2011-12-09T09:30:00Z'));
    const giant = placed('2', { A: 80_995 }, at('2011-12-09T09:15:00Z'));
    const undone = cancelled('2', undefined, at('2011-12-09T09:27:00Z'));
    const end = tick('2011-12-10T12:00:00Z');
    const [without, withIt] = [
      [normal, after],
      [normal, giant, undone, after],
    ].map((events) => {
      const core = coreWith({ ...small, ...zone });
      runEvents(core, events);
      const row = rowOf(core, 'A', 'x');
      const windows = (['5m', '1h', '24h', '7d', '28d'] as const).map((name) =>
        core.demand.windows.sum(row, name, core.clock.streamTimeMs),
      );
      const { buckets } = runEvents(core, [end]);
      return { windows, buckets, quantities: quantitiesOf(core, 'A', 'x') };
    });
    expect(withIt).toEqual(without);
    expect(without?.windows).toEqual([2, 5, 5, 5, 5]);
  });

  it('takes demand out of the day of the order, not of its own', () => {
    const events = [
      placed('1', { A: 5 }, at('2011-09-01T23:50:00Z')),
      placed('2', { A: 4 }, at('2011-09-02T00:10:00Z')),
      cancelled('1', { A: 2 }, at('2011-09-02T00:20:00Z')),
      tick('2011-09-03T12:00:00Z'),
    ];
    expect(bucketsAfter(events)).toEqual([
      ['2011-09-01T00:00Z', 3],
      ['2011-09-02T00:00Z', 4],
    ]);
  });

  it('before, in part, twice, then placed anew: demand counts once', () => {
    const events = [
      cancelled('1', { A: 9 }, at('2011-09-01T09:00:00Z')),
      placed('1', { A: 5 }, at('2011-09-01T10:00:00Z')),
      cancelled('1', { A: 2 }, at('2011-09-01T10:01:00Z')),
      cancelled('1', undefined, at('2011-09-01T10:02:00Z')),
      cancelled('1', undefined, at('2011-09-01T10:03:00Z')),
      placed('1', { A: 5 }, at('2011-09-01T10:04:00Z')),
      tick('2011-09-02T12:00:00Z'),
    ];
    expect(bucketsAfter(events)).toEqual([['2011-09-01T00:00Z', 5]]);
  });

  it('of what has shipped takes no demand out; a return takes none out either', () => {
    const lines = [{ sku: 'A', quantity: 5, restock: true }];
    const events = [
      placed('1', { A: 5 }, at('2011-09-01T10:00:00Z')),
      shipped('1', { A: 4 }, at('2011-09-01T11:00:00Z')),
      cancelled('1', undefined, at('2011-09-01T12:00:00Z')),
      event('order.returned', {
        orderId: '1',
        location: 'x',
        lines,
        ...at('2011-09-01T13:00:00Z'),
      }),
      tick('2011-09-02T12:00:00Z'),
    ];
    expect(bucketsAfter(events)).toEqual([['2011-09-01T00:00Z', 4]]);
  });

  it('after the bucket has closed is counted, and the bucket stays', () => {
    const core = coreWith(small);
    const { buckets } = runEvents(core, [
      placed('1', { A: 5 }, at('2011-09-01T10:00:00Z')),
      tick('2011-09-02T12:00:00Z'),
      cancelled('1', undefined, at('2011-09-02T12:30:00Z')),
      tick('2011-09-03T12:00:00Z'),
    ]);
    expect(buckets.map(({ units }) => units)).toEqual([5, 0]);
    expect(core.demand.cancelledTooLate).toBe(5);
    expect(quantitiesOf(core, 'A', 'x').backordered).toBe(0);
  });
});
