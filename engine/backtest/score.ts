// Scores of one contender: sums for each range of steps, each demand pattern and each series.
import { DEMAND_PATTERNS, type DemandPattern } from '../../operators/demand/pattern.js';
import {
  Coverage,
  type Mass,
  PinballLosses,
} from '../../operators/forecast/distribution-measures.js';
import { PointErrors, ScaledErrors } from '../../operators/forecast/measures.js';

export const PINBALL_LEVELS = [0.1, 0.5, 0.9, 0.95, 0.99] as const;
export const COVERAGE_LEVELS = [0.5, 0.8, 0.95, 0.99] as const;

/** One forecast against what came. Made once and filled anew. */
export interface Observation {
  row: number;
  forecast: number;
  actual: number;
  /** Scales of the errors, of `NaiveScale`; not above 0: the series says nothing by them. */
  scale: number;
  squaredScale: number;
  /** False: it had no distribution, and the following means nothing. */
  hasDistribution: boolean;
  /** Pinball losses at PINBALL_LEVELS, in units. */
  readonly losses: Float64Array;
  mass: Mass;
}

export interface Figures {
  /** Forecasts that were scored, and series of them that have a scale. */
  readonly forecasts: number;
  readonly series: number;
  readonly meanDemand: number;
  readonly meanForecast: number;
  readonly wape: number;
  readonly mase: number;
  readonly rmsse: number;
  readonly bias: number;
  readonly r2: number;
  /** By level, by scale; then their mean. */
  readonly pinball: Readonly<Record<string, number>>;
  readonly meanPinball: number;
  /** By level in percent: share covered, and share in the closed interval. */
  readonly coverage: Readonly<Record<string, number>>;
  readonly closedCoverage: Readonly<Record<string, number>>;
}

/** Sums over forecasts, in O(1) memory a series. */
export class Score {
  private readonly points = DEMAND_PATTERNS.map(() => new PointErrors());
  private readonly coverage = DEMAND_PATTERNS.map(() => new Coverage(COVERAGE_LEVELS));
  private readonly scaled: ScaledErrors;
  private readonly pinball: PinballLosses;
  private readonly losses = new Float64Array(PINBALL_LEVELS.length);

  /** Places in DEMAND_PATTERNS, by row. */
  private readonly places: Uint8Array;

  constructor(private readonly patterns: readonly DemandPattern[]) {
    this.places = Uint8Array.from(patterns, (pattern) => DEMAND_PATTERNS.indexOf(pattern));
    this.scaled = new ScaledErrors(patterns.length);
    this.pinball = new PinballLosses(patterns.length, PINBALL_LEVELS);
  }

  add(seen: Observation): void {
    const { row, forecast, actual, scale, squaredScale } = seen;
    const place = this.places[row] as number;
    (this.points[place] as PointErrors).add(forecast, actual);
    if (scale > 0) this.scaled.add(row, forecast - actual, scale, squaredScale);
    if (!seen.hasDistribution) return;
    (this.coverage[place] as Coverage).add(seen.mass);
    if (!(scale > 0)) return;
    for (let i = 0; i < this.losses.length; i++) {
      this.losses[i] = (seen.losses[i] as number) / scale;
    }
    this.pinball.add(row, this.losses);
  }

  /** Of the series of one pattern, or of all. */
  figures(pattern: DemandPattern | null = null): Figures {
    const points = new PointErrors();
    const coverage = new Coverage(COVERAGE_LEVELS);
    DEMAND_PATTERNS.forEach((one, i) => {
      if (pattern !== null && one !== pattern) return;
      points.merge(this.points[i] as PointErrors);
      coverage.merge(this.coverage[i] as Coverage);
    });
    const rows = [...this.patterns.keys()].filter(
      (row) => pattern === null || this.patterns[row] === pattern,
    );
    const { wape, bias, r2, meanActual, meanForecast } = points;
    return {
      forecasts: points.count,
      ...{ meanDemand: meanActual, meanForecast, wape, bias, r2 },
      ...this.scaledFigures(rows),
      coverage: byPercent((i) => coverage.share(i)),
      closedCoverage: byPercent((i) => coverage.closedShare(i)),
    };
  }

  private scaledFigures(rows: readonly number[]) {
    const pinball = PINBALL_LEVELS.map((_, i) => meanOf(rows, (row) => this.pinball.mean(row, i)));
    return {
      series: rows.filter((row) => this.scaled.count(row) > 0).length,
      mase: meanOf(rows, (row) => this.scaled.mase(row)),
      rmsse: meanOf(rows, (row) => this.scaled.rmsse(row)),
      pinball: Object.fromEntries(PINBALL_LEVELS.map((level, i) => [String(level), pinball[i]])),
      meanPinball: meanOf(pinball, (loss) => loss),
    } as Pick<Figures, 'series' | 'mase' | 'rmsse' | 'pinball' | 'meanPinball'>;
  }
}

/** Values by level of coverage in whole percent, as keys of JSON. */
export function byPercent(value: (i: number) => number): Record<string, number> {
  return Object.fromEntries(
    COVERAGE_LEVELS.map((level, i) => [String(Math.round(100 * level)), value(i)]),
  );
}

/** NaNs stay out; NaN where nothing is left. */
function meanOf(of: readonly number[], value: (one: number) => number): number {
  let sum = 0;
  let count = 0;
  for (const one of of) {
    const it = value(one);
    if (Number.isNaN(it)) continue;
    sum += it;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}
