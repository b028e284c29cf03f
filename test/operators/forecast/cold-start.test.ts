// Claims about the cold start by category and name.
import { describe, expect, it } from 'vitest';
import { ColdStart, type Prior } from '../../../operators/forecast/cold-start.js';
import { Course } from '../../../operators/forecast/course.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { Table } from '../../../operators/stream/table.js';
import { forecasterContract, SINGLE } from '../../contracts/forecaster.contract.js';
import { bucketOf } from './bucket-of.js';

forecasterContract('cold start', {
  make: (table, course) =>
    new ColdStart(table, course, {
      categoryOf: (row) => row % 3,
      nameOf: () => '',
      forgetting: 0.995,
    }),
  warmAfter: { atLeast: 3, seasons: 0 },
  // The profile of a category that is one row is still drawn to "all days are alike".
  weekly: { weeks: 52, error: 0.6 },
  constant: { share: 1, error: SINGLE },
  overshoot: 3,
  fades: false,
  pooled: true,
});

interface Sku {
  readonly category?: number;
  readonly name?: string;
  /** Units on an average day; 0 from the start: not known at all yet. */
  readonly level: number;
}

const WEEK = [0.5, 0.7, 0.8, 1, 1.2, 1.6, 1.2];
const DAYS = 120;

class Shop {
  readonly table = new Table();
  private readonly course = new Course(this.table, 7);
  readonly coldStart: ColdStart;
  private day = 0;

  constructor(private readonly skus: readonly Sku[]) {
    this.coldStart = new ColdStart(this.table, this.course, {
      categoryOf: (row) => skus[row]?.category ?? 0,
      nameOf: (row) => skus[row]?.name ?? '',
      forgetting: 0.995,
    });
    for (const n of skus.keys()) this.table.row(this.table.skus.intern(`sku-${n}`), 0);
  }

  /** Days on which all rows but those of level 0 sell; `row` sells `units`, if it is given. */
  live(days: number, sold?: { readonly row: number; readonly units: number }): this {
    for (let n = 0; n < days; n++, this.day++) {
      this.skus.forEach(({ level }, row) => {
        if (level > 0) this.sell(row, level);
        else if (sold?.row === row) this.sell(row, sold.units);
      });
    }
    return this;
  }

  prior(row: number): Prior {
    return this.coldStart.prior(row) as Prior;
  }

  state(): Uint8Array {
    const writer = new StateWriter();
    this.table.save(writer);
    this.coldStart.save(writer);
    return encodeState(writer);
  }

  private sell(row: number, level: number): void {
    const bucket = bucketOf(this.day, level * (WEEK[this.day % 7] as number));
    this.coldStart.learn(row, bucket);
    this.course.advance(row, bucket);
  }
}

const many = (count: number, sku: Sku): Sku[] => Array.from({ length: count }, () => sku);

describe('ColdStart by category', () => {
  const skus: Sku[] = [
    ...many(20, { category: 1, level: 10 }),
    ...many(20, { category: 2, level: 2 }),
    { category: 1, level: 0 },
    { category: 2, level: 0 },
    { category: 9, level: 0 },
    { level: 0 },
  ];

  it('knows nothing at first', () => {
    expect(new Shop(skus).coldStart.prior(40)).toBeNull();
    expect(new Shop(skus).coldStart.predict(40, 1, new Float64Array(1))).toBe(false);
  });

  it('expects of a newcomer what its category sells, and that of all without a category', () => {
    const shop = new Shop(skus).live(DAYS);
    expect(shop.prior(40).level / 10).toBeCloseTo(1, 0);
    expect(shop.prior(41).level).toBeLessThan(4);
    for (const row of [42, 43]) expect(shop.prior(row).level).toBeCloseTo(6, 0);
  });

  it('gives it the seasons of its category', () => {
    const { seasonIndex } = new Shop(skus).live(DAYS).prior(40);
    for (const [season, index] of WEEK.entries()) {
      expect(Math.abs(seasonIndex(season) - index)).toBeLessThan(0.12);
    }
    const sum = WEEK.reduce((total, _, season) => total + seasonIndex(season), 0);
    expect(sum).toBeCloseTo(7, 9);
  });

  it('goes from there to what it sells itself, step by step', () => {
    const shop = new Shop(skus).live(DAYS);
    let last = shop.prior(40).level;
    for (let weeks = 0; weeks < 6; weeks++) {
      const { level } = shop.live(7, { row: 40, units: 1 }).prior(40);
      expect(level).toBeLessThan(last);
      expect(level).toBeGreaterThan(0.9);
      last = level;
    }
    expect(last).toBeLessThan(3);
  });

  it('is not misled by the sale that brought a newcomer in', () => {
    const shop = new Shop(skus).live(DAYS);
    const before = shop.prior(41).level;
    const { level } = shop.live(1, { row: 41, units: 100 }).prior(41);
    expect(level / before).toBeLessThan(1.2);
  });
});

describe('ColdStart by name', () => {
  const skus: Sku[] = [
    { name: 'RED RETROSPOT MUG', level: 30 },
    { name: 'BLUE POLKADOT MUG', level: 40 },
    { name: 'VINTAGE ROSE MUG', level: 35 },
    { name: 'PACK OF 20 PAPER NAPKINS FAIRY CAKES', level: 2 },
    { name: 'PACK OF 12 PAPER NAPKINS ROSES', level: 3 },
    { name: 'WOODEN PICTURE FRAME WHITE', level: 1 },
    { name: 'GREEN POLKADOT MUG', level: 0 },
    { name: 'PACK OF 20 PAPER NAPKINS APPLES', level: 0 },
    { name: '', level: 0 },
  ];

  it('expects of a newcomer what similar names sell', () => {
    const shop = new Shop(skus).live(DAYS);
    expect(shop.prior(6).level).toBeGreaterThan(28);
    expect(shop.prior(7).level).toBeLessThan(8);
    expect(shop.prior(8).level).toBeCloseTo(18.5, 0);
  });

  it('remembers what names said when it is saved and restored', () => {
    const straight = new Shop(skus).live(DAYS).live(3, { row: 6, units: 9 });
    const restored = new Shop([]);
    const reader = decodeState(straight.state());
    restored.table.load(reader);
    restored.coldStart.load(reader);
    expect(restored.state()).toEqual(straight.state());
  });
});
