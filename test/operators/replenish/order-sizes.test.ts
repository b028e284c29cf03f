// Claims about order sizes: the undershoot of renewal theory, against a walk that is counted.
import { describe, expect, it } from 'vitest';
import { OrderSizes } from '../../../operators/replenish/order-sizes.js';
import { Table } from '../../../operators/stream/table.js';
import { normals } from './scene.js';

function sizes() {
  const table = new Table();
  const made = new OrderSizes(table);
  return { made, row: table.row(table.skus.intern('A'), table.locations.intern('x')) };
}

describe('the undershoot', () => {
  it('is nothing where each order is one unit, and before the first order', () => {
    const { made, row } = sizes();
    expect(made.undershoot(row, true).mean).toBe(0);
    for (let i = 0; i < 50; i++) made.learn(row, 1);
    expect(made.undershoot(row, true).mean).toBe(0);
    expect(made.usual(row)).toBe(1);
  });

  it('of orders of 10 is 4.5 in whole units, 5 in fractions', () => {
    const { made, row } = sizes();
    for (let i = 0; i < 50; i++) made.learn(row, 10);
    expect(made.undershoot(row, true).mean).toBeCloseTo(4.5, 4);
    expect(made.undershoot(row, false).mean).toBeCloseTo(5, 4);
  });

  it('of mixed orders is what a walk shows that falls past one level after the other', () => {
    const { made, row } = sizes();
    const noise = normals(5);
    const draw = () => 1 + Math.floor(Math.abs(3 * noise()));
    let [position, level, sum, crossings] = [0, 0, 0, 0];
    for (let i = 0; i < 200_000; i++) {
      const units = draw();
      if (i > 199_000) made.learn(row, units);
      position -= units;
      if (position > level) continue;
      sum += level - position;
      crossings++;
      level = position - 200;
    }
    const walked = sum / crossings;
    expect(Math.abs(made.undershoot(row, true).mean - walked)).toBeLessThan(0.25 * walked);
  });

  it('takes a bulk order as five times the usual size', () => {
    const { made, row } = sizes();
    for (let i = 0; i < 50; i++) made.learn(row, 2);
    made.learn(row, 80_995);
    expect(made.usual(row)).toBeLessThan(2.5);
  });
});
