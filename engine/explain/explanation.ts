// The explanation: all that makes the forecast of a SKU-location, as a plain record.
import type { DemandPattern } from '../../operators/demand/pattern.js';
import { formatTime } from '../../operators/events/time.js';
import type { Contribution } from '../../operators/forecast/regression.js';
import type { Core } from '../core.js';
import { type Cleaning, cleaningOf, type LastBucket } from './cleaning.js';
import { expertName } from './expert-names.js';
import { type TargetForecast, targetForecasts } from './target-forecasts.js';

export interface Explanation {
  readonly sku: string;
  readonly location: string;
  readonly name: string;
  /** '': the catalog names none. */
  readonly category: string;
  readonly bucket: 'hour' | 'day';
  readonly timeZone: string;
  /** Newest event time that is known, RFC 3339; null: no event yet. */
  readonly asOf: string | null;
  readonly learned: Learned;
  readonly running: Running | null;
  /** Of the next bucket, then of more of them in all; empty: cold. */
  readonly forecasts: readonly TargetForecast[];
  readonly experts: readonly Expert[];
  /** Null: cold. */
  readonly regression: RegressionParts | null;
  /** Null: nothing is known of the row or of others. */
  readonly coldStart: { readonly level: number; readonly seasonIndex: number } | null;
  /** Null: the settings do without; version null: there is no model yet. */
  readonly neural: { readonly version: string | null } | null;
  /** Of late; null: nothing to go by yet. */
  readonly accuracy: { readonly wape: number | null; readonly errorSd: number | null };
  readonly cleaning: Cleaning;
}

export interface Learned {
  /** Buckets of known demand, and those of them in which something was sold. */
  readonly buckets: number;
  readonly withDemand: number;
  readonly pattern: DemandPattern;
  /** Season of the next bucket: day of the week (Monday 0), or hour of the week. */
  readonly nextSeason: number;
}

/** The bucket that is running: what has come, and what is still expected of it. */
export interface Running {
  readonly start: string;
  readonly end: string;
  readonly units: number;
  /** Null: cold. */
  readonly expectedRest: number | null;
}

export interface Expert {
  readonly expert: string;
  /** For people. */
  readonly name: string;
  /** Units of the next bucket; null: asleep. */
  readonly forecast: number | null;
  /** Share of it in the forecast of the next bucket, and of those further ahead, 0-1. */
  readonly weight: number;
  readonly weightAhead: number;
}

/** Features add up to the forecast, together with what its limits took off or put on. */
export interface RegressionParts {
  readonly forecast: number;
  readonly features: readonly Contribution[];
  readonly byLimits: number;
}

/** Reads only: a forecast explained is the same as one that nobody looked at. */
export function explain(core: Core, row: number, last: LastBucket | null): Explanation {
  const { table, catalog, settings, clock, neural, forecast } = core;
  const { learner } = forecast;
  const location = table.location(row);
  const { name, category } = catalog.of(row);
  const { streamTimeMs } = clock;
  const experts = expertsOf(core, row);
  return {
    ...{ sku: table.sku(row), location, name, category },
    bucket: settings.demand.bucket,
    timeZone: settings.locations[location]?.timeZone ?? settings.time.zone,
    asOf: Number.isFinite(streamTimeMs) ? formatTime(streamTimeMs) : null,
    learned: {
      buckets: learner.course.known(row),
      withDemand: learner.course.sales(row),
      pattern: learner.outlook.pattern(row),
      nextSeason: learner.course.nextSeason(row),
    },
    running: runningOf(core, row),
    forecasts: targetForecasts(core, row),
    experts,
    regression: regressionOf(core, row, experts),
    coldStart: coldStartOf(core, row),
    neural: neural === null ? null : { version: neural.version === '' ? null : neural.version },
    accuracy: {
      wape: known(forecast.accuracy.wape(row)),
      errorSd: known(forecast.accuracy.errorSd(row)),
    },
    cleaning: cleaningOf(core, row, last),
  };
}

/** The heaviest first. */
export function expertsOf({ forecast }: Core, row: number): Expert[] {
  const opinions = forecast.learner.combination.opinions(row);
  return opinions
    .map(({ expert, weight, weightAhead, ...opinion }) => {
      const name = expertName(expert);
      return { expert, name, forecast: known(opinion.forecast), weight, weightAhead };
    })
    .sort((a, b) => b.weight - a.weight);
}

function runningOf({ demand, forecast, clock }: Core, row: number): Running | null {
  const { buckets } = demand;
  // A look must not start the zone's buckets.
  if (!buckets.isStarted(row)) return null;
  const nowMs = clock.streamTimeMs;
  const bucket = buckets.bucketOf(row, nowMs, nowMs);
  if (bucket < 0) return null;
  const isCold = Number.isNaN(forecast.learner.nextUnits(row, 0));
  return {
    start: formatTime(buckets.startMs(row, bucket)),
    end: formatTime(buckets.endMs(row, bucket)),
    units: buckets.read(row, bucket, 'units'),
    expectedRest: isCold ? null : forecast.rest(row, nowMs).units,
  };
}

function regressionOf(
  { forecast }: Core,
  row: number,
  experts: readonly Expert[],
): RegressionParts | null {
  const { regression } = forecast.learner;
  const said = experts.find(({ expert }) => expert === regression.name)?.forecast ?? null;
  if (said === null) return null;
  const features = regression.explain(row);
  const sum = features.reduce((total, { units }) => total + units, 0);
  return { forecast: said, features, byLimits: said - sum };
}

function coldStartOf({ forecast }: Core, row: number): Explanation['coldStart'] {
  const { coldStart, course } = forecast.learner;
  const prior = coldStart.prior(row);
  if (prior === null) return null;
  return { level: prior.level, seasonIndex: prior.seasonIndex(course.nextSeason(row)) };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
