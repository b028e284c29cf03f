// Developer's tool: writes the demo's recordings with one event for each order line.
//
//   npx tsx engine/demo/expand-orders.ts OUT.ndjson [FILE.ndjson.gz…]
//
// Without FILE: catalog, warm-up and autumn of config/demo, more than 100,000 events.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { InventoryEvent } from '../../operators/events/event.js';
import { demoFiles, readEvents } from './data.js';
import { expandToLines } from './expand-lines.js';

async function main(out: string, paths: readonly string[]): Promise<void> {
  const { catalog, warmup, autumn } = demoFiles();
  const from = paths.length > 0 ? paths : [catalog, warmup, autumn];
  let count = 0;
  async function* lines(events: AsyncIterable<InventoryEvent>): AsyncGenerator<string> {
    for await (const event of events) {
      count++;
      yield `${JSON.stringify(event)}\n`;
    }
  }
  const text = lines(expandToLines(readEvents(...from)));
  await pipeline(Readable.from(text), createWriteStream(out));
  process.stdout.write(`${out}: ${count} events\n`);
}

const [out, ...paths] = process.argv.slice(2);
if (out === undefined) {
  process.stderr.write('usage: tsx engine/demo/expand-orders.ts OUT.ndjson [FILE.ndjson.gz…]\n');
  process.exitCode = 2;
} else await main(out, paths);
