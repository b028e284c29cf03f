// config/nats.conf is accepted by a real server, and refuses to start without a password.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runQuiet } from '#setup/children.mjs';
import { findNatsServer } from '../../connectors/nats/find-server.js';

const CONF = fileURLToPath(new URL('../../config/nats.conf', import.meta.url));
const server = (await findNatsServer(process.env)) ?? '';
const version = server === '' ? '' : (await check(['--version'], {})).output;
const minor = Number(/v2\.(\d+)\./.exec(version)?.[1] ?? 0);

function check(args: string[], env: Record<string, string>) {
  return runQuiet(server, args, { env: { PATH: process.env.PATH, ...env }, timeoutMs: 20_000 });
}

/** `sync_interval` came with 2.10; without it an older server can check the rest. */
async function validate(env: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'stockpulse-conf-'));
  try {
    const text = await readFile(CONF, 'utf8');
    const known = minor >= 10 ? text : text.replace(/^\s*sync_interval:.*$/m, '');
    const file = join(folder, 'nats.conf');
    await writeFile(file, known);
    return await check(['-t', '-c', file], env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.skipIf(minor === 0)('config/nats.conf', () => {
  it('is valid, also with a password that begins with a digit', async () => {
    const { code, output } = await validate({ NATS_PASSWORD: '"0e12ab34"' });
    expect(output).toContain('is valid');
    expect(code).toBe(0);
  });

  it('is refused without a password', async () => {
    const { code, output } = await validate({});
    expect(code).not.toBe(0);
    expect(output).toContain('NATS_PASSWORD');
  });
});
