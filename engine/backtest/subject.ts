// What a backtest tests: the forecasters of the engine, over a table with a row for each series.
import type { Settings } from '../../config/settings.js';
import { HoltWinters } from '../../operators/forecast/holt-winters.js';
import { SeasonalNaive } from '../../operators/forecast/seasonal-naive.js';
import { Table } from '../../operators/stream/table.js';
import { SEASONS } from './calendar.js';
import type { Subject } from './contender.js';
import type { Recording } from './recording.js';

export interface SubjectOptions {
  readonly recording: Recording;
  readonly settings: Settings;
}

export type MakeSubject = (options: SubjectOptions) => Subject;

/** The forecasters of the engine, as `forecast` sets them. */
export function engineSubject({ recording, settings }: SubjectOptions): Subject {
  const table = seriesTable(recording);
  const seasons = SEASONS[recording.bucket];
  const bank = [
    new SeasonalNaive(table, seasons),
    new HoltWinters(table, { ...settings.forecast, seasons }),
  ];
  return {
    contenders: bank.map((forecaster) => ({
      name: forecaster.name,
      isAwaited: true,
      predict: (row, horizon, out) => forecaster.predict(row, horizon, out),
      distribution: () => null,
    })),
    bytesPerRow: table.bytesPerRow,
    learn: (row, bucket) => {
      for (const forecaster of bank) forecaster.learn(row, bucket);
    },
    bucketDone: () => undefined,
  };
}

/** A table whose row numbers are the recording's numbers of series. */
export function seriesTable(recording: Recording): Table {
  const table = new Table();
  const location = table.locations.intern('backtest');
  for (const name of recording.series) table.row(table.skus.intern(name), location);
  return table;
}
