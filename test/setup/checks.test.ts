// The last line of a test run never says "0 failed" when something failed.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { countReport, printSum } from '#setup/checks.mjs';
import { runQuiet } from '#setup/children.mjs';
import { scratch } from './scratch.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const REPO = fileURLToPath(new URL('../..', import.meta.url));

it('counts a real run: passed, failed, skipped by name, and a file that does not load', async () => {
  const { sum } = await runOn({
    'a.test.mjs': `
      import { expect, it } from 'vitest';
      it('adds', () => expect(1 + 1).toBe(2));
      it('is wrong', () => expect(1 + 1).toBe(3));
      it.skip('waits for another day', () => {});`,
    'b.test.mjs': "import './no-such-file.mjs';",
  });
  expect(sum).toEqual({ passed: 1, failed: 2, skipped: ['waits for another day'] });
});

it('counts an error outside of every test as a failure', async () => {
  const { sum, code } = await runOn({
    'a.test.mjs': `
      import { it } from 'vitest';
      it('passes', () => { setTimeout(() => { throw new Error('late'); }, 1); return new Promise((r) => setTimeout(r, 100)); });`,
  });
  expect(code).not.toBe(0);
  expect(sum).toMatchObject({ passed: 1, failed: 1 });
});

it('counts a run without any test, or without a report, as a failure', () => {
  expect(countReport({ testResults: [] }, 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(countReport({ testResults: [] }, 1)).toMatchObject({ passed: 0, failed: 1 });
});

it('ends with the sum alone on its line, after the names of what was skipped', () => {
  const print = vi.spyOn(console, 'log').mockReturnValue(undefined);
  printSum({ passed: 3, failed: 1, skipped: ['one'] });
  expect(print.mock.calls).toEqual([['SKIPPED one'], ['3 passed, 1 failed']]);
  print.mockRestore();
});

async function runOn(files: Record<string, string>) {
  const root = await scratch(files);
  const script = `
    const { countReport } = await import(${JSON.stringify(join(REPO, 'engine/setup/checks.mjs'))});
    const { readFileSync } = await import('node:fs');
    const { runQuiet } = await import(${JSON.stringify(join(REPO, 'engine/setup/children.mjs'))});
    const vitest = ${JSON.stringify(join(REPO, 'node_modules/vitest/vitest.mjs'))};
    const args = ['run', '--root', ${JSON.stringify(root)}, '--reporter=json'];
    const run = await runQuiet(process.execPath, [vitest, ...args, '--outputFile=report.json'],
      { cwd: ${JSON.stringify(REPO)}, timeoutMs: 60000 });
    const report = JSON.parse(readFileSync(${JSON.stringify(join(root, 'report.json'))}, 'utf8'));
    console.log(JSON.stringify({ sum: countReport(report, run.code), code: run.code }));`;
  const args = ['--input-type=module', '-e', script];
  const { VITEST: _, ...env } = process.env;
  const { output } = await runQuiet(process.execPath, args, { cwd: REPO, env, timeoutMs: 90_000 });
  return JSON.parse(output) as { sum: object; code: number };
}
