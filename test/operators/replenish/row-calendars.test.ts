// Claims about replenishment by the working days of suppliers and locations.
import { describe, expect, it } from 'vitest';
import { RowCalendars } from '../../../operators/replenish/row-calendars.js';
import { Table } from '../../../operators/stream/table.js';
import { Scene, type SceneEvent } from './scene.js';

/** Day 0 of a scene is a Monday. */
const FRIDAY = 4;
const ACME = { 'suppliers.acme.workingDays': 'Mon-Fri' };
const certain = { leadTime: { meanDays: 2, sdDays: 0 }, supplier: 'acme' };

function traded(settings: Record<string, unknown>, terms: object = certain, days = 60): Scene {
  const scene = new Scene(settings);
  scene.item('A', terms);
  scene.count('A', 1e6, 0);
  scene.trade('A', 0, days, () => 10);
  return scene;
}

function planOf(scene: Scene) {
  const { replenish, clock } = scene.core;
  const plan = replenish.plan(scene.row('A'), clock.streamTimeMs);
  if (plan === null) throw new Error('nothing is planned');
  return plan;
}

/** Lead time in calendar days at the start of each day from `from` on. */
function leadTimes(scene: Scene, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => {
    scene.trade('A', from + n - 1, from + n - 1, () => 10);
    return planOf(scene).terms.leadTimeDays;
  });
}

describe('a lead time of two working days', () => {
  it('is four days on a Friday and a Saturday, two from Monday to Wednesday', () => {
    const scene = traded(ACME, certain, 61);
    // Day 63 is a Monday.
    expect(leadTimes(scene, 63, 7)).toEqual([2, 2, 2, 4, 4, 4, 3]);
  });

  it('is longer over a public holiday', () => {
    // Day 66 is Thursday, 2024-03-07.
    const holiday = { ...ACME, 'suppliers.acme.holidays': '2024-03-07, 2024-03-08' };
    const scene = traded(holiday, certain, 61);
    expect(leadTimes(scene, 63, 4)).toEqual([2, 6, 6, 6]);
  });

  it('ends on a day on which the warehouse receives', () => {
    const scene = traded({ 'locations.shop.workingDays': 'Mon' }, certain, 61);
    expect(leadTimes(scene, 63, 7)).toEqual([7, 6, 5, 4, 3, 2, 8]);
  });

  it('is two days on all days to a supplier that nothing is set of', () => {
    const scene = traded({ 'suppliers.other.workingDays': 'Mon-Fri' }, certain, 61);
    expect(leadTimes(scene, 63, 7)).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  it('moves the reorder point by what is sold on the days off', () => {
    const scene = traded(ACME, certain, 61);
    const [monday] = [leadTimes(scene, 63, 1), planOf(scene).levels.reorderPoint].slice(1);
    leadTimes(scene, 64, 3);
    const thursday = planOf(scene).levels.reorderPoint;
    expect(thursday - (monday as number)).toBeGreaterThan(15);
    expect(thursday - (monday as number)).toBeLessThan(30);
  });

  it('raises before the weekend what would have come too late', () => {
    const dueOn = (settings: Record<string, unknown>) => {
      const scene = traded(settings, certain, 61);
      scene.count('A', 105, 63.1);
      for (let day = 63; day < 70; day++) {
        scene.trade('A', day, day, () => 10);
        if (scene.signals.length > 0) return day + 1;
      }
      return null;
    };
    const [calendar, plain] = [dueOn(ACME), dueOn({})] as [number, number];
    expect(calendar).toBeLessThan(plain);
  });
});

describe('a policy that reviews', () => {
  const weekly = (reviewDays: number) => ({
    ...certain,
    policy: { kind: 'RS', reviewDays },
  });

  /** Days of the week on which signals to reorder were raised. */
  function reviewDays(settings: Record<string, unknown>, every: number): Set<number> {
    const scene = traded(settings, weekly(every), 20);
    scene.count('A', 0, 21.1);
    const days = new Set<number>();
    for (let day = 21; day < 49; day++) {
      const before = scene.signals.length;
      scene.trade('A', day, day, () => 10);
      if (scene.signals.length === before) continue;
      days.add((day + 1) % 7);
      const [signal] = scene.signals.slice(-1);
      // Answered at once, and received: each review has something to ask for.
      const order = { sku: 'A', quantity: signal?.quantity ?? 0, signalId: signal?.id };
      scene.buy('A', order.quantity, order);
    }
    return days;
  }

  it('does so on the days on which the supplier takes orders', () => {
    const days = reviewDays({ 'suppliers.acme.workingDays': 'Tue,Fri' }, 1);
    expect([...days].sort()).toEqual([1, FRIDAY]);
  });

  it('of a day off, on the next one that is none, once', () => {
    const plain = reviewDays({}, 7);
    expect(plain.size).toBe(1);
    const [usual] = plain;
    const off = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].filter((_, d) => d !== usual);
    const days = reviewDays({ 'suppliers.acme.workingDays': off.join(',') }, 7);
    expect([...days]).toEqual([((usual as number) + 1) % 7]);
  });

  it('covers the days until what the next review orders arrives', () => {
    const scene = traded(ACME, weekly(7), 61);
    // From Monday: seven days to the next one, and two working days.
    leadTimes(scene, 63, 1);
    expect(planOf(scene).demand.mean / 10).toBeCloseTo(9, 0);
    leadTimes(scene, 64, 3);
    // From Thursday: seven days, and two working days over the weekend.
    expect(planOf(scene).demand.mean / 10).toBeCloseTo(11, 0);
  });
});

it('learned lead times are counted in working days too', () => {
  const settings = { ...ACME, 'replenish.leadTimes': 'learned' };
  const scene = new Scene(settings);
  scene.item('A', certain);
  scene.count('A', 1e6, 0);
  // Ordered on Fridays, received on Tuesdays: always two working days.
  for (let week = 0; week < 20; week++) {
    const purchaseOrderId = `po-${week}`;
    scene.buy('A', 1, { purchaseOrderId, day: week * 7 + FRIDAY + 0.4 });
    const at = { location: 'shop', day: week * 7 + FRIDAY + 4.4 };
    const received: SceneEvent = { type: 'stock.received', sku: 'A', quantity: 1, ...at };
    scene.send({ ...received, purchaseOrderId });
  }
  const { learned } = scene.core.replenish.planning.leadTimes;
  const { mean, sd } = learned.ofSupplier('acme', { mean: 9, sd: 0 });
  expect(mean).toBeLessThan(4);
  expect(learned.of(scene.row('A'), 'acme', { mean: 2, sd: 0 }, 0)).toEqual({ mean: 2, sd: 0 });
  expect(sd).toBeGreaterThan(0);
});

it('a calendar that is none is refused, with its place', () => {
  expect(() => new Scene({ 'suppliers.acme.workingDays': 'Mon-Fry' })).toThrow(/Mon-Fri or/);
  expect(() => new Scene({ 'suppliers.acme.holidays': '2026-13-01' })).toThrow(/dates such as/);
  expect(() => new Scene({ 'locations.shop.holidays': '2026-02-30' })).toThrow(/no month has/);
});

describe('a review by the hour', () => {
  const HOUR_MS = 3_600_000;
  const table = new Table();
  const row = table.row(table.skus.intern('A'), table.locations.intern('shop'));
  const calendars = new RowCalendars(table, {
    suppliers: { acme: { workingDays: 'Mon-Fri', holidays: null } },
    locations: {},
    timeZoneOf: () => 'Europe/Berlin',
  });
  /** Hours since Monday at which a policy reviews, of two weeks. */
  const reviews = (supplier: string, every: number, offset: number): number[] => {
    // 2023-12-31T23:00Z is Monday, midnight in Berlin.
    const monday = Date.UTC(2023, 11, 31, 23);
    return Array.from({ length: 14 * 24 }, (_, hour) => hour).filter((hour) => {
      const endMs = monday + hour * HOUR_MS;
      const ended = { bucket: hour - offset + 1000 * every, startMs: endMs - HOUR_MS, endMs };
      return calendars.isReview(row, supplier, ended, every);
    });
  };

  it('of Saturday waits for midnight of Monday, and is not repeated', () => {
    const saturdayAtFive = 5 * 24 + 5;
    const week = 7 * 24;
    expect(reviews('other', week, saturdayAtFive)).toEqual([saturdayAtFive, saturdayAtFive + week]);
    expect(reviews('acme', week, saturdayAtFive)).toEqual([0, 7 * 24]);
  });

  it('of Wednesday is not moved', () => {
    const wednesdayAtFive = 2 * 24 + 5;
    const week = 7 * 24;
    expect(reviews('acme', week, wednesdayAtFive)).toEqual([
      wednesdayAtFive,
      wednesdayAtFive + week,
    ]);
  });

  it('of every twelve hours takes place on working days, and once behind the days off', () => {
    const found = reviews('acme', 12, 6);
    const usual = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].flatMap((day) => [day * 24 + 6, day * 24 + 18]);
    expect(found).toEqual([0, 7 * 24, ...usual].sort((a, b) => a - b));
  });
});

it('in buckets of an hour, two working days are as many hours as the calendar says', () => {
  const scene = traded({ ...ACME, 'demand.bucket': 'hour' }, certain, 9);
  // Hours of Friday 2024-01-12 and Monday 2024-01-15.
  scene.tick(11.5);
  expect(planOf(scene).terms.leadTimeDays).toBeCloseTo(4, 9);
  scene.trade('A', 12, 13, () => 10);
  expect(planOf(scene).terms.leadTimeDays).toBeCloseTo(2, 9);
});
