// The simulated stock: what it measures is what happened, to the unit and the hour.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LevelPlayer } from '../../../engine/simulate/level-player.js';
import { MEASURES, type Measure } from '../../../engine/simulate/measures.js';
import { play } from '../../../engine/simulate/play.js';
import { DAY_MS } from '../../../engine/simulate/recorded-demand.js';
import { measuredFrom } from '../../../engine/simulate/span.js';
import { Stock } from '../../../engine/simulate/stock.js';
import { dailyDemand, START_MS } from './made-up.js';

const day = (d: number): number => START_MS + d * DAY_MS;
const { series } = dailyDemand([[1]]);

function stockWith(options: { days: number; isLost?: boolean }): Stock {
  const leadTime = { mean: options.days, sd: 0 };
  return new Stock(series, { leadTime, seed: '1', isLost: options.isLost ?? false });
}

function measured(stock: Stock): Record<Measure, number> {
  return Object.fromEntries(MEASURES.map((name) => [name, stock.measures.of(name, 0)])) as Record<
    Measure,
    number
  >;
}

/** 10 on the shelf; 4 are asked for on day 1, 8 on day 2, when 20 are ordered; they come on day 3. */
function shortOnDay2(stock: Stock): void {
  stock.open(0, day(0), 10);
  stock.take(0, day(1), 4);
  stock.take(0, day(2), 8);
  stock.order(0, day(2), 20);
  stock.receive(day(3));
  stock.end(day(5));
}

describe('the simulated stock', () => {
  it('lets unmet demand wait, and counts what was there and for how long', () => {
    const stock = stockWith({ days: 1 });
    shortOnDay2(stock);
    expect(measured(stock)).toEqual({
      ...{ demanded: 12, filled: 10, orders: 1, cycles: 1, cleanCycles: 0 },
      onHandMs: (10 + 6 + 0 + 18 + 18) * DAY_MS,
      waitingMs: 2 * DAY_MS,
      ...{ emptyMs: DAY_MS, measuredMs: 5 * DAY_MS },
    });
    expect(stock.position(0)).toBe(18);
  });

  it('has unmet demand go away where it is lost', () => {
    const stock = stockWith({ days: 1, isLost: true });
    shortOnDay2(stock);
    expect(measured(stock)).toMatchObject({ demanded: 12, filled: 10, waitingMs: 0 });
    expect(stock.position(0)).toBe(20);
  });

  it('calls a cycle clean where the last unit was sold and nobody asked again', () => {
    const stock = stockWith({ days: 1 });
    stock.open(0, day(0), 10);
    stock.take(0, day(1), 10);
    stock.order(0, day(1), 10);
    stock.receive(day(2));
    expect(measured(stock)).toMatchObject({ cycles: 1, cleanCycles: 1 });
  });

  it('calls the next cycle unclean, too, where a receipt leaves people waiting', () => {
    const stock = stockWith({ days: 1 });
    stock.open(0, day(0), 0);
    stock.take(0, day(0), 9);
    for (let d = 0; d < 3; d++) {
      stock.order(0, day(d), 5);
      stock.receive(day(d + 1));
    }
    expect(measured(stock)).toMatchObject({ cycles: 3, cleanCycles: 1 });
  });

  it('has a cycle for each review, also where nothing was to be ordered', () => {
    const stock = stockWith({ days: 1 });
    stock.open(0, day(0), 10);
    stock.take(0, day(7), 12);
    stock.order(0, day(7), 12);
    stock.receive(day(8));
    stock.end(day(28));
    stock.countReviews(0, 7);
    expect(measured(stock)).toMatchObject({ cycles: 4, cleanCycles: 3 });
  });

  it('gives the n-th order of a series the same lead time whatever was ordered before', () => {
    const leadTime = { mean: 7, sd: 3 };
    const [one, two] = [0, 1].map(() => new Stock(series, { leadTime, seed: 'x', isLost: false }));
    const lead = (stock: Stock, atMs: number) => stock.order(0, atMs, 1).atMs - atMs;
    const first = [lead(one as Stock, day(0)), lead(one as Stock, day(1))];
    expect([lead(two as Stock, day(5)), lead(two as Stock, day(9))]).toEqual(first);
    expect(first[0]).not.toBe(first[1]);
  });

  it('has lead times of the mean and spread that were asked for', () => {
    const stock = new Stock(series, { leadTime: { mean: 7, sd: 2 }, seed: 'y', isLost: false });
    const days = Array.from({ length: 4000 }, () => stock.order(0, 0, 1).atMs / DAY_MS);
    const mean = days.reduce((sum, one) => sum + one, 0) / days.length;
    const variance = days.reduce((sum, one) => sum + (one - mean) ** 2, 0) / days.length;
    // Four standard errors of a mean, and about as many of a standard deviation.
    expect(Math.abs(mean - 7)).toBeLessThan((4 * 2) / Math.sqrt(4000));
    expect(Math.abs(Math.sqrt(variance) - 2)).toBeLessThan(0.12);
  });
});

describe('a policy of two levels, played', () => {
  it('comes to what a plain loop over days comes to', async () => {
    const scenes = fc.record({
      units: fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }),
      days: fc.integer({ min: 1, max: 6 }),
      reorderPoint: fc.integer({ min: 0, max: 20 }),
      lot: fc.integer({ min: 1, max: 20 }),
      isLost: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const demand = dailyDemand([scene.units]);
        const stock = stockWith(scene);
        const span = { fromMs: demand.fromMs, toMs: demand.toMs };
        const measuring = measuredFrom(demand, {
          ...{ borderMs: span.fromMs, toMs: span.toMs, warmUpDays: 0 },
        });
        fc.pre(measuring.startMs[0] === span.fromMs);
        const levels = {
          reorderPoint: () => scene.reorderPoint,
          orderUpTo: () => scene.reorderPoint + scene.lot,
        };
        const outlook = { mean: NONE, sd: NONE, lot: NONE, closed: [] };
        await play(demand, span, [new LevelPlayer(stock, levels, measuring, outlook)]);
        stock.end(span.toMs);
        const { demanded, filled, cycles, cleanCycles, orders, onHandMs, waitingMs } =
          measured(stock);
        const counts = { demanded, filled, cycles, cleanCycles, orders };
        expect({
          ...counts,
          ...{ onHandDays: onHandMs / DAY_MS, waitingDays: waitingMs / DAY_MS },
        }).toEqual(byHalfDays(scene));
      }),
    );
  });
});

const NONE = new Float64Array(1);

/** Half-days as the only grid: demand at noon; what was ordered at a noon comes at a noon before it. */
function byHalfDays(scene: {
  units: readonly number[];
  days: number;
  reorderPoint: number;
  lot: number;
  isLost: boolean;
}) {
  const top = scene.reorderPoint + scene.lot;
  let [onHand, waiting, isShort] = [top, 0, false];
  const out = { demanded: 0, filled: 0, cycles: 0, cleanCycles: 0, orders: 0 };
  const held = { onHandDays: 0, waitingDays: 0 };
  const due = new Map<number, number>();
  scene.units.forEach((units, d) => {
    held.onHandDays += onHand / 2;
    held.waitingDays += waiting / 2;
    const arrived = due.get(d) ?? 0;
    if (arrived > 0) {
      due.delete(d);
      out.cycles++;
      if (!isShort) out.cleanCycles++;
      const served = Math.min(waiting, arrived);
      waiting -= served;
      onHand += arrived - served;
      isShort = waiting > 0;
    }
    const filled = Math.min(units, onHand);
    onHand -= filled;
    out.demanded += units;
    out.filled += filled;
    if (filled < units) isShort = true;
    if (!scene.isLost) waiting += units - filled;
    const onOrder = [...due.values()].reduce((sum, one) => sum + one, 0);
    const position = onHand - waiting + onOrder;
    if (units > 0 && position <= scene.reorderPoint) {
      out.orders++;
      due.set(d + scene.days, top - position);
    }
    held.onHandDays += onHand / 2;
    held.waitingDays += waiting / 2;
  });
  return { ...out, ...held };
}
