// Finds or fetches a nats-server, in one fixed order; says what it does to the machine first.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runQuiet } from './children.mjs';
import { installRelease, NATS_VERSION, releasePath } from './nats-release.mjs';
import { PACKAGE_ROOT } from './root.mjs';
import { SetupError, say as sayLine } from './say.mjs';

const ASK_LIMIT_MS = 8_000;
const PULL_LIMIT_MS = 300_000;
const APT_LIMIT_MS = 300_000;
/** Debian puts it where a plain user's PATH does not look. */
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The ways, first one that works wins: the server that STOCKPULSE_NATS_URL names, the one that
 * STOCKPULSE_NATS_SERVER names, PATH, an earlier download, Docker, Debian's package, the release.
 * A way gives { env, detail } or { no: reason }.
 */
export const WAYS = [
  namedByUrl,
  namedByPath,
  onPath,
  downloadedBefore,
  throughDocker,
  throughApt,
  throughRelease,
];

/** @see nats-server.d.mts */
export async function ensureNatsServer(options = {}) {
  const { root = PACKAGE_ROOT, env = process.env, say = sayLine, ways = WAYS } = options;
  const reasons = [];
  for (const way of ways) {
    const outcome = await way({ root, env, say });
    if (outcome.no === undefined) return outcome;
    if (outcome.no !== '') reasons.push(`  - ${outcome.no}`);
  }
  throw new SetupError(
    `no nats-server, and none could be fetched:\n${reasons.join('\n')}\n` +
      'Three ways out:\n' +
      '  1. install it so that it is on PATH (https://docs.nats.io, or your package manager);\n' +
      `  2. start Docker, so that the image nats:${NATS_VERSION} can be used;\n` +
      '  3. set STOCKPULSE_NATS_URL to a NATS server with JetStream, e.g. nats://127.0.0.1:4222.',
  );
}

function namedByUrl({ env }) {
  const url = env.STOCKPULSE_NATS_URL;
  if (!url) return { no: '' };
  return { kind: 'url', env: {}, detail: 'the server that STOCKPULSE_NATS_URL names' };
}

function namedByPath({ env }) {
  const server = env.STOCKPULSE_NATS_SERVER;
  if (!server) return { no: '' };
  if (server.startsWith('docker:')) {
    return { kind: 'docker', env: {}, detail: `${server} (STOCKPULSE_NATS_SERVER)` };
  }
  if (!isExecutable(server)) {
    throw new SetupError(
      `STOCKPULSE_NATS_SERVER is ${server}, which is no executable file. Correct it or unset it.`,
    );
  }
  return binary(server, 'STOCKPULSE_NATS_SERVER');
}

export function onPath({ env, extraFolders = EXTRA_FOLDERS }) {
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((one) => one !== '');
  const all = [...folders, ...extraFolders];
  const found = all.map((one) => join(one, name)).find(isExecutable);
  return found === undefined ? { no: 'no nats-server on PATH' } : binary(found, 'on PATH');
}

function downloadedBefore({ root }) {
  const path = releasePath(root);
  return isExecutable(path) ? binary(path, 'downloaded earlier') : { no: '' };
}

/** A docker command without an engine behind it is common, and answers at once or never. */
export async function throughDocker({ env, say, askLimitMs = ASK_LIMIT_MS }) {
  const image = `nats:${NATS_VERSION}`;
  const ask = (args, timeoutMs) => runQuiet('docker', args, { env, timeoutMs });
  const engine = await ask(['version', '--format', '{{.Server.Version}}'], askLimitMs);
  if (engine.code !== 0) return { no: `no Docker engine (${lastLine(engine)})` };
  const present = await ask(['image', 'inspect', image], askLimitMs);
  if (present.code !== 0) {
    say(`pulling the Docker image ${image}`);
    const pull = await ask(['pull', '--quiet', image], PULL_LIMIT_MS);
    if (pull.code !== 0) return { no: `Docker cannot pull ${image} (${lastLine(pull)})` };
  }
  return {
    kind: 'docker',
    env: { STOCKPULSE_NATS_SERVER: `docker:${image}` },
    detail: `Docker image ${image}`,
  };
}

export async function throughApt({ env, say }) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return { no: 'no apt-get: not Debian or Ubuntu' };
  }
  const root = process.getuid?.() === 0;
  const run = (command, timeoutMs) =>
    runQuiet(root ? command[0] : 'sudo', root ? command.slice(1) : ['-n', ...command], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      timeoutMs,
    });
  if (!root && (await run(['true'], ASK_LIMIT_MS)).code !== 0) {
    return { no: 'apt-get needs root, and sudo asks for a password' };
  }
  say(`installing the package nats-server with apt-get, ${root ? 'as root' : 'by sudo'}`);
  const update = await run(['apt-get', 'update', '-q'], APT_LIMIT_MS);
  const known = await run(['apt-cache', 'show', 'nats-server'], ASK_LIMIT_MS);
  if (known.code !== 0) {
    const list = update.code === 0 ? '' : `; apt-get update failed too (${lastLine(update)})`;
    return { no: `this release of Debian or Ubuntu has no package nats-server${list}` };
  }
  const arguments_ = ['install', '-y', '-q', '--no-install-recommends', 'nats-server'];
  const install = await run(['apt-get', ...arguments_], APT_LIMIT_MS);
  if (install.code !== 0) return { no: `apt-get install failed (${lastLine(install)})` };
  const found = onPath({ env });
  return 'no' in found ? { no: 'apt-get installed nats-server, and yet it is not there' } : found;
}

async function throughRelease({ root, say }) {
  try {
    return binary(await installRelease({ root, say }), `official release ${NATS_VERSION}`);
  } catch (error) {
    if (error instanceof SetupError) return { no: error.message };
    throw error;
  }
}

function binary(path, how) {
  return { kind: 'binary', env: { STOCKPULSE_NATS_SERVER: path }, detail: `${path} (${how})` };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Absent, or not ours to run: the same to a caller who looks for one that runs.
    return false;
  }
}

function lastLine({ output, timedOut }) {
  if (timedOut) return 'no answer in time';
  return output.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
}
