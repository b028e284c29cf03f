// Checks of what the engine talks to: NATS with JetStream, and ClickHouse or its embedded engine.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { CHDB_VERSION, findChdb, whyNoChdb } from '#setup/chdb.mjs';
import type { Settings } from '../../config/settings.js';
import { createClickHouse } from '../../connectors/clickhouse/client.js';
import { connectNats, type NatsOptions } from '../../connectors/nats/connect.js';
import { findNatsServer } from '../../connectors/nats/find-server.js';
import { startLocalNats } from '../../connectors/nats/local-server.js';
import { withoutSecrets } from '../../connectors/nats/server-url.js';
import { natsOptions } from '../nats-options.js';
import { type Check, failed, note, ok } from './doctor-check.js';

const ANSWER_LIMIT_MS = 5_000;
const START_LIMIT_MS = 15_000;
const SETUP = 'npm run setup';

type Environment = Readonly<Record<string, string | undefined>>;

/** The server that is set, else a real start of the binary that is there, in a folder of its own. */
export async function checkNats(settings: Settings['nats'], env: Environment): Promise<Check> {
  if (settings.url !== null) return await askNats(natsOptions(settings, settings.url));
  const server = await findNatsServer(env);
  if (server === null) {
    const todo = `set nats.url (STOCKPULSE_NATS_URL), or install nats-server, or: ${SETUP}`;
    return failed('NATS', 'nats.url is not set and there is no nats-server', todo);
  }
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-doctor-'));
  try {
    const local = await startLocalNats({ server, dir, startTimeoutMs: START_LIMIT_MS });
    try {
      const answer = await askNats({ url: local.url });
      return { ...answer, found: `${server} starts: ${answer.found}` };
    } finally {
      await local.stop();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const todo = 'install another nats-server, or set nats.url (STOCKPULSE_NATS_URL)';
    return failed('NATS', `${server} does not start: ${reason}`, todo);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function askNats(options: NatsOptions): Promise<Check> {
  const where = withoutSecrets(options.url);
  let connection: Awaited<ReturnType<typeof connectNats>>;
  try {
    connection = await connectNats({ ...options, firstConnectTimeoutMs: ANSWER_LIMIT_MS });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const todo = 'start it, or correct nats.url, nats.user and the password';
    return failed('NATS', `${where} cannot be reached: ${reason}`, todo);
  }
  const version = connection.info?.version ?? 'unknown version';
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_LIMIT_MS });
    const { streams } = await manager.getAccountInfo();
    return ok('NATS', `nats-server ${version} at ${where}, JetStream on, ${streams} streams`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const todo = 'start it with JetStream (-js, or jetstream {} in its configuration)';
    return failed('NATS', `nats-server ${version} at ${where} has no JetStream: ${reason}`, todo);
  } finally {
    await connection.close();
  }
}

export async function checkClickHouse(
  settings: Settings['clickhouse'],
  env: Environment,
  chdbIn: { readonly root?: string } = {},
): Promise<Check> {
  const part = 'ClickHouse';
  if (!settings.enabled) return ok(part, 'switched off (clickhouse.enabled): no history is kept');
  if (settings.url === null) return await checkChdb({ ...chdbIn, env });
  const { url, username, password } = settings;
  const client = createClickHouse({
    url,
    username,
    password: password ?? '',
    database: 'default',
    requestTimeoutMs: ANSWER_LIMIT_MS,
  });
  try {
    const answer = await client.query({ query: 'SELECT version() AS v', format: 'JSONEachRow' });
    const [row] = await answer.json<{ v: string }>();
    return ok(part, `${row?.v ?? 'unknown version'} at ${url}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const todo = 'start it, or correct clickhouse.url, clickhouse.username and the password';
    return failed(part, `${url} does not answer: ${reason}`, todo);
  } finally {
    await client.close();
  }
}

/** Loaded in a process of its own: it is half a gigabyte, and a crash of it must not be ours. */
async function checkChdb(where: Parameters<typeof findChdb>[0]): Promise<Check> {
  const part = 'ClickHouse';
  const path = findChdb(where);
  if (path === null) {
    const server = 'set clickhouse.url (STOCKPULSE_CLICKHOUSE_URL) to a server';
    const why = whyNoChdb();
    if (why !== null) {
      return failed(part, `clickhouse.url is not set, and no embedded engine: ${why}`, server);
    }
    const found = `embedded, not installed yet: run installs chdb ${CHDB_VERSION} (550 MB) once`;
    return note(part, found, `nothing, or beforehand: ${SETUP}; or ${server}`);
  }
  const script = 'process.stdout.write(require(process.argv[1]).query("SELECT version()", "TSV"))';
  try {
    const args = ['-e', script, path];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      timeout: START_LIMIT_MS,
    });
    return ok(part, `embedded, ${stdout.trim()} (chdb ${CHDB_VERSION}, ${path})`);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : '';
    const todo = `remove ${path} and run: ${SETUP}; or set STOCKPULSE_CLICKHOUSE_URL`;
    return failed(part, `the embedded engine in ${path} does not load: ${reason}`, todo);
  }
}
