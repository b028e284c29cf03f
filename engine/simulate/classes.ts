// Classes of series by what was known of them when their stock began to be measured.
import {
  DEMAND_PATTERNS,
  type DemandPattern,
  DemandShape,
} from '../../operators/demand/pattern.js';
import { unitCost } from './figures.js';
import { BUCKET_MS, type RecordedDemand, type Series } from './recorded-demand.js';
import type { Measured } from './span.js';

export const ABC = ['A', 'B', 'C'] as const;
export type Abc = (typeof ABC)[number];
export type SeriesClass = DemandPattern | Abc;
export const SERIES_CLASSES: readonly SeriesClass[] = [...DEMAND_PATTERNS, ...ABC];

export interface Classes {
  readonly pattern: readonly DemandPattern[];
  readonly abc: readonly Abc[];
}

/** Cumulative share of value up to which a series is A, and B. */
const A_SHARE = 0.8;
const B_SHARE = 0.95;

/** Of series that are not measured nothing is counted, and they are no part of the value. */
export function classesOf(demand: RecordedDemand, { startMs, toMs }: Measured): Classes {
  const { series, lines, bucket } = demand;
  const unitsOf = series.map(() => new Map<number, number>());
  for (let i = 0; i < lines.series.length; i++) {
    const s = lines.series[i] as number;
    const timeMs = lines.timeMs[i] as number;
    if (timeMs >= (startMs[s] as number)) continue;
    const units = unitsOf[s] as Map<number, number>;
    const at = Math.floor(timeMs / BUCKET_MS[bucket]);
    units.set(at, (units.get(at) ?? 0) + (lines.units[i] as number));
  }
  const pattern = unitsOf.map((units, s) => {
    const shape = new DemandShape();
    const first = Math.floor((series[s]?.firstMs as number) / BUCKET_MS[bucket]);
    const end = Math.min(toMs, startMs[s] as number) / BUCKET_MS[bucket];
    for (let at = first; at < end; at++) shape.learn(units.get(at) ?? 0);
    return shape.pattern;
  });
  const valueADay = unitsOf.map((units, s) => {
    const one = series[s] as Series;
    const sum = [...units.values()].reduce((total, some) => total + some, 0);
    // Of a series that is not measured the start is infinite, and it has no value.
    return (sum * unitCost(one)) / ((startMs[s] as number) - one.firstMs);
  });
  return { pattern, abc: abcOf(valueADay) };
}

/** The series that crosses a border belongs above it. */
function abcOf(values: readonly number[]): Abc[] {
  const order = [...values.keys()].sort(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
  const total = values.reduce((sum, value) => sum + value, 0);
  const classes = new Array<Abc>(values.length).fill('C');
  let before = 0;
  for (const s of order) {
    if (before < A_SHARE * total) classes[s] = 'A';
    else if (before < B_SHARE * total) classes[s] = 'B';
    before += values[s] as number;
  }
  return classes;
}

/** A value for each class. */
export function byClass<T>(make: (of: SeriesClass) => T): Record<SeriesClass, T> {
  return keyed(SERIES_CLASSES, make);
}

export function byPattern<T>(make: (of: DemandPattern) => T): Record<DemandPattern, T> {
  return keyed(DEMAND_PATTERNS, make);
}

function keyed<K extends string, T>(keys: readonly K[], make: (of: K) => T): Record<K, T> {
  return Object.fromEntries(keys.map((of) => [of, make(of)])) as Record<K, T>;
}
