// Claims about the loop over weights: it is the sum that it says, to the bit.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addRows, MEMORY, ROUND } from '../../../../operators/forecast/neural/rows-of-weights.js';

const SUMS = 16;
const FACTORS = 200;
const WEIGHTS = 300;
const BYTES = 4;

it('adds factors times rows of weights, one row after the other in single precision', () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    rounds: fc.integer({ min: 1, max: 6 }),
    beside: fc.nat(20),
  });
  const any = fc.infiniteStream(fc.float({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(sizes, any, ({ rows, rounds, beside }, numbers) => {
      const columns = ROUND * rounds;
      const width = columns + beside;
      for (let n = 0; n < WEIGHTS + rows * width; n++) MEMORY[n] = numbers.next().value as number;
      const before = MEMORY.slice();
      const at = (n: number): number => before[n] as number;
      addRows(SUMS * BYTES, FACTORS * BYTES, rows, WEIGHTS * BYTES, rounds, width * BYTES);
      for (let j = 0; j < columns; j++) {
        let sum = at(SUMS + j);
        for (let i = 0; i < rows; i++) {
          sum = Math.fround(sum + Math.fround(at(FACTORS + i) * at(WEIGHTS + i * width + j)));
        }
        expect(MEMORY[SUMS + j]).toBe(sum);
      }
      before.set(MEMORY.subarray(SUMS, SUMS + columns), SUMS);
      expect(MEMORY).toEqual(before);
    }),
    { numRuns: 50 },
  );
});
