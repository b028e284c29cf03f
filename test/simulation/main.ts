// `npm run simulate`: seeds one after the other; the last line is the sum, exit 1 when one failed.
import { parseArgs } from 'node:util';
import { PLANTS, type PlantName } from './plants.js';
import { failureText, runSeries, type Series, stopwatch, summary } from './report.js';
import { simulate } from './simulation.js';

const USAGE =
  'usage: npm run simulate -- [--seeds N] [--first S] [--trace] [--plant NAME]\n' +
  '  --seeds N     how many seeds, from 1 (default 100)\n' +
  '  --first S     the first one (default 1)\n' +
  '  --trace       all that happens, a line each; for a single seed\n' +
  `  --plant NAME  a bug to be found: ${Object.keys(PLANTS).join(', ')}\n`;
/** So many failures are made small and shown whole; it takes a minute each at worst. */
const SHOWN = 3;
const PROGRESS_EVERY_S = 15;

const series = arguments_();
if (series === null) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await main(series);
}

function arguments_(): (Series & { readonly trace: boolean }) | null {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        first: { type: 'string', default: '1' },
        plant: { type: 'string' },
        trace: { type: 'boolean', default: false },
      },
    });
    const seeds = whole('seeds', values.seeds, 1);
    const first = whole('first', values.first, 0);
    const { plant = null, trace } = values;
    if (plant !== null && !Object.hasOwn(PLANTS, plant)) {
      throw new RangeError(`--plant ${plant} is not known`);
    }
    if (trace && seeds !== 1) throw new RangeError('--trace is for a single seed: --seeds 1');
    return { seeds, first, plant: plant as PlantName | null, trace };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return null;
  }
}

function whole(name: string, text: string, min: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= 2 ** 31) return number;
  throw new RangeError(`--${name} must be a whole number from ${min} to 2^31, not ${text}`);
}

async function main({ trace, ...series }: Series & { readonly trace: boolean }): Promise<number> {
  const seconds = stopwatch();
  if (trace) {
    const plant = series.plant === null ? null : PLANTS[series.plant];
    await simulate({ seed: series.first, plant, onTrace: print });
  }
  let shown = 0;
  let toldAt = 0;
  const sum = await runSeries(series, {
    onSeed: (so) => {
      if (seconds() - toldAt < PROGRESS_EVERY_S) return;
      toldAt = seconds();
      process.stderr.write(`${so.seeds} of ${series.seeds} seeds, ${so.failures} failures\n`);
    },
    onFailure: async (result) => {
      shown += 1;
      print(
        shown <= SHOWN
          ? await failureText(result, { plant: series.plant })
          : `seed ${result.seed} fails: ${result.problems[0]}`,
      );
    },
  });
  const faults = [...sum.faults].sort(([a], [b]) => (a < b ? -1 : 1));
  print(`faults: ${faults.map(([kind, times]) => `${kind} ${times}`).join(', ')}`);
  print(summary(sum, seconds()));
  return sum.failures === 0 ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
