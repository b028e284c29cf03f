// Figures of a run, its classes, and curves of fill rate over stock: computed by hand.
import { describe, expect, it } from 'vitest';
import { classesOf } from '../../../engine/simulate/classes.js';
import { fillRateAt } from '../../../engine/simulate/curve.js';
import { figuresOf } from '../../../engine/simulate/figures.js';
import { Measures } from '../../../engine/simulate/measures.js';
import { DAY_MS, type Series, sampleOf } from '../../../engine/simulate/recorded-demand.js';
import { borderAt, measuredFrom, Openings } from '../../../engine/simulate/span.js';
import { dailyDemand, START_MS } from './made-up.js';

const base: Omit<Series, 'price'> = { sku: 'a', location: 'shop', category: null, firstMs: 0 };
const prices = { orderingCost: 20, holdingRate: 0.25, shortageRate: 0.5 };

describe('figures of a run', () => {
  const measures = new Measures(3);
  const put = (s: number, values: Partial<Record<Parameters<Measures['add']>[0], number>>) => {
    for (const [name, value] of Object.entries(values)) {
      measures.add(name as Parameters<Measures['add']>[0], s, value);
    }
  };
  // A year with 100 units of 4 each on hand, and half a year with 50 units of unknown price.
  put(0, { demanded: 1000, filled: 900, cycles: 9, cleanCycles: 6, orders: 10 });
  put(0, { onHandMs: 100 * 365 * DAY_MS, measuredMs: 365 * DAY_MS, waitingMs: 20 * DAY_MS });
  put(1, { demanded: 100, filled: 100, cycles: 1, cleanCycles: 1, orders: 1 });
  put(1, { onHandMs: 50 * 182.5 * DAY_MS, measuredMs: 182.5 * DAY_MS, emptyMs: 5 * DAY_MS });
  const series: Series[] = [
    { ...base, price: 4 },
    { ...base, price: Number.NaN },
    { ...base, price: 100 },
  ];

  it('weigh units by what they cost', () => {
    const figures = figuresOf(measures, { series, prices, members: [0, 1, 2] });
    expect(figures).toMatchObject({
      ...{ series: 2, demanded: 1100, fillRate: 1000 / 1100, cycles: 10, cycleService: 0.7 },
      ...{ stockoutDays: 5, stockoutShare: 5 / 547.5, shortUnitDays: 20 },
      ...{ averageStock: 150, averageValue: 450, orders: 11 },
      // 900 x 4 a year, and 100 in half a year.
      turnover: (3600 + 200) / 450,
      ...{ holdingCost: 0.25 * (400 + 25), orderingCost: 220, shortageCost: 0.5 * 400 },
    });
    expect(figures.cost).toBe(106.25 + 220 + 200);
  });

  it('say nothing of what did not happen', () => {
    const figures = figuresOf(measures, { series, prices, members: [2] });
    expect(figures).toMatchObject({ series: 0, fillRate: null, cycleService: null, cost: 0 });
    expect(figures.turnover).toBeNull();
  });
});

describe('a curve of fill rate over stock', () => {
  const points = [
    { stock: 30, fillRate: 0.98 },
    { stock: 10, fillRate: 0.8 },
    { stock: 20, fillRate: 0.9 },
  ];

  it('runs straight between two runs', () => {
    expect(fillRateAt(points, 15)).toBeCloseTo(0.85, 12);
    expect(fillRateAt(points, 20)).toBe(0.9);
    expect(fillRateAt(points, 27.5)).toBeCloseTo(0.96, 12);
  });

  it('says nothing beyond its ends', () => {
    expect(fillRateAt(points, 9.9)).toBeNull();
    expect(fillRateAt(points, 30.1)).toBeNull();
    expect(fillRateAt([], 1)).toBeNull();
  });
});

describe('classes of series', () => {
  const steady = new Array<number>(20).fill(5);
  const uneven = steady.map((units, d) => (d % 5 === 0 ? 40 : units));
  const rare = steady.map((units, d) => (d % 4 === 0 ? units : 0));
  const lumpy = steady.map((_, d) => (d % 4 === 0 ? 1 + 20 * (d % 8) : 0));
  const demand = dailyDemand([steady, uneven, rare, lumpy]);
  const span = { borderMs: START_MS + 12 * DAY_MS, toMs: demand.toMs, warmUpDays: 0 };

  it('go by demand before the start', () => {
    const { pattern } = classesOf(demand, measuredFrom(demand, span));
    expect(pattern).toEqual(['smooth', 'erratic', 'intermittent', 'lumpy']);
  });

  it('rank by value a day; the one that crosses a border belongs above it', () => {
    // Values of 12 days: 60 + 36 x 3 …: uneven alone has more than half, steady crosses 80 %.
    const { abc } = classesOf(demand, measuredFrom(demand, span));
    expect(abc[1]).toBe('A');
    expect(abc[2]).not.toBe('A');
  });

  it('leave out what is measured at no time', () => {
    const late = dailyDemand([steady, [...new Array<number>(19).fill(0), 1_000_000]]);
    const measured = measuredFrom(late, { ...span, warmUpDays: 5 });
    expect(measured.startMs[1]).toBe(Number.POSITIVE_INFINITY);
    expect(classesOf(late, measured).abc).toEqual(['A', 'C']);
  });
});

describe('the parts of the time', () => {
  const demand = dailyDemand([
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  ]);

  it('meet at a midnight', () => {
    expect(borderAt(demand, 1 / 3)).toBe(START_MS + 3 * DAY_MS);
  });

  it('open each series once, when it is due', () => {
    const span = { borderMs: START_MS + 2 * DAY_MS, toMs: demand.toMs, warmUpDays: 2 };
    const openings = new Openings(measuredFrom(demand, span));
    expect(openings.take(START_MS + DAY_MS)).toEqual([]);
    expect(openings.take(START_MS + 2 * DAY_MS)).toEqual([0]);
    expect(openings.take(START_MS + 6 * DAY_MS)).toEqual([]);
    expect(openings.take(START_MS + 9 * DAY_MS)).toEqual([1]);
  });
});

describe('a sample of series', () => {
  it('keeps their lines, and is the same each time', () => {
    const demand = dailyDemand([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    const sample = sampleOf(demand, 2);
    expect(sample.series.map(({ sku }) => sku)).toEqual(['a', 'c']);
    expect([...sample.lines.series]).toEqual([0, 1, 0, 1]);
    expect([...sample.lines.units]).toEqual([1, 5, 2, 6]);
    expect(sampleOf(demand, 4)).toBe(demand);
  });
});
