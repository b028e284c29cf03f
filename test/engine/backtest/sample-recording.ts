// Recordings for tests, from units of series; NaN: not known.
import { buildRecording } from '../../../engine/backtest/build-recording.js';
import { bucketAt } from '../../../engine/backtest/calendar.js';
import { RowProblems } from '../../../engine/backtest/problems.js';
import type { Recording } from '../../../engine/backtest/recording.js';
import { RecordedRows } from '../../../engine/backtest/rows.js';

export interface SampleSeries {
  /** Days behind the first one of the sample. */
  readonly from?: number;
  readonly units: readonly number[];
  /** Days, from that of the series, without stock all day. */
  readonly soldOut?: readonly number[];
}

export const FIRST_DAY = bucketAt(Date.UTC(2026, 0, 5), 'day');

/** Series s0, s1 …, days from Monday, 5 January 2026. */
export function sampleRecording(series: readonly SampleSeries[]): Recording {
  const rows = new RecordedRows();
  rows.addChannel('inStockShare');
  series.forEach(({ from = 0, units, soldOut = [] }, s) => {
    units.forEach((one, day) => {
      const bucket = FIRST_DAY + from + day;
      const number = rows.seriesNumber(`s${s}`, '');
      const i = rows.add(number, { file: 0, line: 1 }, { bucket, units: one });
      (rows.channels.inStockShare as Float32Array)[i] = soldOut.includes(day) ? 0.5 : 1;
    });
  });
  const problems = new RowProblems();
  return buildRecording(rows, { bucket: 'day', gaps: 'zero', files: ['sample'], problems });
}
