// Claims about the key figures of a run.
import { describe, expect, it } from 'vitest';
import { kpisOf } from '../../engine/kpis.js';
import { Scene } from '../operators/replenish/scene.js';

describe('kpisOf', () => {
  it('knows nothing before the first event', () => {
    expect(kpisOf(new Scene().core)).toEqual({
      fillRate: null,
      stockoutRate: null,
      observedDays: 0,
      turnover: null,
      holdingCost: 0,
    });
  });

  it('has as fill rate the share of ordered units that the shelf could cover at once', () => {
    const scene = new Scene();
    scene.count('A', 10);
    scene.order('A', 6);
    scene.order('A', 6);
    scene.order('A', 8);
    expect(kpisOf(scene.core).fillRate).toBe(10 / 20);
  });

  it('leaves out of the fill rate what was ordered where stock was never told', () => {
    const scene = new Scene();
    scene.order('A', 6);
    expect(kpisOf(scene.core).fillRate).toBeNull();
  });

  it('has as stockout rate the share of SKU-location time without stock to sell', () => {
    const scene = new Scene();
    scene.count('A', 10, 0);
    scene.count('B', 10, 0);
    // A is out for 1 day of 4, B never: 1 of 8 SKU days.
    scene.sell('A', 10, 2);
    scene.count('A', 10, 3);
    scene.tick(4);
    expect(kpisOf(scene.core).stockoutRate).toBeCloseTo(1 / 8, 12);
  });

  it('has as turnover the units filled a year over average units on hand', () => {
    const scene = new Scene();
    scene.count('A', 100, 0);
    // 10 a day, refilled at once: 100 on hand on average, 3,650 a year.
    for (let day = 1; day <= 20; day++) {
      scene.sell('A', 10, day);
      scene.count('A', 100, day);
    }
    expect(kpisOf(scene.core).turnover).toBeCloseTo(36.5, 9);
  });

  it('makes no turnover a year of a run that covers less than a week', () => {
    const scene = new Scene();
    scene.count('A', 100, 0);
    scene.sell('A', 50, 0);
    scene.tick(6.99);
    expect(kpisOf(scene.core)).toMatchObject({ turnover: null, fillRate: 1, stockoutRate: 0 });
    expect(kpisOf(scene.core).observedDays).toBeCloseTo(6.99, 9);
    scene.tick(7);
    // 50 sold in a week of 50 on hand: a year has 365 / 7 of them.
    expect(kpisOf(scene.core).turnover).toBeCloseTo(365 / 7, 9);
  });

  it('has as holding cost units times time times unit cost times rate, where costs are known', () => {
    const scene = new Scene();
    scene.item('A', { unitCost: 4, holdingRate: 0.25, policy: { kind: 'none' } });
    scene.count('A', 200, 0);
    scene.count('B', 200, 0);
    scene.tick(73);
    // 200 units x 4 x .25 a year x a fifth of a year = 40; B's cost is not known.
    expect(kpisOf(scene.core).holdingCost).toBeCloseTo(40, 9);
  });

  it('counts no units below zero as held', () => {
    const scene = new Scene();
    scene.item('A', { unitCost: 4, policy: { kind: 'none' } });
    scene.count('A', 1, 0);
    scene.sell('A', 5, 0);
    scene.tick(10);
    expect(kpisOf(scene.core)).toMatchObject({ holdingCost: 0, turnover: null, stockoutRate: 1 });
  });

  it('gives the same figures when asked twice, and goes on from there', () => {
    const asked = new Scene();
    const silent = new Scene();
    for (const scene of [asked, silent]) {
      scene.count('A', 10, 0);
      scene.sell('A', 10, 1.3);
    }
    expect(kpisOf(asked.core)).toEqual(kpisOf(asked.core));
    for (const scene of [asked, silent]) {
      scene.count('A', 3, 2.7);
      scene.tick(5);
    }
    expect(kpisOf(asked.core)).toEqual(kpisOf(silent.core));
  });
});
