// `npm run fuzz`: a long fuzz run; the last line is its summary, and a failure names its seed.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';

const USAGE = 'usage: npm run fuzz -- [--messages N] [--seed S]\n';
const options = arguments_();
if (options === null) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  await main(options);
}

function arguments_(): { messages: number; seed: string } | null {
  try {
    const { values } = parseArgs({
      options: { messages: { type: 'string' }, seed: { type: 'string' } },
    });
    const messages = Number(values.messages ?? 1_000_000);
    const seed = values.seed ?? String(Date.now());
    if (Number.isInteger(messages) && messages > 0) return { messages, seed };
    process.stderr.write(`--messages must be a whole number above 0, got ${values.messages}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  return null;
}

async function main({ messages, seed }: { messages: number; seed: string }): Promise<void> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const onProgress = (done: number) =>
    process.stdout.write(`${done.toLocaleString('en')} messages, ${seconds()} s\n`);
  try {
    const summary = await fuzz({ messages, seed, onProgress });
    process.stdout.write(
      `${JSON.stringify({ seed, ...summary, seconds: seconds(), failed: 0 })}\n`,
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.stdout.write(`${JSON.stringify({ seed, messages, seconds: seconds(), failed: 1 })}\n`);
    process.exitCode = 1;
  }
}
