// Nash equilibria of a finite game of two, by enumeration of supports.

/** Actions of one player at most: of 10 against 10 there are 184,755 pairs of supports. */
const MOST_ACTIONS = 10;
/** Payoffs that differ by less than this share of the greatest count as equal. */
const TOLERANCE = 1e-9;
/** A pivot this small, of payoffs up to 1, is none. */
const SINGULAR = 1e-12;

/** Payoffs[i][j] of both when the row player takes action i and the column player j. */
export interface Bimatrix {
  readonly row: readonly (readonly number[])[];
  readonly column: readonly (readonly number[])[];
}

/** Probabilities of each action, and what both earn. */
export interface Equilibrium {
  readonly row: readonly number[];
  readonly column: readonly number[];
  readonly rowPayoff: number;
  readonly columnPayoff: number;
}

export interface Equilibria {
  readonly equilibria: readonly Equilibrium[];
  /**
   * Some mixture has more best replies than actions of its own. Then there may be more equilibria
   * than the ones told, even a continuum; those told are right all the same.
   */
  readonly isDegenerate: boolean;
}

/**
 * All Nash equilibria of a nondegenerate game: in such a game both players mix equally many
 * actions, so for every pair of supports of one size the probabilities that make the other side
 * indifferent are solved for, and kept where they are positive and no other action pays more.
 * Source: von Stengel, *Equilibrium Computation for Two-Player Games*, in Nisan et al.,
 * *Algorithmic Game Theory*, 2007, chapter 3.
 * @param game both matrices of the same shape, 1 to 10 actions each, finite payoffs
 * @throws RangeError when they are not
 * @example matching pennies: row [[1, -1], [-1, 1]], column its negative: both mix 1/2, 1/2
 */
export function nashEquilibria(game: Bimatrix): Equilibria {
  check(game);
  const rows = game.row.length;
  const columns = game.row[0]!.length;
  const replies = transposed(game.column);
  const equilibria: Equilibrium[] = [];
  let isDegenerate = false;
  for (let size = 1; size <= Math.max(rows, columns); size++) {
    for (const own of subsets(rows, size)) {
      for (const other of subsets(columns, size)) {
        // The column player's mixture makes the row player's actions equal, and vice versa.
        const column = indifferent(game.row, own, other);
        const row = indifferent(replies, other, own);
        if (column?.isTied || row?.isTied) isDegenerate = true;
        if (!column || !row) continue;
        equilibria.push({
          row: row.mixture,
          column: column.mixture,
          rowPayoff: column.payoff,
          columnPayoff: row.payoff,
        });
      }
    }
  }
  return { equilibria, isDegenerate };
}

/** A mixture over `mixed` against which all of `equal` are best replies. */
interface Indifferent {
  readonly mixture: number[];
  readonly payoff: number;
  /** Still other actions are best replies as well. */
  readonly isTied: boolean;
}

/** Null: there is none with all of `mixed` in use, or not just one. */
function indifferent(
  payoffs: readonly (readonly number[])[],
  equal: readonly number[],
  mixed: readonly number[],
): Indifferent | null {
  const scale = scaleOf(payoffs);
  // sum over j of payoffs[i][j] y[j] - value = 0 for each i; sum of y = 1.
  const system = equal.map((i) => [...mixed.map((j) => payoffs[i]![j]! / scale), -1, 0]);
  system.push([...mixed.map(() => 1), 0, 1]);
  const solution = solved(system);
  if (!solution) return null;
  const payoff = (solution.at(-1) as number) * scale;
  const sum = solution.slice(0, -1).reduce((a, b) => a + b, 0);
  const mixture = payoffs[0]!.map(() => 0);
  for (let n = 0; n < mixed.length; n++) {
    const share = (solution[n] as number) / sum;
    if (!(share > TOLERANCE)) return null;
    mixture[mixed[n] as number] = share;
  }
  const replies = payoffs.map((line) => line.reduce((sum, x, j) => sum + x * mixture[j]!, 0));
  const slack = TOLERANCE * scale;
  if (replies.some((reply) => reply > payoff + slack)) return null;
  const ties = replies.filter((reply) => reply >= payoff - slack).length;
  return { mixture, payoff, isTied: ties > equal.length };
}

/** Gauss's elimination with the greatest pivot of each column; null: no single solution. */
function solved(system: number[][]): number[] | null {
  const n = system.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(system[i]![k]!) > Math.abs(system[pivot]![k]!)) pivot = i;
    }
    const line = system[pivot] as number[];
    if (Math.abs(line[k]!) <= SINGULAR) return null;
    system[pivot] = system[k] as number[];
    system[k] = line;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = system[i]![k]! / line[k]!;
      if (factor === 0) continue;
      for (let j = k; j <= n; j++) system[i]![j]! -= factor * line[j]!;
    }
  }
  return system.map((line, k) => line[n]! / line[k]!);
}

/** Greatest size of a payoff, at least what keeps an all-zero game apart from no game. */
function scaleOf(payoffs: readonly (readonly number[])[]): number {
  const most = payoffs.reduce((max, line) => Math.max(max, ...line.map(Math.abs)), 0);
  return most > 0 ? most : 1;
}

function* subsets(count: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= count - size; first++) {
    for (const rest of subsets(count, size - 1, first + 1)) yield [first, ...rest];
  }
}

function transposed(matrix: readonly (readonly number[])[]): number[][] {
  return matrix[0]!.map((_, j) => matrix.map((line) => line[j]!));
}

function check({ row, column }: Bimatrix): void {
  const columns = row[0]?.length ?? 0;
  for (const [name, count] of Object.entries({ rows: row.length, columns })) {
    if (!(count >= 1 && count <= MOST_ACTIONS)) {
      throw new RangeError(`${name} must be 1 to ${MOST_ACTIONS}, got ${count}`);
    }
  }
  if (column.length !== row.length) {
    throw new RangeError(`column must have ${row.length} rows, got ${column.length}`);
  }
  for (const line of [...row, ...column]) {
    if (line.length !== columns) {
      throw new RangeError(`each row must have ${columns} payoffs, got ${line.length}`);
    }
    const strange = line.find((payoff) => !Number.isFinite(payoff));
    if (strange !== undefined) throw new RangeError(`payoffs must be finite, got ${strange}`);
  }
}
