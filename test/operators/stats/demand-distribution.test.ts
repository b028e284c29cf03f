// One suite for every demand distribution, and what each is known for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DemandDistribution, leftOver } from '../../../operators/stats/demand-distribution.js';
import { demandOf } from '../../../operators/stats/demand-of.js';
import { GammaDemand } from '../../../operators/stats/gamma-demand.js';
import { NegativeBinomialDemand } from '../../../operators/stats/negative-binomial-demand.js';
import {
  normalComplementaryLoss,
  normalLoss,
  normalSecondLoss,
} from '../../../operators/stats/normal.js';
import { NormalDemand } from '../../../operators/stats/normal-demand.js';
import { PoissonDemand } from '../../../operators/stats/poisson-demand.js';
import { QuantileDemand } from '../../../operators/stats/quantile-demand.js';
import { SampleDemand } from '../../../operators/stats/sample-demand.js';

const MEANS = fc.double({ min: Math.log(1e-6), max: Math.log(1e6), noNaN: true }).map(Math.exp);
const RATIOS = fc.double({ min: -6, max: 3, noNaN: true }).map((log) => 1 + 10 ** log);
const CVS = fc.double({ min: -2, max: 1, noNaN: true }).map((log) => 10 ** log);
const SAMPLES = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 });
const QUANTILES = fc.tuple(
  fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 9 }),
  fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 9, maxLength: 9 }),
);

const KINDS: Record<string, fc.Arbitrary<DemandDistribution>> = {
  normal: fc.tuple(MEANS, CVS).map(([mean, cv]) => new NormalDemand(mean, (mean * cv) ** 2)),
  Poisson: MEANS.map((mean) => new PoissonDemand(mean)),
  'negative binomial': fc
    .tuple(MEANS, RATIOS)
    .map(([mean, ratio]) => new NegativeBinomialDemand(mean, mean * ratio)),
  gamma: fc.tuple(MEANS, CVS).map(([mean, cv]) => new GammaDemand(mean, (mean * cv) ** 2)),
  quantiles: QUANTILES.map(([levels, rises]) => {
    levels.sort((a, b) => a - b);
    let value = 0;
    const values = rises.slice(0, levels.length).map((rise) => {
      value += rise / 4;
      return value;
    });
    return new QuantileDemand(
      levels.map((level) => level / 100),
      values,
    );
  }),
  samples: SAMPLES.map((samples) => new SampleDemand(samples)),
};

describe.each(Object.entries(KINDS))('%s demand', (_kind, arbitrary) => {
  const places = fc.double({ min: -3, max: 6, noNaN: true });
  const scaleOf = (demand: DemandDistribution) => demand.mean + Math.sqrt(demand.variance);

  it('has a quantile whose probability is at least what was asked, and no smaller one', () => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (demand, p) => {
        const x = demand.quantile(p);
        // Below the smallest double a quantile is 0.
        if (x !== 0) expect(demand.cdf(x)).toBeGreaterThanOrEqual(p - 1e-9);
        const before = demand.isWhole ? x - 1 : x - 1e-6 * scaleOf(demand) - 1e-9;
        // A continuous one moves by its density; a step below a whole unit is short of p.
        expect(demand.cdf(before)).toBeLessThan(p + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('has a loss that is the integral of the upper tail, and a second one that is its own', () => {
    fc.assert(
      fc.property(arbitrary, places, (demand, z) => {
        const scale = scaleOf(demand);
        const x = demand.mean + z * Math.sqrt(demand.variance);
        const width = scale / 50;
        const tails = steps(x, width, demand).reduce(
          (sum, [from, to]) => sum + integral((y) => 1 - demand.cdf(y), from, to, demand.isWhole),
          0,
        );
        expect(demand.loss(x) - demand.loss(x + width)).toBeCloseTo(tails, 6 - power(scale));
        const losses = steps(x, width, demand).reduce(
          (sum, [from, to]) => sum + integral((y) => demand.loss(y), from, to, false),
          0,
        );
        const second = demand.secondLoss(x) - demand.secondLoss(x + width);
        expect(second).toBeCloseTo(losses, 6 - 2 * power(scale));
      }),
      { numRuns: 100 },
    );
  });

  it('is short of all at 0 and below, and of nothing far above', () => {
    fc.assert(
      fc.property(arbitrary, (demand) => {
        const low = -10 * scaleOf(demand);
        expect(demand.loss(low)).toBeCloseTo(demand.mean - low, 6 - power(scaleOf(demand)));
        const high = 1e5 * scaleOf(demand) + 1e3;
        expect(demand.loss(high)).toBeLessThanOrEqual(1e-3 * (demand.mean + demand.variance));
        expect(demand.loss(high)).toBeGreaterThanOrEqual(0);
        expect(demand.secondLoss(high)).toBeGreaterThanOrEqual(0);
        expect(demand.cdf(low * 10 - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  it('has a second-order loss far below that is half of variance plus square', () => {
    fc.assert(
      fc.property(arbitrary, (demand) => {
        const low = -1 - 100 * scaleOf(demand);
        const wanted = (demand.variance + (demand.mean - low) ** 2) / 2;
        expect(demand.secondLoss(low) / wanted).toBeCloseTo(1, 9);
      }),
    );
  });

  it('refuses the quantile of a level outside of (0, 1)', () => {
    const [demand] = fc.sample(arbitrary, 1) as [DemandDistribution];
    for (const p of [0, 1, -1, Number.NaN]) {
      expect(() => demand.quantile(p)).toThrow(`probability must be in (0, 1), got ${p}`);
    }
  });
});

/** Powers of ten in a scale, never negative: absolute precision is asked relative to it. */
function power(scale: number): number {
  return Math.max(0, Math.ceil(Math.log10(scale)));
}

/** [x, x + width] cut at the whole numbers, where losses have their kinks; at most 4 of them. */
function steps(x: number, width: number, demand: DemandDistribution): [number, number][] {
  const cuts = [x];
  const isCut = demand.isWhole && width < 4;
  for (let k = Math.floor(x) + 1; isCut && k < x + width; k++) cuts.push(k);
  cuts.push(x + width);
  return cuts.slice(1).map((to, i) => [cuts[i] as number, to]);
}

/** Midpoints, 200 of them; of a step function its one value. */
function integral(f: (x: number) => number, from: number, to: number, isStep: boolean): number {
  const n = isStep && to - from <= 1 ? 1 : 200;
  const width = (to - from) / n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(from + (i + 0.5) * width);
  return sum * width;
}

describe('normal demand', () => {
  it('N(15, 3), 18.6: short .1683073522, left 3.7683073522 (P10, Snyder & Shen)', () => {
    const demand = new NormalDemand(15, 9);
    expect(demand.loss(18.6)).toBeCloseTo(0.1683073522, 10);
    expect(leftOver(demand, 18.6)).toBeCloseTo(3.7683073522, 10);
    expect(3 * normalComplementaryLoss(1.2)).toBeCloseTo(3.7683073522, 10);
  });

  it('N(50, 5), risk 3 %: 59.40397 (S2, Stevenson)', () => {
    expect(new NormalDemand(50, 25).quantile(0.97)).toBeCloseTo(59.40397, 5);
  });

  it('has the second loss 1/4 at its mean, and minus the first as slope', () => {
    expect(normalSecondLoss(0)).toBeCloseTo(0.25, 15);
    const slope = (normalSecondLoss(1.001) - normalSecondLoss(0.999)) / 0.002;
    expect(slope).toBeCloseTo(-normalLoss(1), 6);
  });

  it('without variance is certain', () => {
    const sure = new NormalDemand(7, 0);
    expect([sure.cdf(6.9), sure.cdf(7), sure.quantile(0.9)]).toEqual([0, 1, 7]);
    expect([sure.loss(5), sure.loss(8), sure.secondLoss(5)]).toEqual([2, 0, 2]);
  });
});

describe('Poisson demand', () => {
  it('of 6 at 95 % is 10 (S7)', () => {
    expect(new PoissonDemand(6).quantile(0.95)).toBe(10);
  });

  it('has losses that are sums over its probabilities', () => {
    for (const mean of [0.02, 3.7, 60]) {
      const demand = new PoissonDemand(mean);
      for (const x of [0, 0.5, 2, mean, 1.5 * mean + 3]) expectSums(demand, x);
    }
  });

  it('has quantiles that undo its distribution, from a millionth to a million', () => {
    fc.assert(
      fc.property(MEANS, fc.double({ min: -5, max: 5, noNaN: true }), (mean, z) => {
        const demand = new PoissonDemand(mean);
        const k = Math.max(0, Math.round(mean + z * Math.sqrt(mean)));
        const p = demand.cdf(k);
        fc.pre(p < 1 - 1e-10 && demand.mass(k) > 1e-10);
        expect(demand.quantile(p)).toBe(k);
      }),
    );
  });
});

describe('negative binomial demand', () => {
  it('of mean 6 and variance 12 at 95 % is 12 (S7)', () => {
    expect(new NegativeBinomialDemand(6, 12).quantile(0.95)).toBe(12);
  });

  it('has losses that are sums over its probabilities', () => {
    for (const [mean, variance] of [
      [0.02, 0.5],
      [3.7, 3.8],
      [6, 12],
      [60, 900],
    ] as const) {
      const demand = new NegativeBinomialDemand(mean, variance);
      for (const x of [0, 0.5, 2, mean, 1.5 * mean + 3]) expectSums(demand, x);
    }
  });

  it('tends to Poisson as the variance tends to the mean', () => {
    for (const mean of [0.5, 50, 1e5]) {
      const near = new NegativeBinomialDemand(mean, mean * (1 + 1e-9));
      const poisson = new PoissonDemand(mean);
      for (const z of [-2, 0, 2]) {
        const x = Math.max(0, Math.round(mean + z * Math.sqrt(mean)));
        expect(near.cdf(x)).toBeCloseTo(poisson.cdf(x), 8);
        expect(near.loss(x) / mean).toBeCloseTo(poisson.loss(x) / mean, 8);
      }
    }
  });
});

function expectSums(demand: PoissonDemand | NegativeBinomialDemand, x: number): void {
  let [loss, second] = [0, 0];
  for (let k = Math.floor(x) + 1; k < x + 5000; k++) {
    loss += (k - x) * demand.mass(k);
    second += ((k - x) ** 2 / 2) * demand.mass(k);
  }
  expect(demand.loss(x) / loss).toBeCloseTo(1, 9);
  expect(demand.secondLoss(x) / second).toBeCloseTo(1, 9);
}

describe('gamma demand', () => {
  it('whose sd is its mean is exponential', () => {
    const demand = new GammaDemand(2, 4);
    for (const x of [0.1, 2, 9]) {
      expect(demand.cdf(x)).toBeCloseTo(1 - Math.exp(-x / 2), 14);
      expect(demand.loss(x)).toBeCloseTo(2 * Math.exp(-x / 2), 14);
      expect(demand.secondLoss(x)).toBeCloseTo(4 * Math.exp(-x / 2), 13);
    }
    expect(demand.quantile(0.9)).toBeCloseTo(2 * Math.log(10), 13);
  });

  it('has quantiles that undo its distribution, for any spread', () => {
    fc.assert(
      fc.property(
        MEANS,
        CVS,
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        (mean, cv, p) => {
          const demand = new GammaDemand(mean, (mean * cv) ** 2);
          const x = demand.quantile(p);
          fc.pre(x > 1e-290);
          expect(Math.abs(demand.cdf(x) - p) / Math.min(p, 1 - p)).toBeLessThan(1e-7);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('quantile demand', () => {
  it('P10 40, P50 100, P90 200: P40 is 85 and P75 is 162.5 (S8)', () => {
    const demand = new QuantileDemand([0.1, 0.5, 0.9], [40, 100, 200]);
    expect(demand.quantile(0.4)).toBeCloseTo(85, 12);
    expect(demand.quantile(0.75)).toBeCloseTo(162.5, 12);
    expect([0.1, 0.5, 0.9].map((p) => demand.quantile(p))).toEqual([40, 100, 200]);
  });

  it('goes on below as it begins and above with the density of its last piece', () => {
    const demand = new QuantileDemand([0.1, 0.5, 0.9], [40, 100, 200]);
    expect(demand.quantile(1e-9)).toBeCloseTo(25, 6);
    // Mean excess .1 x 100 / .4 = 25.
    expect(demand.loss(200)).toBeCloseTo(0.1 * 25, 12);
    expect(demand.quantile(1 - 0.1 * Math.exp(-1))).toBeCloseTo(225, 10);
    const mean = 0.1 * 32.5 + 0.4 * 70 + 0.4 * 150 + 0.1 * 225;
    expect(demand.mean).toBeCloseTo(mean, 10);
  });

  it('starts at nothing where its first piece would lead below', () => {
    expect(new QuantileDemand([0.5, 0.9], [0, 4]).quantile(0.2)).toBe(0);
    expect(new QuantileDemand([0.5, 0.6], [1, 3]).quantile(1e-9)).toBeCloseTo(0, 6);
  });

  it('may have pieces without width', () => {
    const demand = new QuantileDemand([0.5, 0.9], [3, 3]);
    expect(demand.quantile(0.95)).toBe(3);
    expect([demand.mean, demand.variance, demand.loss(1)]).toEqual([3, 0, 2]);
  });

  it('refuses levels that do not rise and values that fall', () => {
    expect(() => new QuantileDemand([0.5, 0.5], [1, 2])).toThrow(
      'levels must rise in (0, 1), got 0.5, 0.5',
    );
    expect(() => new QuantileDemand([0.5, 0.9], [2, 1])).toThrow(
      'values must never fall, got 2, 1',
    );
    expect(() => new QuantileDemand([0.5], [2])).toThrow(RangeError);
    expect(() => new QuantileDemand([0.5, 0.9], [2, Number.NaN])).toThrow(RangeError);
  });
});

describe('sample demand', () => {
  it('has the mean, variance and losses of its samples', () => {
    fc.assert(
      fc.property(SAMPLES, fc.double({ min: -5, max: 50, noNaN: true }), (samples, x) => {
        const demand = new SampleDemand(samples);
        const over = samples.map((sample) => Math.max(0, sample - x));
        const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
        expect(demand.mean).toBeCloseTo(average(samples), 10);
        expect(demand.variance).toBeCloseTo(
          average(samples.map((sample) => (sample - demand.mean) ** 2)),
          8,
        );
        expect(demand.loss(x)).toBeCloseTo(average(over), 10);
        expect(demand.secondLoss(x)).toBeCloseTo(average(over.map((v) => v * v)) / 2, 8);
      }),
    );
  });

  it('knows whole units, and refuses none and what is not a number', () => {
    expect(new SampleDemand([1, 2]).isWhole).toBe(true);
    expect(new SampleDemand([1, 2.5]).isWhole).toBe(false);
    expect(() => new SampleDemand([])).toThrow('samples must not be empty, got 0');
    expect(() => new SampleDemand([1, Number.NaN])).toThrow('samples must be finite, got NaN');
  });
});

describe('demandOf', () => {
  it.each([
    { mean: 6, variance: 6.3, isWhole: true, kind: PoissonDemand },
    { mean: 6, variance: 12, isWhole: true, kind: NegativeBinomialDemand },
    { mean: 100, variance: 25, isWhole: true, kind: NormalDemand },
    { mean: 0.5, variance: 0.25, isWhole: true, kind: PoissonDemand },
    { mean: 100, variance: 2500, isWhole: false, kind: NormalDemand },
    { mean: 100, variance: 2600, isWhole: false, kind: GammaDemand },
    { mean: 5, variance: 0, isWhole: true, kind: NormalDemand },
    { mean: 0, variance: 0, isWhole: false, kind: NormalDemand },
  ])('$mean, $variance, whole $isWhole', ({ kind, ...moments }) => {
    const demand = demandOf(moments);
    expect(demand).toBeInstanceOf(kind);
    expect(demand.mean).toBe(moments.mean);
  });

  it('refuses what is negative or not a number', () => {
    expect(() => demandOf({ mean: -1, variance: 1, isWhole: true })).toThrow(
      'mean must be >= 0, got -1',
    );
    expect(() => demandOf({ mean: 1, variance: Number.NaN, isWhole: true })).toThrow(
      'variance must be >= 0, got NaN',
    );
    expect(() => new NegativeBinomialDemand(6, 6)).toThrow('variance must be > the mean 6, got 6');
    expect(() => new PoissonDemand(0)).toThrow('mean must be > 0, got 0');
    expect(() => new GammaDemand(0, 1)).toThrow('mean must be > 0, got 0');
    expect(() => new GammaDemand(1, 0)).toThrow('variance must be > 0, got 0');
  });
});
