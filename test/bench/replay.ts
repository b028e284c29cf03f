// Replay: the demo's recordings through `stockpulse replay`'s way, files in and files out.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import { demoFiles } from '../../engine/demo/data.js';
import { type ReplaySummary, replay } from '../../engine/replay.js';
import { rateOf, showSpread, spreadOf, textTable } from './figures.js';
import { demoLines } from './messages.js';
import type { Report } from './report.js';

const ROUNDS = 3;
/** No further round begins after so long. */
const LIMIT_MS = 15_000;

export async function benchReplay(): Promise<Report> {
  const { catalog, warmup, autumn, settings: file } = demoFiles();
  const settings = loadSettings({ file, env: {} });
  const out = await mkdtemp(join(tmpdir(), 'stockpulse-bench-'));
  // Also where the section is ended at its limit.
  const sweep = (): void => rmSync(out, { recursive: true, force: true });
  process.once('exit', sweep);
  const seconds: number[] = [];
  const parsing: number[] = [];
  let summary: ReplaySummary | null = null;
  const endMs = performance.now() + LIMIT_MS;
  try {
    for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < endMs); round++) {
      parsing.push(secondsOfParsing());
      summary = await replay({ files: [catalog, warmup, autumn], out, settings });
      seconds.push(summary.wallSeconds);
    }
  } finally {
    sweep();
  }
  if (summary === null) throw new Error('nothing was replayed');
  const amounts = { events: summary.events.read, lines: orderLines() };
  const row = (what: string, amount: number): string[] => [
    `${what} a second`,
    showSpread(rateOf(amount, spreadOf(parsing))),
    showSpread(rateOf(amount, spreadOf(seconds))),
  ];
  const rows = [row('events', amounts.events), row('order lines', amounts.lines)];
  return {
    title: `Replay: ${amounts.events} events, ${amounts.lines} order lines of the demo`,
    text: [textTable(['median (slowest … quickest)', 'unzip and JSON.parse', 'replay'], rows)],
    figures: { ...amounts, seconds, secondsOfParsing: parsing, signals: summary.signals },
  };
}

function secondsOfParsing(): number {
  const began = performance.now();
  const { catalog, orders } = demoLines();
  for (const line of [...catalog, ...orders]) JSON.parse(line);
  return (performance.now() - began) / 1000;
}

function orderLines(): number {
  let lines = 0;
  for (const json of demoLines().orders) {
    const event = JSON.parse(json) as { type: string; lines?: readonly unknown[] };
    if (event.type === 'order.placed') lines += event.lines?.length ?? 0;
  }
  return lines;
}
