// Windows of made-up demand, seeded, for the tests of the network.

import { type DemandBucket, emptyBucket } from '../../../../operators/forecast/forecaster.js';
import { Recent } from '../../../../operators/forecast/recent.js';
import type { Windows } from '../../../../operators/forecast/strip.js';
import { randomFrom } from '../../../../operators/stats/random.js';
import { Table } from '../../../../operators/stream/table.js';

const DAY_MS = 86_400_000;

/** Bucket n of a row, with season n mod 7. */
export function bucketOf(n: number, units: number, more: Partial<DemandBucket> = {}): DemandBucket {
  return {
    ...emptyBucket(),
    startMs: n * DAY_MS,
    season: n % 7,
    units,
    ...more,
  };
}

/** A table with `rows` rows. */
export function tableOf(rows: number): Table {
  const table = new Table();
  const location = table.locations.intern('shop');
  for (let n = 0; n < rows; n++) table.row(table.skus.intern(`sku-${n}`), location);
  return table;
}

/**
 * Windows of `rows` series of `days` days: a level between 1 and 30, weekends at three times the
 * other days, noise of a tenth; a bucket in ten is not known, some have prices and carts.
 */
export function weeklyWindows(rows: number, days: number, seed = 1): Windows {
  const random = randomFrom(seed);
  const recent = new Recent(tableOf(rows));
  for (let row = 0; row < rows; row++) {
    const level = 1 + 29 * random();
    for (let n = 0; n < days; n++) {
      const units = level * (n % 7 >= 5 ? 3 : 1) * (0.9 + 0.2 * random());
      const isKnown = random() > 0.1;
      const more = { price: 8 + 4 * random(), promotion: random(), cartAdds: level * random() };
      recent.push(row, bucketOf(n, isKnown ? units : Number.NaN, more));
    }
  }
  return recent.cut(Array.from({ length: rows }, (_, row) => row));
}
