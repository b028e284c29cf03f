// `npm test`: lint, types and tests, each counted, summed in one last line.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere } from './children.mjs';
import { npm } from './npm.mjs';

const STEP_LIMIT_MS = 10 * 60_000;
const SHOWN_SKIPPED = 40;
const TESTS_ONLY = '--tests-only';

/**
 * Runs all steps, also after one has failed; gives what passed, failed and was skipped.
 * `args` go to vitest as filters, without TESTS_ONLY, which leaves lint and types out.
 */
export async function runChecks({ root, env, say, args }) {
  const sum = { passed: 0, failed: 0, skipped: [] };
  for (const step of args.includes(TESTS_ONLY) ? [] : ['lint', 'types']) {
    const { code, output } = await npm(['run', step], {
      cwd: root,
      root,
      env,
      timeoutMs: STEP_LIMIT_MS,
    });
    say(`${step}: ${code === 0 ? 'passed' : `FAILED (exit ${code})`}`);
    if (code === 0) sum.passed++;
    else {
      process.stderr.write(output);
      sum.failed++;
    }
  }
  const filters = args.filter((arg) => arg !== TESTS_ONLY);
  const tests = await runTests({ root, env, filters });
  sum.passed += tests.passed;
  sum.failed += tests.failed;
  sum.skipped.push(...tests.skipped);
  return sum;
}

/** The line that ends a run, after the tests that were skipped, by name. */
export function printSum({ passed, failed, skipped }) {
  for (const name of skipped.slice(0, SHOWN_SKIPPED)) console.log(`SKIPPED ${name}`);
  if (skipped.length > SHOWN_SKIPPED) {
    console.log(`SKIPPED ${skipped.length - SHOWN_SKIPPED} more`);
  }
  console.log(`${passed} passed, ${failed} failed`);
}

/** Runs vitest on this terminal and counts what its report says. */
async function runTests({ root, env, filters }) {
  const folder = await mkdtemp(join(tmpdir(), 'stockpulse-report-'));
  try {
    const report = join(folder, 'report.json');
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const args = [vitest, 'run', '--reporter=default', '--reporter=json'];
    const code = await runHere(process.execPath, [...args, `--outputFile=${report}`, ...filters], {
      cwd: root,
      env,
    });
    return countReport(await readReport(report), code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // The runner died before its report: countReport makes a failure of that.
    return { testResults: [] };
  }
}

/**
 * Counts single tests, and one failure for each file that failed outside of its tests (it did not
 * load, a hook broke) or for a run that failed without saying where.
 */
export function countReport(report, exitCode) {
  const sum = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    let failedHere = 0;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') sum.passed++;
      else if (test.status === 'failed') failedHere++;
      else sum.skipped.push(test.fullName);
    }
    sum.failed += file.status === 'failed' ? Math.max(1, failedHere) : failedHere;
  }
  const untold = sum.failed === 0 && (exitCode !== 0 || sum.passed === 0);
  return untold ? { ...sum, failed: 1 } : sum;
}
