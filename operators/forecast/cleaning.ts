// Cleaning: what forecasters learn of a bucket where stock ran out, or one order dwarfs the rest.
import { isKnown } from './course.js';

/** A bucket with stock for at least this share of it shows all its demand. */
const FULL_SHARE = 0.999;
/** Share of stock from which on a bucket's sales say enough of its demand to be measured by. */
export const LEAST_SHARE = 0.25;
/** True: stock was there all the time, so what was sold is what was asked for. */
export function isFullyStocked(inStockShare: number): boolean {
  return inStockShare >= FULL_SHARE;
}

/**
 * Demand of a bucket by its sales and the share of it with stock to sell. The rest of the bucket is
 * taken to have asked for what was forecast: y = units + (1 - share) expected. At the point where
 * forecast and demand agree that is units / share, the rate by exposure, as in a gamma-Poisson
 * model with forgetting; but a bucket with little exposure moves the forecast little.
 * @param expected forecast of the whole bucket; NaN: there is none
 * @returns units; NaN: not known, for the bucket says nothing about demand, or nothing that can be
 */
export function demandOf(units: number, inStockShare: number, expected: number): number {
  if (!isKnown(units)) return Number.NaN;
  if (isFullyStocked(inStockShare)) return units;
  if (units === 0 && !(inStockShare > 0)) return Number.NaN;
  if (!Number.isNaN(expected)) return units + (1 - inStockShare) * expected;
  return inStockShare >= LEAST_SHARE ? units / inStockShare : Number.NaN;
}
