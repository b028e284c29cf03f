// The header of recorded sales: which column is what.
import { CHANNEL_NAMES, type ChannelName } from './channels.js';
import { RecordingError } from './problems.js';

const REQUIRED = ['series', 'start', 'units'] as const;

/** Index of each column in a row; -1 where there is none. */
export interface Header {
  readonly width: number;
  readonly series: number;
  readonly start: number;
  readonly units: number;
  readonly category: number;
  readonly channels: readonly { readonly name: ChannelName; readonly at: number }[];
  /** Columns that mean nothing to us. */
  readonly unknown: readonly string[];
}

/** @throws RecordingError when a needed column is missing, or one is there twice */
export function readHeader(names: readonly string[]): Header {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RecordingError(`line 1: column ${JSON.stringify(twice)} is there twice; keep one`);
  }
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new RecordingError(missingText(missing, names));
  const known = new Set<string>([...REQUIRED, 'category', ...CHANNEL_NAMES]);
  const [series, start, units] = REQUIRED.map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
  ];
  return {
    width: names.length,
    ...{ series, start, units, category: names.indexOf('category') },
    channels: CHANNEL_NAMES.filter((name) => names.includes(name)).map((name) => ({
      name,
      at: names.indexOf(name),
    })),
    unknown: names.filter((name) => !known.has(name)),
  };
}

function missingText(missing: readonly string[], names: readonly string[]): string {
  const whole = names.join(',');
  const isSemicolons = names.length === 1 && whole.includes(';');
  const hint = isSemicolons
    ? 'columns must be parted by commas, not by semicolons'
    : `it must name ${REQUIRED.join(', ')}; it may name category, ${CHANNEL_NAMES.join(', ')}`;
  const shown = whole.length > 200 ? `${whole.slice(0, 200)}…` : whole;
  const what = missing.length === 1 ? 'column' : 'columns';
  return `line 1: ${what} ${missing.join(', ')} missing in ${JSON.stringify(shown)}: ${hint}`;
}
