// Inputs on which other stream processors stalled, doubled or lost: the right value of each.
import { expect, it } from 'vitest';
import { formatTime } from '../../operators/events/time.js';
import { Batch } from '../../operators/stream/batch.js';
import { SLICE_ROWS } from '../../operators/stream/slices.js';
import {
  adjusted,
  cancelled,
  counted,
  placed,
  shipped,
  tick,
} from '../operators/events/samples.js';
import { coreWith, messageOf, messagesOf, quantitiesOf, run, runEvents } from './drive.js';

const small = { 'ledger.journal': 4096, 'time.disorder': 0, 'time.allowedLateness': '1h' };

it('550,000 timers overdue after a restart: each fires once, in slices', () => {
  const CARTS = 550_000;
  const settings = { ...small, 'cart.abandonAfter': '1h' };
  const before = coreWith(settings);
  runEvents(before, [counted(10, { time: '2011-09-01T08:00:00Z' }), placed('1', { A: 1 })]);
  const add = { type: 'cart.added', time: '2011-09-01T10:00:00Z', sku: 'A', location: 'x' };
  const PACK = 1_000;
  for (let from = 0; from < CARTS; from += PACK) {
    const lines = Array.from({ length: PACK }, (_, i) => {
      return JSON.stringify({ ...add, id: `c${from + i}`, cartId: `c${from + i}`, quantity: 1 });
    });
    run(before, [messageOf(lines.join('\n'), 10 + from)]);
  }
  const core = coreWith(settings);
  core.load(before.save());
  expect(core.demand.carts.open).toBe(CARTS);

  let [steps, fired] = [0, 0];
  const checkOut = core.demand.carts.checkOut.bind(core.demand.carts);
  core.demand.carts.checkOut = (cartId) => {
    fired++;
    checkOut(cartId);
  };
  const batch = new Batch();
  const overdue = messageOf(JSON.stringify(tick('2011-09-03T02:00:00Z')), CARTS + 100);
  core.decoder.decode([overdue], batch);
  const stepsOf = core.chain.steps(batch);
  let most = 0;
  for (let before = 0; !stepsOf.next().done; before = fired) {
    most = Math.max(most, fired - before);
    steps++;
  }
  expect(fired).toBe(CARTS);
  expect(most).toBeLessThanOrEqual(SLICE_ROWS);
  expect(steps).toBeGreaterThan(CARTS / SLICE_ROWS);
  expect(core.demand.carts.open).toBe(0);
  const { buckets } = core.outbox.take();
  const ofA = buckets.filter(({ cartAdds }) => cartAdds > 0);
  expect(ofA.map(({ cartAdds, cartsAbandoned }) => [cartAdds, cartsAbandoned])).toEqual([
    [CARTS, CARTS],
  ]);
  const { buckets: later } = runEvents(core, [tick('2011-09-05T02:00:00Z')]);
  expect(later.reduce((sum, { cartsAbandoned }) => sum + cartsAbandoned, 0)).toBe(0);
}, 120_000);

it('times that step back by microseconds: the watermark stays, and nothing stalls or is late', () => {
  const core = coreWith({ ...small, 'time.disorder': '5s' });
  const times = ['10:00:00.000002Z', '10:00:00.000001Z', '10:00:00.000000Z', '09:59:59.999999Z'];
  const orders = times.map((time, i) => placed(`${i}`, { A: 1 }, { time: `2011-09-01T${time}` }));
  const marks = orders.map((order, i) => {
    const { refusals } = run(core, [messageOf(JSON.stringify(order), i + 1)]);
    expect(refusals).toEqual([]);
    return formatTime(core.clock.watermarkMs);
  });
  expect(new Set(marks)).toEqual(new Set(['2011-09-01T09:59:55.000Z']));
  const { buckets } = runEvents(core, [tick('2011-09-02T10:00:00Z')]);
  expect(buckets[0]?.units).toBe(4);
});

it('the same messages again, in another order, across a restart: each counts once', () => {
  const events = [
    counted(50, { time: '2011-09-01T08:00:00Z' }),
    placed('1', { A: 7 }),
    placed('2', { A: 5 }),
    shipped('1', { A: 7 }),
    cancelled('2'),
    adjusted(-3, { reason: 'damaged' }),
  ];
  const first = coreWith(small);
  runEvents(first, events);
  const expected = quantitiesOf(first, 'A', 'x');
  expect(expected).toMatchObject({ onHand: 40, allocated: 0, backordered: 0 });
  const second = coreWith(small);
  second.load(first.save());
  const again = [...events].reverse().concat(events.filter((_, i) => i % 2 === 0));
  const { refusals, signals, alerts } = run(second, messagesOf(again), 2);
  expect([refusals, signals, alerts]).toEqual([[], [], []]);
  expect(quantitiesOf(second, 'A', 'x')).toEqual(expected);
  expect(second.outbox.counts.duplicate - first.outbox.counts.duplicate).toBe(again.length);
});

it('one event a day ahead: taken as it is, and those that come next are not late', () => {
  const core = coreWith({ ...small, 'time.maxAhead': '10m' });
  const storedAtMs = Date.parse('2011-09-01T12:00:00Z');
  const at = (order: object, position: number) =>
    messageOf(JSON.stringify(order), position, { storedAtMs });
  const time = '2011-09-02T12:00:00Z';
  const { refusals } = run(core, [
    at(placed('ahead', { A: 100 }, { time }), 1),
    at(placed('now', { A: 2 }, { time: '2011-09-01T12:00:00Z' }), 2),
  ]);
  expect(refusals.map(({ reason, position }) => [reason, position])).toEqual([['time-ahead', 1]]);
  expect(formatTime(core.clock.watermarkMs)).toBe('2011-09-01T12:00:00.000Z');
  const { buckets } = runEvents(core, [tick('2011-09-02T02:00:00Z')]);
  expect(buckets.map(({ units }) => units)).toEqual([2]);
});
