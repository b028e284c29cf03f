// `npm run torture`: the real engine killed again and again; the last line is the sum.
import { parseArgs } from 'node:util';
import { differencesText, summary } from './report.js';
import { type TortureOptions, torture } from './torture.js';

const USAGE =
  'usage: npm run torture -- [--kills N] [--seed S] [--rate R] [--window W]\n' +
  '  --kills N   how many kills, from 1 to 10000 (default 50)\n' +
  '  --seed S    of the moments and the load (default: a new one)\n' +
  '  --rate R    messages a second, from 10 to 10000 (default 1000)\n' +
  '  --window W  nats.duplicateWindow, such as 10s (default: that of the setting)\n';

const options = arguments_();
if (options === null) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  // What a stopped run was in the middle of may still wait for something; all is cleaned up.
  process.exit(await main(options));
}

function arguments_(): TortureOptions | null {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: 'string', default: '50' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        rate: { type: 'string', default: '1000' },
        window: { type: 'string' },
      },
    });
    return {
      kills: whole('kills', values.kills, 1, 10_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      rate: whole('rate', values.rate, 10, 10_000),
      window: windowOf(values.window),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return null;
  }
}

function windowOf(text: string | undefined): string | undefined {
  if (text === undefined || /^\d+(s|m|h)$/.test(text)) return text;
  throw new RangeError(`--window must be a duration such as 10s or 2h, not ${text}`);
}

function whole(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new RangeError(`--${name} must be a whole number from ${min} to ${max}, not ${text}`);
}

async function main(given: TortureOptions): Promise<number> {
  const began = performance.now();
  const stopping = new AbortController();
  let stoppedBy: NodeJS.Signals | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stoppedBy = signal;
      stopping.abort(new Error(`stopped by ${signal}`));
    });
  }
  print(`seed ${given.seed}: ${given.kills} kills, some ${given.rate} messages/s`);
  try {
    const verdict = await torture({ ...given, tell: print, signal: stopping.signal });
    for (const line of differencesText(verdict)) print(line);
    print(`${((performance.now() - began) / 1000).toFixed(0)} s with seed ${given.seed}`);
    print(summary(given.kills, verdict));
    return verdict.lost.length + verdict.doubled.length + verdict.wrong.length === 0 ? 0 : 1;
  } catch (error) {
    const { message } = error as Error;
    print(
      `torture: ${stoppedBy === null ? `failed with seed ${given.seed}: ${message}` : message}`,
    );
    return stoppedBy === null ? 1 : 130;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
