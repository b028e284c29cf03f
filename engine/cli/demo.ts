// `stockpulse demo`: the product at work on real orders.
import type { Command } from 'commander';
import { runDemo } from '../demo/run.js';
import type { DemoSummary } from '../demo/summary.js';
import { exitCodes, interruption, UsageError } from './exit.js';
import { Terminal, table } from './terminal.js';

interface Options {
  readonly headless?: boolean;
  readonly for?: string;
  readonly speed: string;
}

const USUAL_SPEED = '7200';

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('real orders, sped up, against a simulated warehouse; starts all that it needs')
    .option('--headless', 'nobody watches: end by itself and print one JSON line')
    .option('--for <seconds>', 'play this long after the warm-up (headless: 60)')
    .option('--speed <times>', 'times faster than it was', USUAL_SPEED)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const speed = positive('--speed', options.speed);
  const seconds = options.for ?? (options.headless ? '60' : undefined);
  const forSeconds = seconds === undefined ? null : positive('--for', seconds);
  const terminal = new Terminal({ json: options.headless });
  const interrupted = interruption();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const summary = await runDemo({
      env: process.env,
      speed,
      forSeconds,
      signal: interrupted.signal,
      say,
    });
    terminal.result(summary, report(summary));
    if (!summary.ok) process.exitCode = exitCodes.failed;
  } finally {
    interrupted.dispose();
  }
}

function report(summary: DemoSummary): string {
  const { events, signals, alerts, latencyMs } = summary;
  const rows: [string, string | number | null][] = [
    ['events published', events.published],
    ['events decided', events.decided],
    ['signals', signals.raised],
    ['answered by a purchase order', signals.answered],
    ['alerts', alerts.sent],
    ['networks that took over', summary.models],
    ['latency p50, ms', rounded(latencyMs.p50)],
    ['latency p99, ms', rounded(latencyMs.p99)],
    ['stream time', summary.streamTime],
  ];
  const end = summary.ok ? 'All is well.' : summary.problems.map((p) => `Wrong: ${p}`).join('\n');
  return `${table(['', ''], rows)}\n${end}`;
}

function rounded(ms: number | null): string | null {
  return ms === null ? null : ms.toFixed(1);
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new UsageError(`${option} must be a number above 0, got ${text}`);
}
