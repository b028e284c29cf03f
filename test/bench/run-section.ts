// One section of the benchmarks in a process of its own; the report goes to the parent.
import { benchAllocation } from './allocation.js';
import { benchClickHouse } from './clickhouse.js';
import { benchCore } from './core.js';
import { benchForecast } from './forecast.js';
import { benchLatency } from './latency.js';
import { benchReplay } from './replay.js';
import type { Report } from './report.js';
import { benchMillion, benchSnapshot } from './snapshot.js';
import { benchThroughput } from './throughput.js';

const SECTIONS: Readonly<Record<string, () => Report | Promise<Report>>> = {
  core: benchCore,
  latency: benchLatency,
  throughput: benchThroughput,
  replay: benchReplay,
  snapshot: benchSnapshot,
  million: benchMillion,
  forecast: benchForecast,
  allocation: benchAllocation,
  clickhouse: async () => {
    const figures = await benchClickHouse();
    return { title: 'History into ClickHouse (embedded)', text: [], figures };
  },
};

// Ended at its limit, or without a parent: leave as after any other end, so that folders go away.
process.once('SIGTERM', () => process.exit(143));
process.once('disconnect', () => process.exit());

const run = SECTIONS[process.argv[2] ?? ''];
if (run === undefined) throw new Error(`no section ${process.argv[2]}`);
const report = await run();
await new Promise<void>((resolve) => {
  if (process.send === undefined) {
    process.stdout.write(`${report.text.join('\n')}\n`);
    resolve();
  } else process.send(report, () => resolve());
});
process.disconnect?.();
