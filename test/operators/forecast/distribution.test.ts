// Claims about demand distributions: quantiles and probabilities agree, rise, and are finite.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../operators/forecast/distribution.js';
import { TRACKED, TRACKED_Z } from '../../../operators/forecast/tracked.js';

const NORMAL = { correction: 1, z: Float64Array.from(TRACKED_Z) };

function distribution(
  hurdle: { mean: number; chance: number; cv2: number },
  isWhole: boolean,
  shared: { correction: number; z: Float64Array } = NORMAL,
): Distribution {
  const made = new Distribution();
  made.set(hurdle, isWhole, shared);
  return made;
}

const hurdle = fc.record({
  mean: fc.oneof(
    fc.double({ min: 0.001, max: 100, noNaN: true }),
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  ),
  chance: fc.double({ min: 1e-4, max: 0.9999, noNaN: true }),
  cv2: fc.double({ min: 0.0025, max: 9, noNaN: true }),
});
const shared = fc.record({
  correction: fc.double({ min: 0.2, max: 5, noNaN: true }),
  z: fc
    .array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 })
    .map((steps) => {
      let at = -2.5;
      return Float64Array.from(steps, (step) => {
        at += step;
        return at;
      });
    }),
});
/** Conformal levels of which none is near the end of what can be asked for. */
const asked = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 })
  .map((steps) => {
    const sum = steps.reduce((a, b) => a + b, 0);
    let at = 0;
    return Float64Array.of(0, ...steps.slice(0, 9).map((step) => (at += step / sum)), 1);
  });
const level = fc.constantFrom(...TRACKED, 0.01, 0.3, 0.6, 0.99);

describe('Distribution', () => {
  it('of a lognormal size in every bucket has its quantiles', () => {
    const cv2 = Math.expm1(0.25);
    const made = distribution({ mean: 20, chance: 0.9999, cv2 }, false);
    TRACKED.forEach((p, i) => {
      const wanted = 20 * Math.exp(0.5 * (TRACKED_Z[i] as number) - 0.125);
      expect(made.quantile(p) / wanted).toBeCloseTo(1, 2);
    });
  });

  it('is nothing up to the share of buckets without demand', () => {
    const made = distribution({ mean: 3, chance: 0.3, cv2: 0.2 }, true);
    expect(made.mass(0)).toEqual({ below: 0, through: expect.closeTo(0.7, 12) });
    for (const p of [0.01, 0.5, 0.69]) expect(made.quantile(p)).toBe(0);
    expect(made.quantile(0.71)).toBeGreaterThanOrEqual(1);
  });

  it('multiplies the odds of demand', () => {
    const made = distribution({ mean: 3, chance: 0.5, cv2: 0.2 }, true, {
      ...NORMAL,
      correction: 3,
    });
    expect(made.chance).toBeCloseTo(0.75, 12);
  });

  it('asks for the conformal level of a level, and tells probabilities the same way', () => {
    const made = distribution({ mean: 20, chance: 0.9999, cv2: 0.2 }, false);
    const plain = made.quantile(0.95);
    made.asked.set(
      TRACKED.map((p) => (p === 0.9 ? 0.95 : p)).map((p) => Math.min(p, 0.996)),
      1,
    );
    expect(made.quantile(0.9)).toBeCloseTo(plain, 9);
    expect(made.mass(plain).through).toBeCloseTo(0.9, 9);
  });

  it('for whole units has P(< quantile) <= p <= P(<= quantile)', () => {
    fc.assert(
      fc.property(hurdle, shared, fc.option(asked), level, (one, two, levels, p) => {
        const made = distribution(one, true, two);
        if (levels !== null) made.asked.set(levels);
        const quantile = made.quantile(p);
        expect(Number.isInteger(quantile)).toBe(true);
        const { below, through } = made.mass(quantile);
        // 1 in 1,400 lies beyond the farthest size that is answered.
        const isCut = asksBeyond(made, p);
        if (isCut !== 'above') expect(through).toBeGreaterThanOrEqual(p - 1e-9);
        if (isCut !== 'below') expect(below).toBeLessThanOrEqual(p + 1e-9);
      }),
    );
  });

  it('for fractions has P(<= quantile) = p wherever there is demand', () => {
    fc.assert(
      fc.property(hurdle, shared, fc.option(asked), level, (one, two, levels, p) => {
        const made = distribution(one, false, two);
        if (levels !== null) made.asked.set(levels);
        const quantile = made.quantile(p);
        fc.pre(quantile > 0 && asksBeyond(made, p) === 'no');
        expect(Math.abs(made.mass(quantile).through - p)).toBeLessThan(1e-6);
      }),
    );
  });

  it('has quantiles and probabilities that rise', () => {
    const units = fc.oneof(fc.nat(200), fc.double({ min: 0, max: 1e7, noNaN: true }));
    fc.assert(
      fc.property(hurdle, fc.boolean(), shared, fc.option(asked), units, units, (...given) => {
        const [one, isWhole, two, levels, a, b] = given;
        const made = distribution(one, isWhole, two);
        if (levels !== null) made.asked.set(levels);
        const quantiles = TRACKED.map((p) => made.quantile(p));
        quantiles.forEach((quantile, i) => {
          expect(quantile).toBeGreaterThanOrEqual(i > 0 ? (quantiles[i - 1] as number) : 0);
        });
        const [low, high] = [made.mass(Math.min(a, b)), made.mass(Math.max(a, b))];
        expect(low.below).toBeLessThanOrEqual(low.through);
        expect(low.below).toBeLessThanOrEqual(high.below + 1e-12);
        expect(low.through).toBeLessThanOrEqual(high.through + 1e-12);
        expect(low.below).toBeGreaterThanOrEqual(-1e-12);
        expect(high.through).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it('of whole units adds up to all', () => {
    fc.assert(
      fc.property(hurdle, shared, fc.nat(40), (one, two, units) => {
        const made = distribution(one, true, two);
        const [here, next] = [made.mass(units), made.mass(units + 1)];
        expect(next.below).toBeCloseTo(here.through, 12);
      }),
    );
  });

  it('is finite for all that is finite', () => {
    const wild = fc.record({
      mean: fc.constantFrom(1e-300, 1e-9, 1, 1e15, 1e300),
      chance: fc.constantFrom(1e-4, 0.5, 0.9999),
      cv2: fc.constantFrom(0.0025, 1, 9, 1e9),
    });
    const anyLevel = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
    fc.assert(
      fc.property(wild, fc.boolean(), shared, anyLevel, (one, isWhole, two, p) => {
        const made = distribution(one, isWhole, two);
        const quantile = made.quantile(p);
        expect(Number.isFinite(quantile)).toBe(true);
        expect(quantile).toBeGreaterThanOrEqual(0);
        for (const units of [0, 1, quantile, 1e15]) {
          const { below, through } = made.mass(units);
          expect(below).toBeGreaterThanOrEqual(-1e-9);
          expect(through).toBeLessThanOrEqual(1 + 1e-9);
          expect(below).toBeLessThanOrEqual(through);
        }
      }),
    );
  });
});

/** Whether the quantile lies where sizes are cut, 3.2 standard deviations out. */
function asksBeyond(made: Distribution, p: number): 'above' | 'below' | 'no' {
  const ends = [0, ...TRACKED, 1];
  const i = Math.max(
    1,
    ends.findIndex((end) => end >= p),
  );
  const [x0, x1] = [ends[i - 1] as number, ends[i] as number];
  const [y0, y1] = [made.asked[i - 1] as number, made.asked[i] as number];
  const share = (y0 + ((p - x0) / (x1 - x0)) * (y1 - y0) - (1 - made.chance)) / made.chance;
  if (share > 0.9993) return 'above';
  return share > 0 && share < 0.0007 ? 'below' : 'no';
}
