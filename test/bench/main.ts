// `npm run bench`: figures of the engine side by side with what a bare program would do.
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Machine, machine } from './machine.js';
import type { Report } from './report.js';

const NAMES = ['core', 'snapshot', 'replay', 'latency', 'throughput', 'clickhouse'];
/** Too long to be among the others: run when it is named. */
const LONG_NAMES = ['million', 'forecast', 'allocation'];
const LONG_LIMIT_MS = 900_000;
const SECTION_LIMIT_MS = 150_000;
const TOTAL_LIMIT_MS = 295_000;
const USAGE =
  'usage: npm run bench -- [section…] [--json FILE]\n' +
  `sections: ${NAMES.join(', ')}; without any, all of them; and ${LONG_NAMES.join(', ')}\n`;

const { values, positionals } = arguments_();
if (values === null) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  await main(positionals.length > 0 ? positionals : NAMES, values.json);
}

function arguments_() {
  try {
    const parsed = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
    const known = [...NAMES, ...LONG_NAMES];
    if (parsed.positionals.every((name) => known.includes(name))) return parsed;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  return { values: null, positionals: [] };
}

async function main(names: readonly string[], json: string | undefined): Promise<void> {
  const began = performance.now();
  const where = machine();
  print(describe(where));
  const sections: Record<string, object> = {};
  for (const name of names) {
    try {
      const { title, text, figures } = await runSection(
        name,
        began + TOTAL_LIMIT_MS - performance.now(),
      );
      print(`\n## ${title}\n`, ...text);
      sections[name] = figures;
    } catch (error) {
      process.exitCode = 1;
      print(`\n## ${name} failed: ${(error as Error).message}`);
      sections[name] = { error: (error as Error).message };
    }
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  print(`\n${seconds} s in all; load at the end ${machine().load}`);
  const figures = { machine: where, seconds, sections };
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
}

function describe(m: Machine): string {
  return (
    `${m.cpu}, ${m.cores} cores, ${m.memoryGiB} GiB (${m.freeGiB} free), load ${m.load}, ` +
    `Node.js ${m.node}, commit ${m.commit}, ${m.at}`
  );
}

/** The section's process hands back one report; it is ended at its limit. */
async function runSection(name: string, leftMs: number): Promise<Report> {
  const isLong = LONG_NAMES.includes(name);
  const limitMs = isLong ? LONG_LIMIT_MS : Math.min(SECTION_LIMIT_MS, leftMs);
  if (limitMs < 1_000) throw new Error('no time is left for it; name it to run it alone');
  const child = fork(new URL('./run-section.ts', import.meta.url), [name]);
  const timer = setTimeout(() => child.kill('SIGTERM'), limitMs);
  let report: Report | null = null;
  child.on('message', (message) => {
    report = message as Report;
  });
  try {
    const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit, signal) => resolve(signal ?? exit));
    });
    if (report === null) {
      const seconds = Math.round(limitMs / 1000);
      throw new Error(`no report within ${seconds} s; its process ended with ${code}`);
    }
    return report;
  } finally {
    clearTimeout(timer);
  }
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
