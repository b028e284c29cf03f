// The power approximation of (s, S): two moments of demand, no search.
import { normalQuantile } from '../stats/normal.js';

/** Below this lot, in periods of demand, the approximation is held under the newsvendor level. */
const SMALL_LOT = 1.5;

export interface PowerInput {
  /** K, fixed cost of an order, > 0. */
  readonly orderingCost: number;
  /** h, of each unit left at the end of a period, > 0. */
  readonly holdingCost: number;
  /** p, of each unit waiting at the end of a period, > 0. */
  readonly backorderCost: number;
  /** Units a period, > 0. */
  readonly demandMean: number;
  /** Of the demand over the lead time and one period more; sd > 0. */
  readonly leadTimeDemandMean: number;
  readonly leadTimeDemandSd: number;
}

/** s and S, in units. */
export interface PowerLevels {
  readonly reorderPoint: number;
  readonly orderUpToLevel: number;
}

/**
 * s and S by the revised power approximation, as fitted:
 *   Q = 1.30 mu^.494 (K / h)^.506 (1 + sd_L^2 / mu^2)^.116
 *   z = sqrt(Q h / (sd_L p))
 *   s = .973 mu_L + sd_L (.183 / z + 1.063 - 2.192 z),  S = s + Q
 * Source: Ehrhardt & Mosier, *A Revision of the Power Approximation for Computing (s, S) Policies*,
 * Management Science 30, 1984 (Ehrhardt 1979); Snyder & Shen, chapter 4.
 * @throws RangeError when an argument is out of its range
 * @example P15: h .18, p .70, K 2.5, N(50, 8): s 40.1946, S 74.2902
 */
export function fittedPowerLevels(input: PowerInput): PowerLevels {
  const { lot, reorderPoint } = fitted(input);
  return { reorderPoint, orderUpToLevel: reorderPoint + lot };
}

/**
 * The power approximation with its authors' rule for small lots: where Q / mu < 1.5, neither level
 * is above the newsvendor level mu_L + z(p / (p + h)) sd_L.
 * Source: Ehrhardt & Mosier 1984.
 * @throws RangeError when an argument is out of its range
 */
export function powerApproximation(input: PowerInput): PowerLevels {
  const { lot, reorderPoint } = fitted(input);
  const upTo = reorderPoint + lot;
  if (lot >= SMALL_LOT * input.demandMean) return { reorderPoint, orderUpToLevel: upTo };
  const { holdingCost, backorderCost, leadTimeDemandMean, leadTimeDemandSd } = input;
  const ratio = backorderCost / (backorderCost + holdingCost);
  const cap = leadTimeDemandMean + normalQuantile(ratio) * leadTimeDemandSd;
  return { reorderPoint: Math.min(reorderPoint, cap), orderUpToLevel: Math.min(upTo, cap) };
}

function fitted(input: PowerInput): { lot: number; reorderPoint: number } {
  for (const [name, value] of Object.entries(input)) {
    if (!(value > 0)) throw new RangeError(`${name} must be > 0, got ${value}`);
  }
  const { orderingCost, holdingCost, backorderCost, demandMean, leadTimeDemandSd: sd } = input;
  const spread = (1 + (sd / demandMean) ** 2) ** 0.116;
  const lot = 1.3 * demandMean ** 0.494 * (orderingCost / holdingCost) ** 0.506 * spread;
  const z = Math.sqrt((lot * holdingCost) / (sd * backorderCost));
  const safety = sd * (0.183 / z + 1.063 - 2.192 * z);
  return { lot, reorderPoint: 0.973 * input.leadTimeDemandMean + safety };
}
