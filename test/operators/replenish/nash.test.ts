// Claims about Nash equilibria, against games that textbooks solve.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bimatrix,
  type Equilibrium,
  nashEquilibria,
} from '../../../operators/replenish/nash.js';

const negative = (matrix: number[][]) => matrix.map((line) => line.map((x) => -x));

function expectEquilibria(game: Bimatrix, wanted: { row: number[]; column: number[] }[]): void {
  const { equilibria, isDegenerate } = nashEquilibria(game);
  expect(isDegenerate).toBe(false);
  expect(equilibria).toHaveLength(wanted.length);
  equilibria.forEach((equilibrium, i) => {
    wanted[i]!.row.forEach((p, k) => {
      expect(equilibrium.row[k]).toBeCloseTo(p, 12);
    });
    wanted[i]!.column.forEach((p, k) => {
      expect(equilibrium.column[k]).toBeCloseTo(p, 12);
    });
  });
}

// Osborne, An Introduction to Game Theory, 2004, sections 2.2, 2.3, 2.5 and 4.3.
describe('games of the textbooks', () => {
  it('prisoners both fink', () => {
    const row = [
      [2, 0],
      [3, 1],
    ];
    const column = [
      [2, 3],
      [0, 1],
    ];
    expectEquilibria({ row, column }, [{ row: [0, 1], column: [0, 1] }]);
  });

  it('matching pennies is mixed half and half, worth nothing', () => {
    const row = [
      [1, -1],
      [-1, 1],
    ];
    const game = { row, column: negative(row) };
    expectEquilibria(game, [{ row: [0.5, 0.5], column: [0.5, 0.5] }]);
    expect(nashEquilibria(game).equilibria[0]?.rowPayoff).toBeCloseTo(0, 12);
  });

  it('Bach or Stravinsky: both, and 2/3 of the time the own favourite', () => {
    const row = [
      [2, 0],
      [0, 1],
    ];
    const column = [
      [1, 0],
      [0, 2],
    ];
    expectEquilibria({ row, column }, [
      { row: [1, 0], column: [1, 0] },
      { row: [0, 1], column: [0, 1] },
      { row: [2 / 3, 1 / 3], column: [1 / 3, 2 / 3] },
    ]);
  });

  it('rock, paper and scissors are mixed by thirds', () => {
    const row = [
      [0, -1, 1],
      [1, 0, -1],
      [-1, 1, 0],
    ];
    const third = [1 / 3, 1 / 3, 1 / 3];
    const { equilibria } = nashEquilibria({ row, column: negative(row) });
    expect(equilibria).toHaveLength(1);
    equilibria[0]?.row.forEach((p, i) => {
      expect(p).toBeCloseTo(third[i]!, 12);
    });
  });

  it('a 3 x 2 game has three equilibria (von Stengel 2007, chapter 3)', () => {
    const row = [
      [3, 3],
      [2, 5],
      [0, 6],
    ];
    const column = [
      [3, 2],
      [2, 6],
      [3, 1],
    ];
    expectEquilibria({ row, column }, [
      { row: [1, 0, 0], column: [1, 0] },
      { row: [0.8, 0.2, 0], column: [2 / 3, 1 / 3] },
      { row: [0, 1 / 3, 2 / 3], column: [1 / 3, 2 / 3] },
    ]);
  });
});

const GAME: fc.Arbitrary<Bimatrix> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, columns]) => {
    const line = fc.array(fc.integer({ min: -50, max: 50 }), {
      minLength: columns,
      maxLength: columns,
    });
    const matrix = fc.array(line, { minLength: rows, maxLength: rows });
    return fc.record({ row: matrix, column: matrix });
  });

/** The most that either side gains by another action. */
function regret({ row, column }: Bimatrix, { row: x, column: y }: Equilibrium): number {
  const rows = row.map((line) => line.reduce((sum, a, j) => sum + a * y[j]!, 0));
  const columns = y.map((_, j) => column.reduce((sum, line, i) => sum + line[j]! * x[i]!, 0));
  const mean = (shares: readonly number[], values: number[]) =>
    shares.reduce((sum, share, i) => sum + share * values[i]!, 0);
  return Math.max(Math.max(...rows) - mean(x, rows), Math.max(...columns) - mean(y, columns));
}

describe('any game of up to 4 x 4', () => {
  it('has equilibria at which nobody gains by another action', () => {
    fc.assert(
      fc.property(GAME, (game) => {
        for (const equilibrium of nashEquilibria(game).equilibria) {
          expect(regret(game, equilibrium)).toBeLessThan(1e-6);
          for (const shares of [equilibrium.row, equilibrium.column]) {
            expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
            expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  // Wilson 1971; Lemke & Howson 1964.
  it('has an odd number of them unless it is degenerate', () => {
    fc.assert(
      fc.property(GAME, (game) => {
        const { equilibria, isDegenerate } = nashEquilibria(game);
        if (!isDegenerate) expect(equilibria.length % 2).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('has every pure equilibrium that a look at each pair of actions finds', () => {
    fc.assert(
      fc.property(GAME, (game) => {
        const pure: string[] = [];
        game.row.forEach((line, i) => {
          line.forEach((payoff, j) => {
            const isBestRow = game.row.every((other) => other[j]! <= payoff);
            const isBestColumn = game.column[i]!.every((other) => other <= game.column[i]![j]!);
            if (isBestRow && isBestColumn) pure.push(`${i} ${j}`);
          });
        });
        const found = nashEquilibria(game).equilibria.filter(({ row }) => row.includes(1));
        expect(found.map(({ row, column }) => `${row.indexOf(1)} ${column.indexOf(1)}`)).toEqual(
          pure,
        );
      }),
    );
  });
});

it('a game with a tie for the best reply to one action is called degenerate', () => {
  const row = [
    [1, 0],
    [1, 2],
  ];
  const column = [
    [3, 1],
    [0, 2],
  ];
  expect(nashEquilibria({ row, column }).isDegenerate).toBe(true);
});

it('games that are empty, too large, of two shapes or without a number are refused', () => {
  const row = [[1, 2]];
  expect(() => nashEquilibria({ row: [], column: [] })).toThrow('rows must be 1 to 10, got 0');
  const long = [Array.from({ length: 11 }, () => 1)];
  expect(() => nashEquilibria({ row: long, column: long })).toThrow(
    'columns must be 1 to 10, got 11',
  );
  expect(() => nashEquilibria({ row, column: [] })).toThrow('column must have 1 rows, got 0');
  expect(() => nashEquilibria({ row, column: [[1]] })).toThrow(
    'each row must have 2 payoffs, got 1',
  );
  expect(() => nashEquilibria({ row, column: [[1, Number.NaN]] })).toThrow(
    'payoffs must be finite, got NaN',
  );
});
