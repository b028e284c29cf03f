// What experts learned of the last closed bucket, and from where on a bucket counts as bulk.

import { formatTime } from '../../operators/events/time.js';
import { demandOf } from '../../operators/forecast/cleaning.js';
import type { Core } from '../core.js';

/** A closed bucket as it was kept; NaN where it had no forecast. */
export interface LastBucket {
  readonly startMs: number;
  readonly units: number;
  readonly forecast: number;
  readonly lower80: number;
  readonly upper80: number;
  /** Absent: it was not kept. */
  readonly inStockShare?: number;
}

export interface Cleaning {
  /** Null: no bucket has closed, or it is not known any more. */
  readonly lastBucket: CleanedBucket | null;
  /** Units beyond which the next bucket holds a bulk order, and is damped; null: cold. */
  readonly mostUnits: number | null;
}

export interface CleanedBucket {
  readonly start: string;
  readonly units: number;
  /** Made before it; null while cold. */
  readonly forecast: number | null;
  readonly lower80: number | null;
  readonly upper80: number | null;
  /** Share of it with stock to sell, 0-1; null: it was not kept. */
  readonly inStockShare: number | null;
  /** Demand that its sales stand for, given that share; null: it says nothing, or is not known. */
  readonly demand: number | null;
}

export function cleaningOf(core: Core, row: number, last: LastBucket | null): Cleaning {
  const { learner } = core.forecast;
  const expected = learner.nextUnits(row, 0);
  return {
    lastBucket: last === null ? null : cleaned(last),
    mostUnits: Number.isNaN(expected) ? null : learner.outlook.most(row, expected),
  };
}

function cleaned({ startMs, units, forecast, inStockShare, ...last }: LastBucket): CleanedBucket {
  const demand = inStockShare === undefined ? Number.NaN : demandOf(units, inStockShare, forecast);
  return {
    start: formatTime(startMs),
    units,
    forecast: known(forecast),
    lower80: known(last.lower80),
    upper80: known(last.upper80),
    inStockShare: inStockShare ?? null,
    demand: known(demand),
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
