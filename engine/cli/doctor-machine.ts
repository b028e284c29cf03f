// Checks of this machine: Node.js, the data folder, the port, TensorFlow, the built page.
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { builtWebFolder } from '../../dashboards/web-files.js';
import { loadTensorFlow } from '../workers/tensorflow.js';
import { type Check, failed, note, ok } from './doctor-check.js';

const OLDEST_NODE = [20, 19] as const;
const LITTLE_SPACE_BYTES = 2 * 1024 ** 3;
const ANSWER_LIMIT_MS = 2_000;

export async function checkNode(version = process.versions.node): Promise<Check> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    const todo = 'install Node.js 22 or 24 from https://nodejs.org';
    return failed('Node.js', `${version}, needs ${oldMajor}.${oldMinor} or newer`, todo);
  }
  if (major === oldMajor) return note('Node.js', `${version}; 22 and 24 are faster`);
  return ok('Node.js', version);
}

/** Written to, not asked about: rights, a full disk and a read-only one all look like this. */
export async function checkDataFolder(dir: string): Promise<Check> {
  const part = 'data folder';
  const folder = await nearestExisting(resolve(dir));
  try {
    // mkdtemp under a file fails as making the folder there would.
    const probe = await mkdtemp(join(folder, '.doctor-'));
    await rm(probe, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const todo = `give this user the right to write there, or set data.dir (STOCKPULSE_DATA_DIR)`;
    return failed(part, `${folder} cannot be written to: ${reason}`, todo);
  }
  const { bavail, bsize } = await statfs(folder);
  const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
  const found = `${resolve(dir)}${folder === resolve(dir) ? '' : ' (will be made)'}, ${free}`;
  if (bavail * bsize >= LITTLE_SPACE_BYTES) return ok(part, found);
  return note(part, found, 'make room, or set data.dir to a larger disk');
}

export async function checkPort({ host, port }: { host: string; port: number }): Promise<Check> {
  const part = 'HTTP port';
  if (port === 0) return ok(part, `any free one on ${host}`);
  const problem = await listenProblem(host, port);
  if (problem === null) return ok(part, `${host}:${port} is free`);
  if (problem === 'EADDRINUSE' && (await answersHealth(host, port))) {
    return note(part, `${host}:${port} is in use by what looks like a running stockpulse`);
  }
  const todo = 'end what uses it, or set http.host and http.port (STOCKPULSE_HTTP_PORT; 0: any)';
  return failed(part, `${host}:${port} cannot be listened on (${problem})`, todo);
}

export async function checkTensorFlow(): Promise<Check> {
  const choice = await loadTensorFlow({ info: () => undefined });
  return ok('TensorFlow', `${choice.backend}, ${choice.tf.version_core} (${choice.reason})`);
}

export async function checkPage(folder = builtWebFolder()): Promise<Check> {
  const page = await stat(join(folder, 'index.html')).catch(() => null);
  if (page !== null) return ok('live page', `built, in ${folder}`);
  return note('live page', 'not built: all but the page works', 'npm run build');
}

async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found !== null || dirname(path) === path ? path : await nearestExisting(dirname(path));
}

function listenProblem(host: string, port: number): Promise<string | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => done(null)));
  });
}

async function answersHealth(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  try {
    const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/healthz`;
    return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })).ok;
  } catch {
    // Something else than HTTP, or nothing in time: not ours.
    return false;
  }
}
