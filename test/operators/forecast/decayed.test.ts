// Claims about the fast exponential decay.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decayed } from '../../../operators/forecast/decayed.js';

it('is e^-x to a relative error of 1e-10, from 0 to 32', () => {
  const x = fc.double({ min: 0, max: 32, noNaN: true });
  fc.assert(fc.property(x, (x) => Math.abs(decayed(x) / Math.exp(-x) - 1) < 1e-10));
  for (let n = 0; n <= 512; n++) expect(decayed(n / 16)).toBe(Math.exp(-n / 16));
});

it('never rises with x', () => {
  let before = decayed(0);
  for (let n = 1; n <= 320_000; n++) {
    const now = decayed(n / 10_000);
    if (now > before) expect.fail(`rises at ${n / 10_000}`);
    before = now;
  }
});
