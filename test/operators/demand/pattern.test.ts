// Claims about the classes of demand by Syntetos and Boylan.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DemandShape, demandPattern } from '../../../operators/demand/pattern.js';

function shapeOf(units: readonly number[]): DemandShape {
  const shape = new DemandShape();
  for (const one of units) shape.learn(one);
  return shape;
}

describe('DemandShape', () => {
  // F5: the series y20 of R's package forecast.
  it('has ADI 3.3333 and CV2 .18519 for y20, which is intermittent (F5)', () => {
    const shape = shapeOf([0, 0, 3, 0, 0, 0, 2, 0, 5, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 3]);
    expect(shape.adi).toBeCloseTo(3.3333, 4);
    expect(shape.cv2).toBeCloseTo(0.18519, 5);
    expect(shape.pattern).toBe('intermittent');
  });

  it.each([
    { name: 'nothing learned', units: [], pattern: 'intermittent' },
    { name: 'all zeros', units: [0, 0, 0, 0], pattern: 'intermittent' },
    { name: 'one sale among zeros', units: [0, 0, 9, 0], pattern: 'intermittent' },
    { name: 'one bucket with a sale', units: [9], pattern: 'smooth' },
    { name: 'the same every bucket', units: [4, 4, 4, 4], pattern: 'smooth' },
    { name: 'every bucket, uneven', units: [1, 1, 1, 20], pattern: 'erratic' },
    { name: 'rare and uneven', units: [1, 0, 0, 1, 0, 0, 1, 0, 0, 20], pattern: 'lumpy' },
    { name: 'known buckets alone', units: [4, Number.NaN, 4, Number.NaN], pattern: 'smooth' },
  ] as const)('is $pattern for $name', ({ units, pattern }) => {
    expect(shapeOf(units).pattern).toBe(pattern);
  });

  it('learned bucket by bucket is what the formula gives over all of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), (units) => {
        const sizes = units.filter((one) => one > 0);
        fc.pre(sizes.length > 0);
        const mean = sizes.reduce((a, b) => a + b) / sizes.length;
        const variance = sizes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / sizes.length;
        const shape = shapeOf(units);
        expect(shape.adi).toBeCloseTo(units.length / sizes.length, 12);
        expect(shape.cv2).toBeCloseTo(variance / mean ** 2, 10);
      }),
    );
  });
});

describe('demandPattern', () => {
  it('parts at ADI 1.32 and CV2 .49, which belong above', () => {
    expect(demandPattern({ adi: 1.319, cv2: 0.489 })).toBe('smooth');
    expect(demandPattern({ adi: 1.319, cv2: 0.49 })).toBe('erratic');
    expect(demandPattern({ adi: 1.32, cv2: 0.489 })).toBe('intermittent');
    expect(demandPattern({ adi: 1.32, cv2: 0.49 })).toBe('lumpy');
  });
});
