// The report of a simulation: tables for people.
import { DEMAND_PATTERNS } from '../../operators/demand/pattern.js';
import { ABC } from './classes.js';
import type { EngineSetting } from './experiment.js';
import type { Figures } from './figures.js';
import { settingText } from './policies.js';
import type { Run, Simulation } from './simulate.js';
import type { Tuning } from './tune.js';

export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const FIGURES = [
  ...['fill rate %', 'cycle service %', 'cycles', 'stockout days %', 'turnover', 'average stock'],
  ...['its value', 'holding', 'ordering', 'shortage', 'cost'],
];

export function simulationTables(simulation: Simulation): ReportTable[] {
  const asked = simulation.runs.filter((run) => run.isAsked);
  const tables = [
    {
      title: 'side by side',
      head: ['policy', 'asked', ...FIGURES],
      rows: asked.map((run) => [...named(run), ...figureCells(run.all)]),
    },
    equalStockTable(simulation),
    classTable('cycle service by class, %', asked, ({ cycleService }) => cycleService),
    classTable('fill rate by class, %', asked, ({ fillRate }) => fillRate),
  ];
  return tables.filter(({ rows }) => rows.length > 0).map(padded);
}

export function tuningTables({ chosen, report }: Tuning): ReportTable[] {
  const classes = DEMAND_PATTERNS.filter((of) => report.tuned.classes[of].series > 0);
  return [
    {
      title: 'chosen by class',
      head: ['class', 'setting', 'cost on the rest', 'untuned'],
      rows: classes.map((of) => [
        of,
        engineSettingText(chosen[of]),
        report.tuned.classes[of].cost.toFixed(0),
        report.untuned.classes[of].cost.toFixed(0),
      ]),
    },
    {
      title: 'on the rest of the time',
      head: ['', ...FIGURES],
      rows: [
        ['tuned', ...figureCells(report.tuned.all)],
        ['untuned', ...figureCells(report.untuned.all)],
      ],
    },
  ].map(padded);
}

function equalStockTable({ atEqualStock }: Simulation): ReportTable {
  const others = Object.keys(atEqualStock[0]?.others ?? {}) as ('normal' | 'min-max')[];
  return {
    title: 'fill rate at equal average stock, %',
    head: ['policy', 'asked', 'value of stock', 'engine', ...others],
    rows:
      others.length === 0
        ? []
        : atEqualStock.map(({ policy, service, averageValue, fillRate, others: rates }) => [
            ...[policy, settingText({ policy, service }), averageValue.toFixed(0)],
            percent(fillRate),
            ...others.map((name) => percent(rates[name] ?? null)),
          ]),
  };
}

function classTable(
  title: string,
  runs: readonly Run[],
  of: (figures: Figures) => number | null,
): ReportTable {
  const names = [...DEMAND_PATTERNS, ...ABC];
  return {
    title,
    head: ['policy', 'asked', 'all', ...names],
    rows: runs.map((run) => [
      ...named(run),
      percent(of(run.all)),
      ...names.map((name) => percent(of(run.classes[name]))),
    ]),
  };
}

function named({ setting }: Run): string[] {
  return [setting.policy, settingText(setting)];
}

function engineSettingText(setting: EngineSetting): string {
  const review =
    setting.reviewDays === undefined ? '' : `, reviewed each ${setting.reviewDays} days`;
  return `${setting.policy}, ${settingText(setting)}${review}`;
}

function figureCells(figures: Figures): string[] {
  const { cycles, averageStock, averageValue, turnover } = figures;
  const { holdingCost, orderingCost, shortageCost, cost } = figures;
  return [
    ...[percent(figures.fillRate), percent(figures.cycleService), String(cycles)],
    ...[percent(figures.stockoutShare), turnover === null ? '-' : turnover.toFixed(1)],
    ...[averageStock, averageValue, holdingCost, orderingCost, shortageCost, cost].map((amount) =>
      amount.toFixed(0),
    ),
  ];
}

function percent(share: number | null): string {
  return share === null || Number.isNaN(share) ? '-' : (100 * share).toFixed(1);
}

/** Columns of numbers with their ends one above the other. */
function padded({ title, head, rows }: ReportTable): ReportTable {
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const isNumeric = head.map((_, i) => rows.every((row) => /^(-?[\d.]+|-)$/.test(row[i] ?? '')));
  const pad = (line: readonly string[]): string[] =>
    line.map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i] as number) : cell));
  return { title, head: pad(head), rows: rows.map(pad) };
}
