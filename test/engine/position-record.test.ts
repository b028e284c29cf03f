// Claims about the final state of a SKU-location as it is written.
import { describe, expect, it } from 'vitest';
import { positionRecord } from '../../engine/position-record.js';
import { normals, Scene } from '../operators/replenish/scene.js';

function recordOf(scene: Scene, sku: string) {
  const { core } = scene;
  return positionRecord(core, scene.row(sku), core.demand.statistics.abc());
}

/** Five weeks of about 100 a day and half of the stock promised. */
function traded(): Scene {
  const scene = new Scene({ 'forecast.horizon': 10 });
  const noise = normals(3);
  scene.count('A', 1e5, 0);
  scene.trade('A', 0, 34, () => Math.round(100 + 20 * noise()));
  scene.count('A', 800, 35.1);
  scene.order('A', 300, 35.1);
  scene.buy('A', 50);
  return scene;
}

describe('positionRecord', () => {
  it('holds every quantity, and they add up', () => {
    expect(recordOf(traded(), 'A')).toMatchObject({
      sku: 'A',
      location: 'shop',
      onHand: 800,
      allocated: 300,
      backordered: 0,
      onOrder: 50,
      inTransit: 0,
      available: 500,
      inventoryPosition: 550,
    });
  });

  it('covers as many days as what is available lasts at the expected demand', () => {
    const record = recordOf(traded(), 'A');
    const perDay = record.demandPerDay as number;
    expect(Math.abs(perDay - 100)).toBeLessThan(25);
    expect(record.daysOfCover).toBeCloseTo(500 / perDay, 12);
  });

  it('has a forecast of forecast.horizon buckets with quantiles in order', () => {
    const { forecast } = recordOf(traded(), 'A');
    expect(forecast?.mean).toHaveLength(10);
    expect(Object.keys(forecast?.quantiles ?? {})).toEqual(['0.1', '0.5', '0.9', '0.95', '0.99']);
    const columns = Object.values(forecast?.quantiles ?? {}) as number[][];
    for (let h = 0; h < 10; h++) {
      const values = columns.map((column) => column[h] as number);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  // Of N(100, 20): 74.4 and 125.6 bound 80 %; five weeks of one row tell that to a third or so.
  it('spreads its quantiles about as widely as demand came', () => {
    const { forecast } = recordOf(traded(), 'A');
    const at = (level: string) => forecast?.quantiles[level]?.[0] as number;
    const width = at('0.9') - at('0.1');
    expect(width).toBeGreaterThan((2 * 25.6) / 1.5);
    expect(width).toBeLessThan(2 * 25.6 * 1.5);
    for (const level of ['0.5', '0.99']) expect(at(level)).toBe(Math.round(at(level)));
  });

  it('says null where a figure is not known, never NaN', () => {
    const scene = new Scene();
    scene.count('A', 5, 0);
    const record = recordOf(scene, 'A');
    expect(record).toMatchObject({
      daysOfCover: null,
      demandPerDay: null,
      forecast: null,
      xyz: null,
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('classes by value and by variability', () => {
    const scene = new Scene();
    for (const sku of ['steady', 'rare']) scene.count(sku, 1e6, 0);
    for (let day = 0; day < 28; day++) {
      scene.sell('steady', 100, day + 0.5);
      if (day % 14 === 3) scene.sell('rare', 1, day + 0.5);
    }
    scene.tick(29);
    expect(recordOf(scene, 'steady')).toMatchObject({ abc: 'A', xyz: 'X' });
    expect(recordOf(scene, 'rare')).toMatchObject({ abc: 'C', xyz: 'Z' });
  });
});
