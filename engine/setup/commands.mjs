// The commands behind the npm scripts: prepare the machine, then run what was asked for.
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureChdb } from './chdb.mjs';
import { printSum, runChecks } from './checks.mjs';
import { passSignalsOn, runHere, stopSignal } from './children.mjs';
import { ensureDependencies, tryNativeTensorFlow } from './dependencies.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { PACKAGE_ROOT } from './root.mjs';
import { SetupError, say } from './say.mjs';

const root = PACKAGE_ROOT;
const USAGE =
  'usage: node engine/setup/bootstrap.mjs setup | demo | test | bench | fuzz | simulate | torture ' +
  '[arguments]';

/** Runs one command; resolves with the exit code. */
export async function main([command, ...rest]) {
  passSignalsOn();
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  if (command === 'test') return await test(args);
  try {
    switch (command) {
      case 'setup':
        await prepare();
        say('ready');
        return 0;
      case 'demo':
        return await start([join('dist', 'engine', 'cli', 'main.js'), 'demo', ...args]);
      case 'bench':
        return await start(['--import', 'tsx', join('test', 'bench', 'main.ts'), ...args]);
      case 'torture':
        return await start(['--import', 'tsx', join('test', 'torture', 'main.ts'), ...args]);
      case 'fuzz':
        return await startAlone('fuzz', args);
      case 'simulate':
        return await startAlone('simulation', args);
      default:
        say(USAGE);
        return 2;
    }
  } catch (error) {
    return explain(error);
  }
}

async function start(args) {
  const env = await prepare();
  return await runHere(process.execPath, args, { cwd: root, env });
}

/** What needs no server and no build: the packages alone. */
async function startAlone(folder, args) {
  const env = { ...process.env };
  await ensureDependencies({ root, env, say });
  const script = join('test', folder, 'main.ts');
  return await runHere(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root, env });
}

/** Everything a fresh clone lacks; gives the environment that what is started runs in. */
async function prepare() {
  const env = { ...process.env };
  await ensureDependencies({ root, env, say });
  await tryNativeTensorFlow({ root, env, say });
  await ensureBuilt({ root, env, say });
  const nats = await ensureNatsServer({ root, env, say });
  say(`NATS: ${nats.detail}`);
  Object.assign(env, nats.env);
  if (env.STOCKPULSE_CLICKHOUSE_URL) {
    say('ClickHouse: the server that STOCKPULSE_CLICKHOUSE_URL names');
  } else {
    env.STOCKPULSE_CHDB = await ensureChdb({ root, env, say });
    say(`ClickHouse: embedded, ${env.STOCKPULSE_CHDB}`);
  }
  return env;
}

/** The set-up counts as one step: where it fails nothing else can be told. */
async function test(args) {
  let sum = { passed: 0, failed: 1, skipped: [] };
  try {
    const env = await prepare();
    const checks = await runChecks({ root, env, say, args });
    sum = { ...checks, passed: checks.passed + 1 };
  } catch (error) {
    explain(error);
  }
  if (stopSignal() !== null) sum = { ...sum, failed: Math.max(1, sum.failed) };
  printSum(sum);
  return sum.failed === 0 ? 0 : 1;
}

function explain(error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output !== '') process.stderr.write(`${error.output.trimEnd()}\n`);
  say(stopSignal() === null ? error.message : `stopped by ${stopSignal()}`);
  return 1;
}
