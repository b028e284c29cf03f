// Seeded randomness: named streams, right moments.
import { describe, expect, it } from 'vitest';
import { hashText, Random } from '../../../engine/demo/random.js';

function sample(count: number, draw: () => number): { mean: number; sd: number } {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (count - 1)) };
}

describe('seeded randomness', () => {
  it('hashes as FNV-1a does', () => {
    // Test vectors of the FNV reference code, 32 bit.
    expect(hashText('')).toBe(0x811c9dc5);
    expect(hashText('a')).toBe(0xe40c292c);
    expect(hashText('foobar')).toBe(0xbf9cf968);
  });

  it('repeats a stream by seed and key, and gives others other numbers', () => {
    const draw = (seed: string, key: string) => {
      const random = new Random(seed, key);
      return [random.next(), random.next(), random.next()];
    };
    expect(draw('a', 'b')).toEqual(draw('a', 'b'));
    expect(draw('a', 'b')).not.toEqual(draw('a', 'c'));
    expect(draw('a', 'b')).not.toEqual(draw('b', 'b'));
  });

  it('is uniform across the first numbers of many streams', () => {
    let i = 0;
    const { mean, sd } = sample(20_000, () => new Random('seed', `key/${i++}`).next());
    expect(mean).toBeCloseTo(0.5, 1.5);
    expect(sd).toBeCloseTo(Math.sqrt(1 / 12), 1.5);
  });

  it.each([
    { mean: 10, sd: 5 },
    { mean: 5, sd: 6 },
    { mean: 100, sd: 3 },
  ])('draws gamma numbers of mean $mean and standard deviation $sd', ({ mean, sd }) => {
    const random = new Random('seed', `gamma/${mean}`);
    const drawn = sample(40_000, () => random.gamma({ mean, sd }));
    expect(Math.abs(drawn.mean - mean)).toBeLessThan(0.05 * sd);
    expect(Math.abs(drawn.sd / sd - 1)).toBeLessThan(0.05);
  });

  it('gives the mean where there is no spread', () => {
    expect(new Random('s', 'k').gamma({ mean: 4, sd: 0 })).toBe(4);
    expect(new Random('s', 'k').gamma({ mean: 0, sd: 2 })).toBe(0);
  });
});
