// Claim: demand learned from sales with stock-outs is nearly that of sales without them.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Dice } from './dice.js';
import { type Day, Learning } from './learning.js';

const WARM_UP = 28;

/** Real sales of a gift shop, a row a SKU; days on which nothing at all was sold are left out. */
function realSales(): readonly (readonly number[])[] {
  const file = new URL('../../fixtures/online-retail-daily.csv.gz', import.meta.url);
  const [, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  const days = new Map<string, Map<string, number>>();
  for (const line of lines) {
    const [sku, day, units] = line.split(',') as [string, string, string];
    const sold = days.get(day) ?? new Map<string, number>();
    days.set(day, sold.set(sku, Number(units)));
  }
  const skus = [...new Set(lines.map((line) => line.split(',')[0] as string))].sort();
  return skus.map((sku) => [...days.values()].map((sold) => sold.get(sku) ?? 0));
}

/** Shares of each day with stock: spells of one to five days, the first of them in part. */
function sharesOf(dice: Dice, days: number, perDay: number): number[] {
  const shares: number[] = [];
  while (shares.length < days) {
    if (dice.uniform() >= perDay) {
      shares.push(1);
      continue;
    }
    shares.push(dice.uniform());
    for (let more = dice.whole(5); more > 0; more--) shares.push(0);
  }
  return shares.slice(0, days);
}

/** Mean of the forecasts of each next day, over all rows. */
function meanForecast(
  demand: readonly (readonly number[])[],
  shares: readonly (readonly number[])[] | null,
  withCensoring: boolean,
): number {
  const learning = new Learning(demand.length, { withCensoring });
  const dice = new Dice(12);
  let sum = 0;
  const days = demand[0]?.length as number;
  for (let day = 0; day < days; day++) {
    const sales = demand.map((series, row): Day => {
      const units = series[day] as number;
      const inStockShare = shares?.[row]?.[day] ?? 1;
      // Units are asked for one by one, at any time of the day.
      let sold = 0;
      for (let n = 0; n < units; n++) if (dice.uniform() < inStockShare) sold++;
      return { units: sold, inStockShare };
    });
    if (day >= WARM_UP) {
      for (let row = 0; row < demand.length; row++) sum += learning.predict(row, 1)[0] ?? 0;
    }
    learning.trade(sales);
  }
  return sum / (days - WARM_UP) / demand.length;
}

describe('demand learned from real sales with stock-outs injected', () => {
  const demand = realSales();

  it('is that of 30 SKUs over more than 200 days', () => {
    expect(demand).toHaveLength(30);
    expect(demand[0]?.length).toBeGreaterThan(200);
  });

  it.each([
    { what: 'one spell in twenty days', perDay: 0.05 },
    { what: 'one in seven', perDay: 1 / 7 },
    { what: 'one in four', perDay: 1 / 4 },
  ])('is off by less than a third of what it is without censoring: $what', ({ perDay }) => {
    const dice = new Dice(2011);
    const shares = demand.map((series) => sharesOf(dice, series.length, perDay));
    // Against forecasts by all of demand: what these err by is not for lack of stock.
    const whole = meanForecast(demand, null, true);
    const blind = meanForecast(demand, shares, false) / whole - 1;
    const seeing = meanForecast(demand, shares, true) / whole - 1;
    expect(blind).toBeLessThan(-0.05);
    expect(Math.abs(seeing)).toBeLessThan(Math.abs(blind) / 3);
  });
});
