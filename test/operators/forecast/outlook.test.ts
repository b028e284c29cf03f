// Claims about the outlook: intervals that hold, whatever demand is like, also when it shifts.
import { describe, expect, it } from 'vitest';
import { Course } from '../../../operators/forecast/course.js';
import { Distribution } from '../../../operators/forecast/distribution.js';
import { coveredShare } from '../../../operators/forecast/distribution-measures.js';
import type { Target } from '../../../operators/forecast/horizons.js';
import { Outlook } from '../../../operators/forecast/outlook.js';
import { SimpleSmoothing } from '../../../operators/forecast/smoothing.js';
import { TRACKED } from '../../../operators/forecast/tracked.js';
import { Table } from '../../../operators/stream/table.js';
import { bucketOf } from './bucket-of.js';
import { Dice } from './dice.js';
import { addRows, restore } from './rows-of.js';

const LEVELS = [0.5, 0.8, 0.95, 0.99];
const MEDIAN = 4;
const HORIZONS = { near: 7, far: 28 };
const NEXT = { from: 1, to: 1 };
const WEEK = { from: 1, to: 7 };
/** Days before which nothing is counted, and of each quarter behind them. */
const WARM_UP = 28;
const QUARTER = 60;

/** Demand of a row on a day. */
type Demand = (dice: Dice, row: number, day: number) => number;

/** Rows that are forecast by simple smoothing, whose gain stays the same. */
class Trade {
  readonly table = new Table();
  readonly course = new Course(this.table, 7);
  readonly smoothing = new SimpleSmoothing(this.table, this.course, { name: 'ses', alpha: 0.1 });
  readonly outlook: Outlook;
  day = 0;
  private readonly path = new Float64Array(28);

  constructor(readonly rows: number) {
    const { table, course, smoothing: predictor } = this;
    const scope = 'outlook';
    this.outlook = new Outlook({ table, course, predictor, horizons: HORIZONS, scope });
    addRows(table, rows);
  }

  /** @param seen takes the shares of each row's units below each tracked level */
  close(units: readonly number[], seen?: (shares: Float64Array) => void): void {
    for (let row = 0; row < this.rows; row++) {
      const expected = this.expected(row, NEXT);
      const shares = this.outlook.judge(row, units[row] as number, expected);
      if (shares !== null) seen?.(shares);
      this.outlook.learn(row, units[row] as number, expected);
      const bucket = bucketOf(this.day, units[row] as number);
      this.smoothing.learn(row, bucket);
      this.course.advance(row, bucket);
      this.outlook.keep(row);
    }
    this.outlook.apply();
    this.day++;
  }

  /** NaN: cold. */
  expected(row: number, { from, to }: Target): number {
    if (!this.smoothing.predict(row, to, this.path)) return Number.NaN;
    return this.path.subarray(from - 1, to).reduce((sum, one) => sum + one, 0);
  }

  distribution(row: number, target: Target): Distribution {
    const expected = this.expected(row, target);
    return this.outlook.distribution(row, target, expected, new Distribution());
  }
}

/** Share inside the interval of each level, over all and in each quarter. */
function coverageOf(demand: Demand, rows = 300) {
  const dice = new Dice(20_26);
  const trade = new Trade(rows);
  const quarters = [0, 1, 2, 3].map(() => ({ count: 0, inside: LEVELS.map(() => 0) }));
  for (let day = 0; day < WARM_UP + 4 * QUARTER; day++) {
    const quarter = quarters[Math.floor((day - WARM_UP) / QUARTER)];
    trade.close(
      Array.from({ length: rows }, (_, row) => demand(dice, row, day)),
      (shares) => {
        if (quarter === undefined) return;
        quarter.count++;
        LEVELS.forEach((_, i) => {
          const low = shares[MEDIAN - 1 - i] as number;
          (quarter.inside[i] as number) += (shares[MEDIAN + 1 + i] as number) - low;
        });
      },
    );
  }
  const share = (some: typeof quarters, i: number) =>
    some.reduce((sum, { inside }) => sum + (inside[i] as number), 0) /
    some.reduce((sum, { count }) => sum + count, 0);
  return {
    all: LEVELS.map((_, i) => share(quarters, i)),
    quarters: quarters.map((quarter) => LEVELS.map((_, i) => share([quarter], i))),
  };
}

/** Rows sell between 1 and 30 a day. */
const meanOf = (row: number) => 1 + (row % 30);
const hasShift = (day: number) => day >= WARM_UP + 2 * QUARTER;

const KINDS: readonly { readonly kind: string; readonly demand: Demand }[] = [
  { kind: 'Poisson', demand: (dice, row) => dice.poisson(meanOf(row)) },
  { kind: 'negative binomial', demand: (dice, row) => dice.negativeBinomial(meanOf(row), 2) },
  { kind: 'lognormal', demand: (dice, row) => dice.lognormal(meanOf(row), 0.8) },
  {
    kind: 'zero-inflated',
    demand: (dice, row) => (dice.uniform() < 0.7 ? 0 : dice.poisson(meanOf(row) / 3)),
  },
  {
    kind: 'rare, one or two',
    demand: (dice, row) => (dice.uniform() < 0.02 * (1 + (row % 10)) ? 1 + dice.whole(2) : 0),
  },
  {
    kind: 'all of them by row',
    demand: (dice, row) => {
      const mean = meanOf(row);
      if (row % 3 === 0) return dice.poisson(mean);
      return row % 3 === 1 ? dice.negativeBinomial(mean, 1) : dice.poisson(mean / 60);
    },
  },
  {
    kind: 'Poisson, three times as much from the middle on',
    demand: (dice, row, day) => dice.poisson((hasShift(day) ? 3 : 1) * meanOf(row)),
  },
  {
    kind: 'negative binomial, three times as much from the middle on',
    demand: (dice, row, day) => dice.negativeBinomial((hasShift(day) ? 3 : 1) * meanOf(row), 2),
  },
  {
    kind: 'lognormal, a third from the middle on',
    demand: (dice, row, day) => dice.lognormal(meanOf(row) / (hasShift(day) ? 3 : 1), 0.5),
  },
];

describe('an outlook', () => {
  it.each(KINDS)('covers 50, 80, 95 and 99 % to 1 point, a quarter to 3: $kind', ({ demand }) => {
    const { all, quarters } = coverageOf(demand);
    LEVELS.forEach((level, i) => {
      expect(Math.abs((all[i] as number) - level), `${level}`).toBeLessThan(0.01);
      for (const quarter of quarters) {
        expect(Math.abs((quarter[i] as number) - level), `${level}`).toBeLessThan(0.03);
      }
    });
  });

  it('covers weeks as days, to 2 points', () => {
    const dice = new Dice(77);
    const rows = 300;
    const trade = new Trade(rows);
    const inside = LEVELS.map(() => 0);
    let count = 0;
    const open: { due: number; row: number; sum: number; of: Distribution }[] = [];
    for (let day = 0; day < 200; day++) {
      const units = Array.from({ length: rows }, (_, row) => dice.negativeBinomial(meanOf(row), 2));
      for (const week of open) if (day < week.due) week.sum += units[week.row] as number;
      trade.close(units);
      for (let n = open.length - 1; n >= 0; n--) {
        const week = open[n] as (typeof open)[number];
        if (day + 1 < week.due) continue;
        LEVELS.forEach((level, i) => {
          (inside[i] as number) += coveredShare(week.of.mass(week.sum), level);
        });
        count++;
        open.splice(n, 1);
      }
      if (day < 60) continue;
      for (let row = day % 7; row < rows; row += 7) {
        open.push({ due: day + 8, row, sum: 0, of: trade.distribution(row, WEEK) });
      }
    }
    expect(count).toBeGreaterThan(4000);
    LEVELS.forEach((level, i) => {
      expect(Math.abs((inside[i] as number) / count - level), `${level}`).toBeLessThan(0.02);
    });
  });

  it('says nothing of a bucket that is not known, nor where nothing was forecast', () => {
    const trade = new Trade(1);
    for (let day = 0; day < 10; day++) trade.close([4]);
    expect(trade.outlook.judge(0, Number.NaN, 4)).toBeNull();
    expect(trade.outlook.judge(0, 4, Number.NaN)).toBeNull();
    expect(trade.outlook.judge(0, 4, 4)).toHaveLength(TRACKED.length);
  });

  it('is wider for demand that was less even', () => {
    const dice = new Dice(6);
    const trade = new Trade(2);
    for (let day = 0; day < 200; day++) {
      trade.close([dice.poisson(20), dice.negativeBinomial(20, 1)]);
    }
    const widths = [0, 1].map((row) => {
      const distribution = trade.distribution(row, NEXT);
      return distribution.quantile(0.9) - distribution.quantile(0.1);
    });
    expect(widths[1]).toBeGreaterThan(2 * (widths[0] as number));
  });

  it('goes on the same behind a snapshot, whenever that is taken', () => {
    for (const at of [0, 1, 5, 6, 7, 20, 29, 40]) {
      const dice = new Dice(at);
      const straight = new Trade(12);
      let restored = new Trade(12);
      for (let day = 0; day < 60; day++) {
        if (day === at) {
          const fresh = new Trade(0);
          restore([restored.table, restored.outlook], [fresh.table, fresh.outlook]);
          restored = Object.assign(fresh, { rows: 12, day });
        }
        const units = Array.from({ length: 12 }, (_, row) => dice.poisson(row));
        for (const trade of [straight, restored]) trade.close(units);
      }
      for (let row = 0; row < 12; row++) {
        for (const target of [NEXT, WEEK, { from: 28, to: 28 }, { from: 1, to: 28 }]) {
          expect(restored.distribution(row, target)).toEqual(straight.distribution(row, target));
        }
      }
    }
  });

  it('learns a bulk order, of whatever size, as the quantile that it had before', () => {
    for (const times of [2, 5, 100]) {
      const trade = new Trade(3);
      const dice = new Dice(7);
      for (let day = 0; day < 60; day++) trade.close([0, 1, 2].map(() => dice.poisson(10)));
      const expected = trade.expected(0, NEXT);
      const most = trade.outlook.most(0, expected);
      expect(most).toBeGreaterThan(expected);
      trade.outlook.judge(0, times * Math.ceil(most), expected);
      expect(trade.outlook.learn(0, times * Math.ceil(most), expected)).toBe(most);
      trade.outlook.judge(1, Math.floor(most) - 1, expected);
      expect(trade.outlook.learn(1, Math.floor(most) - 1, expected)).toBe(Math.floor(most) - 1);
    }
  });
});
