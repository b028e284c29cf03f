// Demand that is known by some of its quantiles, as forecasts give it.
import { checkProbability, type DemandDistribution } from './demand-distribution.js';

/** Demand spread evenly from `from` to `to`; equal: all at that point. */
interface Piece {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Demand by quantiles, linear between the given levels. Below the lowest level the first piece goes
 * on, not below zero; above the highest an exponential tail goes on with the density of the last
 * piece, so its mean excess is (1 - level) (rise of the last piece) / (its share).
 * @example new QuantileDemand([0.1, 0.5, 0.9], [40, 100, 200]).quantile(0.75) // 162.5
 */
export class QuantileDemand implements DemandDistribution {
  readonly isWhole = false;
  readonly mean: number;
  readonly variance: number;
  private readonly levels: readonly number[];
  private readonly values: readonly number[];
  private readonly pieces: readonly Piece[];
  /** Weight, start and mean excess of the upper tail. */
  private readonly tail: { weight: number; from: number; excess: number };

  /**
   * @param levels at least two, rising, in (0, 1)
   * @param values of the same number, units, never falling
   * @throws RangeError when they are not
   */
  constructor(levels: readonly number[], values: readonly number[]) {
    checkQuantiles(levels, values);
    this.levels = [0, ...levels];
    this.values = [lowest(levels, values), ...values];
    this.pieces = piecesOf(this.levels, this.values);
    const last = this.pieces.at(-1) as Piece;
    const weight = 1 - (levels.at(-1) as number);
    const excess = (weight * (last.to - last.from)) / last.weight;
    this.tail = { weight, from: last.to, excess };
    const start = this.values[0] as number;
    this.mean = start + this.loss(start);
    this.variance = Math.max(0, 2 * this.secondLoss(start) - (this.mean - start) ** 2);
  }

  cdf(x: number): number {
    const { weight, from, excess } = this.tail;
    if (x >= from) return excess > 0 ? 1 - weight * Math.exp((from - x) / excess) : 1;
    let sum = 0;
    for (const piece of this.pieces) {
      if (x >= piece.to) sum += piece.weight;
      else if (x > piece.from) sum += (piece.weight * (x - piece.from)) / (piece.to - piece.from);
    }
    return sum;
  }

  quantile(p: number): number {
    checkProbability(p);
    const { weight, from, excess } = this.tail;
    const above = this.levels.findIndex((level) => level >= p);
    if (above < 0) return from + excess * Math.log(weight / (1 - p));
    const low = this.levels[above - 1] as number;
    const share = (p - low) / ((this.levels[above] as number) - low);
    const value = this.values[above - 1] as number;
    return value + share * ((this.values[above] as number) - value);
  }

  loss(x: number): number {
    const { weight, from, excess } = this.tail;
    const tail = x < from ? from - x + excess : excess * decay(from - x, excess);
    return this.pieces.reduce(
      (sum, piece) => sum + piece.weight * pieceLoss(piece, x),
      weight * tail,
    );
  }

  secondLoss(x: number): number {
    const { weight, from, excess } = this.tail;
    const gap = Math.max(0, from - x);
    const square = gap ** 2 / 2 + gap * excess + excess ** 2;
    const tail = x < from ? square : excess ** 2 * decay(from - x, excess);
    return this.pieces.reduce(
      (sum, piece) => sum + piece.weight * pieceSecondLoss(piece, x),
      weight * tail,
    );
  }
}

function checkQuantiles(levels: readonly number[], values: readonly number[]): void {
  if (levels.length < 2 || levels.length !== values.length) {
    throw new RangeError(
      `levels and values must be as many, at least 2, got ${levels.length} and ${values.length}`,
    );
  }
  levels.forEach((level, i) => {
    if (!(level > (i === 0 ? 0 : (levels[i - 1] as number)) && level < 1)) {
      throw new RangeError(`levels must rise in (0, 1), got ${levels.join(', ')}`);
    }
    if (
      !((values[i] as number) >= (i === 0 ? Number.NEGATIVE_INFINITY : (values[i - 1] as number)))
    ) {
      throw new RangeError(`values must never fall, got ${values.join(', ')}`);
    }
  });
}

/** Where the first piece meets level 0, between 0 and its first value. */
function lowest(levels: readonly number[], values: readonly number[]): number {
  const [p = 0, next = 1] = levels;
  const [first = 0, second = 0] = values;
  return Math.max(Math.min(0, first), first - (p * (second - first)) / (next - p));
}

function piecesOf(levels: readonly number[], values: readonly number[]): Piece[] {
  return levels.slice(1).map((level, i) => ({
    weight: level - (levels[i] as number),
    from: values[i] as number,
    to: values[i + 1] as number,
  }));
}

function decay(gap: number, excess: number): number {
  return excess > 0 ? Math.exp(gap / excess) : 0;
}

/** E[max(U - x, 0)] of U spread evenly. */
function pieceLoss({ from, to }: Piece, x: number): number {
  if (x >= to) return 0;
  return x <= from ? (from + to) / 2 - x : (to - x) ** 2 / (2 * (to - from));
}

/** E[max(U - x, 0)^2] / 2 of U spread evenly. */
function pieceSecondLoss({ from, to }: Piece, x: number): number {
  if (x >= to) return 0;
  if (x > from) return (to - x) ** 3 / (6 * (to - from));
  const [far, near] = [to - x, from - x];
  return (far * far + far * near + near * near) / 6;
}
