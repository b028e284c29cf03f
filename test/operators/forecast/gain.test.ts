// Claims about gains.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averaging, settled } from '../../../operators/forecast/gain.js';

const follow = (series: readonly number[], gain: number) =>
  series.reduce((mean, value, n) => mean + averaging(gain, n) * (value - mean), 0);

describe('averaging', () => {
  it('makes the plain mean of as many values as the gain looks back', () => {
    const values = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, (series) => {
        const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
        expect(Math.abs(follow(series, 0.05) - mean)).toBeLessThan(1e-9);
      }),
    );
  });

  it('is the gain from then on', () => {
    for (const before of [9, 10, 1000]) expect(averaging(0.1, before)).toBe(0.1);
    expect(averaging(0.1, 8)).toBeCloseTo(1 / 9, 15);
  });
});

describe('settled', () => {
  it('ends what fades at nothing, before it is subnormal', () => {
    let level = 1e12;
    let steps = 0;
    for (; level > 0; steps++) {
      level = settled(level + 0.4 * (0 - level));
      expect(level === 0 || level > 1e-300).toBe(true);
    }
    expect(steps).toBeLessThan(400);
  });

  it('leaves alone whatever may be demand, or a trend of it', () => {
    for (const value of [0, 1e-9, -1e-9, 1e-50, 1e12, -0.5]) expect(settled(value)).toBe(value);
  });
});
