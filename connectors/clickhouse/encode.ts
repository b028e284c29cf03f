// Rows to lines of JSONCompactEachRow: an array per row, in the order of the table's columns.
import type { Column, HistoryTable } from './tables.js';

/** The rows' lines, each with its newline. Throws a RangeError for a value no column can hold. */
export function encodeRows<Row>(table: HistoryTable<Row>, rows: readonly Row[]): Buffer {
  let text = '';
  for (const row of rows) text += encodeRow(table, row);
  return Buffer.from(text, 'utf8');
}

function encodeRow<Row>(table: HistoryTable<Row>, row: Row): string {
  let line = '[';
  for (const column of table.columns) {
    if (line.length > 1) line += ',';
    line += encodeValue(table.name, column, row[column.field]);
  }
  return `${line}]\n`;
}

function encodeValue<Row>(table: string, column: Column<Row>, value: unknown): string {
  switch (column.kind) {
    case 'text':
      if (typeof value === 'string') return encodeText(value);
      break;
    case 'count':
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return `${value}`;
      break;
    case 'number':
      if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
      break;
    case 'number?':
      // A forecaster that is cold says NaN: not known.
      if (value === null || typeof value === 'number') {
        return Number.isFinite(value) ? `${value}` : 'null';
      }
      break;
    case 'time':
    case 'time?':
      // A bare whole number is read as ticks of the column's scale, which are milliseconds.
      if (typeof value === 'number' && Number.isSafeInteger(value)) return `${value}`;
      if (value === null && column.kind === 'time?') return 'null';
      break;
    default: {
      const never: never = column.kind;
      throw new Error(`unknown kind of column ${never}`);
    }
  }
  throw new RangeError(`${table}.${column.field} must be a ${column.kind}, not ${String(value)}`);
}

/** Printable ASCII without quote and backslash: stands for itself. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function encodeText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  // Halves of surrogate pairs become U+FFFD here: no JSON reader would take them.
  return JSON.stringify(Buffer.from(text, 'utf8').toString('utf8'));
}
