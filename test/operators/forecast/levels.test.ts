// Claims about conformal levels: the known answer, long-run coverage, limits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveredShare } from '../../../operators/forecast/distribution-measures.js';
import { ConformalLevels } from '../../../operators/forecast/levels.js';
import { along, gainAt, TRACKED, TRACKED_ENDS } from '../../../operators/forecast/tracked.js';

const COUNT = TRACKED.length;
/** Its multiples, whole parts taken off, fill [0, 1) evenly. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const shares = new Float64Array(COUNT);

/** What came, by its probabilities. */
interface Came {
  readonly below: number;
  readonly through: number;
}

/** A bucket in which each of these came to a row. */
function bucket(levels: ConformalLevels, all: readonly Came[]): void {
  for (const { below, through } of all) levels.judge(below, through, shares);
  levels.apply();
}

function point(u: number): Came {
  return { below: u, through: u };
}

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const came: fc.Arbitrary<Came> = fc.oneof(
  probability.map(point),
  fc.tuple(probability, probability).map(([a, b]) => ({
    below: Math.min(a, b),
    through: Math.max(a, b),
  })),
);

describe('ConformalLevels', () => {
  // F11: adaptive conformal inference, alpha .1, gamma .05, errors 1,0,0,1,0.
  it('with a constant gain of .05 are adaptive conformal inference at .9 (F11)', () => {
    const at = TRACKED.indexOf(0.9);
    const levels = new ConformalLevels();
    // A start after which 100 rows have a gain of .05: nothing is missed where all is possible.
    bucket(levels, new Array(2000).fill({ below: 0, through: 1 }));
    expect(levels.asked[at]).toBeCloseTo(0.9, 12);
    expect(gainAt(at, 100, 2100)).toBeCloseTo(0.05, 12);
    const alphas = [1, 0, 0, 1, 0].map((error) => {
      bucket(levels, new Array(100).fill(point(error === 1 ? 0.9999 : 0.5)));
      return 1 - (levels.asked[at] as number);
    });
    [0.055, 0.06, 0.065, 0.02, 0.025].forEach((alpha, t) => {
      expect(alphas[t]).toBeCloseTo(alpha, 10);
    });
  });

  it('say how much of what came lies below each of them', () => {
    const levels = new ConformalLevels();
    levels.judge(0.2, 0.6, shares);
    const wanted = [0, 0, 0, 0.125, 0.75, 1, 1, 1, 1];
    wanted.forEach((share, i) => {
      expect(shares[i]).toBeCloseTo(share, 12);
    });
  });

  it('are judged by what coverage is measured by: probabilities as they make them', () => {
    fc.assert(
      fc.property(fc.array(came, { minLength: 1, maxLength: 60 }), came, (all, last) => {
        const levels = new ConformalLevels();
        for (const one of all) bucket(levels, [one]);
        const ends = Float64Array.of(0, ...levels.asked, 1);
        const calibrated = (u: number) => along(ends, TRACKED_ENDS, u);
        const mass = { below: calibrated(last.below), through: calibrated(last.through) };
        levels.judge(last.below, last.through, shares);
        [0.5, 0.8, 0.95, 0.99].forEach((level, i) => {
          const inside = (shares[5 + i] as number) - (shares[3 - i] as number);
          expect(inside).toBeCloseTo(coveredShare(mass, level), 6);
        });
      }),
    );
  });

  it('take part in the moves of nearer ones, and have their own, smaller the later, on top', () => {
    const [near, far, alone] = [0, 1, 2].map(() => new ConformalLevels()) as [
      ConformalLevels,
      ConformalLevels,
      ConformalLevels,
    ];
    const at = TRACKED.indexOf(0.9);
    const low = new Array(50).fill(point(0.5));
    bucket(near, low);
    far.apply(7, near);
    expect(far.asked).toEqual(near.asked);
    for (const levels of [far, alone]) {
      for (const { below, through } of low) levels.judge(below, through, shares);
    }
    near.apply();
    alone.apply(7);
    const was = far.asked[at] as number;
    far.apply(7, near);
    // Nothing came to the nearer ones: their move was none.
    expect((far.asked[at] as number) - was).toBeCloseTo((alone.asked[at] as number) - 0.9, 12);
    expect(near.asked[at]).toBe(was);
    expect(0.9 - (alone.asked[at] as number)).toBeLessThan(0.2 / 7);
  });

  it('stay where they are while what comes is as likely as was said', () => {
    const levels = new ConformalLevels();
    const even = Array.from({ length: 2000 }, (_, i) => point((i + 0.5) / 2000));
    for (let t = 0; t < 50; t++) bucket(levels, even);
    TRACKED.forEach((p, i) => {
      expect(Math.abs((levels.asked[i] as number) - p)).toBeLessThan(0.001);
    });
  });

  // With one row a bucket the gain is its floor, constant. Sums of u' - u telescope: what is
  // missed in the long run is at most the way that u can go, 1, by gain T. Levels that stay apart
  // push each other; .02 is for that. Powers up to 1.5 keep all levels above their least.
  it('hold in the long run however far off distributions are, and when that changes', () => {
    const T = 2000;
    const wrongs = fc.array(fc.double({ min: -1.5, max: 0.4, noNaN: true }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(wrongs, (logPowers) => {
        const levels = new ConformalLevels();
        const sums = new Float64Array(COUNT);
        for (let t = 0; t < T; t++) {
          const regime = Math.floor((t * logPowers.length) / T);
          const even = (t * GOLDEN) % 1;
          const u = even ** Math.exp(logPowers[regime] as number);
          levels.judge(u, u, shares);
          for (let i = 0; i < COUNT; i++) sums[i] = (sums[i] as number) + (shares[i] as number);
          levels.apply();
        }
        TRACKED.forEach((p, i) => {
          const gain = gainAt(i, 1, T);
          const off = Math.abs((sums[i] as number) / T - p);
          expect(off, `level ${p}`).toBeLessThanOrEqual((1 + gain) / (gain * T) + 0.02);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('hold in the long run also where news is late and others move them', () => {
    const [T, late] = [20_000, 7];
    const near = new ConformalLevels();
    const far = new ConformalLevels();
    const sums = new Float64Array(COUNT);
    for (let t = 0; t < T; t++) {
      const even = (t * GOLDEN) % 1;
      near.judge(even ** 0.6, even ** 0.6, shares);
      near.apply();
      const wide = even ** (t < T / 2 ? 1.4 : 0.8);
      far.judge(wide, wide, shares);
      for (let i = 0; i < COUNT; i++) sums[i] = (sums[i] as number) + (shares[i] as number);
      far.apply(late, near);
    }
    TRACKED.forEach((p, i) => {
      const gain = gainAt(i, 1, T, late);
      const off = Math.abs((sums[i] as number) / T - p);
      expect(off, `level ${p}`).toBeLessThanOrEqual((2 + gain) / (gain * T) + 0.02);
    });
  });

  it('rise, and keep a twentieth of their distance from 0 and 1, whatever comes', () => {
    const buckets = fc.array(fc.array(came, { minLength: 1, maxLength: 200 }), { maxLength: 40 });
    fc.assert(
      fc.property(buckets, (all) => {
        const levels = new ConformalLevels();
        for (const one of all) bucket(levels, one);
        levels.asked.forEach((u, i) => {
          const p = TRACKED[i] as number;
          expect(u).toBeGreaterThan(i > 0 ? (levels.asked[i - 1] as number) : 0);
          expect(u).toBeGreaterThanOrEqual(0.05 * Math.min(p, 1 - p));
          expect(u).toBeLessThan(1);
        });
      }),
    );
  });

  it('are the same in whatever order rows come', () => {
    const rows = fc.array(came, { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (all, order) => {
        const one = new ConformalLevels();
        const two = new ConformalLevels();
        const keyed = all.map((each) => ({ each, key: order.next().value as number }));
        for (let t = 0; t < 3; t++) {
          bucket(one, all);
          bucket(
            two,
            keyed.sort((a, b) => a.key - b.key).map(({ each }) => each),
          );
        }
        one.asked.forEach((u, i) => {
          expect(two.asked[i]).toBeCloseTo(u, 12);
        });
      }),
    );
  });

  it('go on the same behind a state that was written and read', () => {
    fc.assert(
      fc.property(fc.array(came, { minLength: 1, maxLength: 30 }), fc.nat(30), (all, at) => {
        const straight = new ConformalLevels();
        let restored = new ConformalLevels();
        all.forEach((one, t) => {
          if (t === at) {
            const state = new Float64Array(ConformalLevels.WIDTH);
            restored.write(state);
            restored = new ConformalLevels();
            restored.read(state);
          }
          bucket(straight, [one]);
          bucket(restored, [one]);
        });
        expect(restored).toEqual(straight);
      }),
    );
  });

  it('begin as another one stands, and have learned nothing by that', () => {
    const [one, two] = [new ConformalLevels(), new ConformalLevels()];
    bucket(one, [point(0.99)]);
    two.startFrom(one);
    expect(two.asked).toEqual(one.asked);
    expect([one.hasLearned, two.hasLearned]).toEqual([true, false]);
    two.apply();
    expect(two.asked).toEqual(one.asked);
  });
});
