// The report: tables of a backtest for people.
import { DEMAND_PATTERNS } from '../../operators/demand/pattern.js';
import type { BacktestResults, Quarter } from './results.js';
import type { Figures } from './score.js';

/** A table as `table` of the terminal takes it. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Unpadded {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

type ByName = Readonly<Record<string, Figures>>;

const PINBALL = ['0.1', '0.5', '0.9', '0.95', '0.99'] as const;
const LEVELS = ['50', '80', '95', '99'] as const;

/** Most important first: each contender, then classes, then how intervals held. */
export function reportTables(results: BacktestResults): ReportTable[] {
  const { overall, leadTime, secondHalf, quarters } = results;
  const longest = Object.keys(leadTime).at(-1) as string;
  return [
    pointTable(`each of the next ${longest} buckets`, overall),
    pinballTable(`pinball loss by scale, each of the next ${longest} buckets`, overall),
    coverageTable(`coverage, %, each of the next ${longest} buckets`, overall),
    ...Object.entries(leadTime).map(([h, figures]) => totalTable(h, figures)),
    classTable(results),
    quarterTable(quarters),
    pointTable('second half of each series, with the best method of its first half', secondHalf),
  ]
    .filter(({ rows }) => rows.length > 0)
    .map(padded);
}

/** Columns of numbers with their ends one above the other. */
function padded({ title, head, rows }: Unpadded): ReportTable {
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  const isNumeric = head.map((_, i) => rows.every((row) => /^(-?[\d.]+|-)$/.test(String(row[i]))));
  const [padHead, ...padRows] = lines.map((line) =>
    line.map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i] as number) : cell)),
  );
  return { title, head: padHead ?? [], rows: padRows };
}

function pointTable(title: string, figures: ByName): Unpadded {
  const head = ['', 'WAPE', 'MASE', 'RMSSE', 'bias', 'R2', 'pinball', 'forecasts'];
  const rows = named(figures).map(([name, f]) => [
    ...[name, fixed(f.wape), fixed(f.mase), fixed(f.rmsse), fixed(f.bias), fixed(f.r2)],
    ...[fixed(f.meanPinball), f.forecasts],
  ]);
  return { title, head, rows };
}

function pinballTable(title: string, figures: ByName): Unpadded {
  const rows = withDistribution(figures).map(([name, { pinball, meanPinball }]) => [
    name,
    ...PINBALL.map((level) => fixed(pinball[level])),
    fixed(meanPinball),
  ]);
  return { title, head: ['', ...PINBALL, 'mean'], rows };
}

function coverageTable(title: string, figures: ByName): Unpadded {
  const rows = withDistribution(figures).map(([name, { coverage, closedCoverage }]) => [
    name,
    ...LEVELS.map((level) => percent(coverage[level])),
    ...LEVELS.map((level) => percent(closedCoverage[level])),
  ]);
  const head = ['', ...LEVELS, ...LEVELS.map((level) => `closed ${level}`)];
  return { title, head, rows };
}

function totalTable(horizon: string, figures: ByName): Unpadded {
  const rows = named(figures).map(([name, f]) => [
    ...[name, fixed(f.wape), fixed(f.mase), fixed(f.bias), fixed(f.meanPinball)],
    ...LEVELS.map((level) => percent(f.coverage[level])),
  ]);
  const head = ['', 'WAPE', 'MASE', 'bias', 'pinball', ...LEVELS.map((level) => `in ${level} %`)];
  return { title: `the sum of the next ${horizon} buckets`, head, rows };
}

function classTable({ classes, seriesOfClass }: BacktestResults): Unpadded {
  const rows = DEMAND_PATTERNS.flatMap((pattern) =>
    named(classes[pattern]).map(([name, f]) => [
      ...[`${pattern} (${seriesOfClass[pattern]})`, name, fixed(f.wape), fixed(f.mase)],
      ...[fixed(f.meanPinball), ...LEVELS.map((level) => percent(f.coverage[level]))],
    ]),
  );
  const levels = LEVELS.map((level) => `in ${level} %`);
  const head = ['demand (series)', '', 'WAPE', 'MASE', 'pinball', ...levels];
  return { title: 'by class of demand', head, rows };
}

/** Of the ensemble, where there is one: of the others it would be a long table. */
function quarterTable(quarters: Readonly<Record<string, readonly Quarter[]>>): Unpadded {
  const { ensemble } = quarters;
  const shown = ensemble === undefined ? quarters : { ensemble };
  const rows = Object.entries(shown).flatMap(([name, stretches]) =>
    stretches.map(({ from, to, coverage }) => [
      ...[name, `${from} … ${to}`],
      ...LEVELS.map((level) => percent(coverage[level])),
    ]),
  );
  const levels = LEVELS.map((level) => `in ${level} %`);
  return { title: 'coverage in each quarter of the time', head: ['', 'time', ...levels], rows };
}

/** Those that were scored. */
function named(figures: ByName): [string, Figures][] {
  return Object.entries(figures).filter(([, { forecasts }]) => forecasts > 0);
}

function withDistribution(figures: ByName): [string, Figures][] {
  return named(figures).filter(([, { coverage }]) => !Number.isNaN(coverage[LEVELS[0]]));
}

function fixed(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(4);
}

function percent(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? '-' : (100 * share).toFixed(2);
}
