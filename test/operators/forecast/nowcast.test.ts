// Claims about the nowcast: what the running bucket will still bring.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Profile, restOfBucket } from '../../../operators/forecast/nowcast.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';

const units = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const spread = fc.oneof(units, fc.constant(Number.NaN));

describe('restOfBucket', () => {
  it('at the start of the bucket is the forecast', () => {
    fc.assert(
      fc.property(units, spread, (forecast, sd) => {
        expect(restOfBucket({ forecast, sd, soFar: 0, share: 0 })).toBeCloseTo(forecast, 9);
      }),
    );
  });

  it('at the end of the bucket is nothing', () => {
    fc.assert(
      fc.property(units, spread, units, (forecast, sd, soFar) => {
        expect(restOfBucket({ forecast, sd, soFar, share: 1 })).toBe(0);
      }),
    );
  });

  it('with as much as was expected by now, is the forecast of the rest', () => {
    fc.assert(
      fc.property(units, spread, share, (forecast, sd, by) => {
        const rest = restOfBucket({ forecast, sd, soFar: by * forecast, share: by });
        expect(Math.abs(rest - (1 - by) * forecast)).toBeLessThanOrEqual(1e-9 * forecast);
      }),
    );
  });

  it('is finite, never negative, and rises with the units so far', () => {
    fc.assert(
      fc.property(units, spread, units, units, share, (forecast, sd, some, more, by) => {
        const less = restOfBucket({ forecast, sd, soFar: some, share: by });
        const greater = restOfBucket({ forecast, sd, soFar: some + more, share: by });
        expect(less).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(greater)).toBe(true);
        expect(greater).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  it('falls as the bucket passes without an order', () => {
    let before = Number.POSITIVE_INFINITY;
    for (let by = 0; by <= 1; by += 0.01) {
      const rest = restOfBucket({ forecast: 20, sd: 5, soFar: 0, share: by });
      expect(rest).toBeLessThan(before);
      before = rest;
    }
  });

  it('moves less where demand is bulky', () => {
    const half = { forecast: 100, soFar: 90, share: 0.5 };
    const steady = restOfBucket({ ...half, sd: 10 });
    const bulky = restOfBucket({ ...half, sd: 60 });
    expect(steady).toBeGreaterThan(bulky);
    expect(bulky).toBeGreaterThan(50);
  });

  // Gamma prior (shape 2, mean 1) and Poisson counts: posterior mean (2 + 30) / (2 + 20) = 16/11.
  it('follows the gamma-Poisson rule: 30 came where 20 of 40 were expected, so 20 x 16/11', () => {
    const rest = restOfBucket({ forecast: 40, sd: Number.NaN, soFar: 30, share: 0.5 });
    expect(rest).toBeCloseTo((20 * 16) / 11, 12);
  });

  it('expects nothing where the forecast is nothing or not known', () => {
    expect(restOfBucket({ forecast: 0, sd: 1, soFar: 5, share: 0.5 })).toBe(0);
    expect(restOfBucket({ forecast: Number.NaN, sd: 1, soFar: 5, share: 0.5 })).toBe(0);
  });
});

describe('Profile', () => {
  /** Nine lines of ten in the morning (first quarter), the others spread over the day. */
  function mornings(profile: Profile, zone: number): void {
    for (let n = 0; n < 5000; n++) {
      profile.learn(zone, n % 10 === 0 ? (n % 997) / 997 : ((n % 101) / 101) * 0.25);
    }
  }

  it('begins even: half of the demand by half of the bucket', () => {
    for (const elapsed of [0, 0.25, 0.5, 0.9, 1]) {
      expect(new Profile().shareBy(0, elapsed)).toBeCloseTo(elapsed, 12);
    }
  });

  it('learns that most orders come in the morning', () => {
    const profile = new Profile();
    mornings(profile, 0);
    expect(profile.shareBy(0, 0.25)).toBeGreaterThan(0.85);
    expect(profile.shareBy(0, 0.25)).toBeLessThan(0.95);
    expect(profile.shareBy(0, 0.5)).toBeGreaterThan(profile.shareBy(0, 0.25));
    expect(profile.shareBy(0, 0)).toBe(0);
    expect(profile.shareBy(0, 1)).toBe(1);
  });

  it('keeps zones apart', () => {
    const profile = new Profile();
    mornings(profile, 1);
    expect(profile.shareBy(0, 0.25)).toBeCloseTo(0.25, 12);
  });

  it('forgets old habits as buckets close', () => {
    const profile = new Profile();
    mornings(profile, 0);
    const before = profile.shareBy(0, 0.25);
    for (let n = 0; n < 100; n++) profile.age(0);
    expect(profile.shareBy(0, 0.25)).toBeLessThan(before);
    for (let n = 0; n < 500; n++) profile.age(0);
    expect(profile.shareBy(0, 0.25)).toBeCloseTo(0.25, 3);
  });

  it('never falls as the bucket passes, and stays within 0 and 1', () => {
    const at = fc.array(share, { maxLength: 200 });
    fc.assert(
      fc.property(at, share, share, (lines, a, b) => {
        const profile = new Profile();
        for (const elapsed of lines) profile.learn(0, elapsed);
        const early = profile.shareBy(0, Math.min(a, b));
        const late = profile.shareBy(0, Math.max(a, b));
        expect(early).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(1 + 1e-12);
        expect(late).toBeGreaterThanOrEqual(early - 1e-12);
      }),
    );
  });

  it('is the same after saving and loading', () => {
    const one = new Profile();
    mornings(one, 1);
    const writer = new StateWriter();
    one.save(writer);
    const two = new Profile();
    two.load(decodeState(encodeState(writer)));
    for (const zone of [0, 1]) expect(two.shareBy(zone, 0.3)).toBe(one.shareBy(zone, 0.3));
  });
});
