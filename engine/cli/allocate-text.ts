// An allocation as tables for people.
import type { AllocationReport, LimitReport, NeedReport } from '../allocation/report.js';
import { amountText, limitName, money } from '../allocation/words.js';
import { table } from './terminal.js';

/** @param rows needs that are shown, at most */
export function allocationText(report: AllocationReport, rows: number): string {
  const parts = [report.status === 'impossible' ? `impossible: ${report.says}` : head(report)];
  if (report.needs.length > 0 && rows > 0) parts.push(needTable(report.needs, rows));
  if (report.limits.length > 0) parts.push(limitTable(report.limits), prices(report.limits));
  parts.push(report.notOrdered.map(({ says }) => says).join('\n'), leftOut(report));
  return parts.filter((part) => part !== '').join('\n\n');
}

function head({ says, asOf, marginSaved, bound, gap, seconds }: AllocationReport): string {
  const rows = [
    ['as of', asOf],
    ['needs', says],
    [
      'margin saved',
      `${money(marginSaved ?? 0)} expected; no more than ${money(bound ?? 0)} can be`,
    ],
    ['gap', `${(100 * (gap ?? 0)).toPrecision(2)} % at most, proven; ${seconds.toFixed(2)} s`],
  ];
  return table(['', ''], rows).trimStart();
}

function needTable(needs: readonly NeedReport[], most: number): string {
  const rows = needs
    .slice(0, most)
    .map((need) => [
      need.sku,
      need.location,
      need.supplier,
      amount(need.asked),
      amount(need.quantity),
      amount(need.short),
      cents(need.cost),
      cents(need.marginSaved),
      cents(need.marginLost),
      need.because ?? '',
    ]);
  const columns = ['SKU', 'location', 'supplier', 'asked', 'gets', 'short', 'cost'];
  const shown = table([...columns, 'saves', 'loses', 'because'], rows);
  const more = needs.length - most;
  return more > 0 ? `${shown}\n… and ${more} more: --rows, or --json` : shown;
}

function limitTable(limits: readonly LimitReport[]): string {
  const rows = limits.map((limit) => [
    limitName(limit),
    `${limit.kind === 'minimum' ? 'at least ' : ''}${amountText(limit.amount)}`,
    amountText(limit.used),
    limit.isBinding ? money(limit.shadowPrice) : '-',
  ]);
  return table(['limit', 'there is', 'taken', 'shadow price'], rows);
}

function prices(limits: readonly LimitReport[]): string {
  return limits.flatMap(({ isBinding, says }) => (isBinding ? [says] : [])).join('\n');
}

function leftOut(report: AllocationReport): string {
  const rows = report.leftOut.map(({ sku, location, quantity, reason }) => {
    return [sku, location, amount(quantity), reason];
  });
  return rows.length === 0 ? '' : table(['left out', 'location', 'asked', 'because'], rows);
}

function cents(value: number): number {
  return Number(value.toFixed(2));
}

function amount(value: number): number {
  return Number(value.toPrecision(6));
}
