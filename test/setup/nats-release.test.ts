// Nothing from the network runs here before its checksum was compared.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runQuiet } from '#setup/children.mjs';
import { ARCHIVES, installRelease, NATS_VERSION, releasePath } from '#setup/nats-release.mjs';
import { onPath } from '#setup/nats-server.mjs';
import { scratch } from './scratch.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const say = () => undefined;

it('pins a distinct SHA-256 for each platform, of the pinned version', () => {
  const archives = Object.values(ARCHIVES);
  for (const { file, sha256 } of archives) {
    expect(file).toContain(`nats-server-v${NATS_VERSION}-`);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(new Set(archives.map(({ sha256 }) => sha256)).size).toBe(archives.length);
});

describe.skipIf('no' in onPath({ env: process.env }))('a release on a server', () => {
  it('is unpacked and runs when its checksum is the pinned one', async () => {
    const release = await serveRelease();
    const root = await scratch({});
    const path = await installRelease({ root, say, ...release });
    expect(path).toBe(releasePath(root));
    const { code, output } = await runQuiet(path, ['--version'], { timeoutMs: 10_000 });
    expect(code).toBe(0);
    expect(output).toContain('nats-server');
    expect(await readdir(join(root, '.stockpulse/bin'))).toEqual([`nats-${NATS_VERSION}`]);
  });

  it('is refused, and leaves nothing behind, when its checksum is another', async () => {
    const release = await serveRelease();
    const root = await scratch({});
    const archive = { ...release.archive, sha256: '0'.repeat(64) };
    const attempt = installRelease({ root, say, base: release.base, archive });
    await expect(attempt).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, expected 0{64}/);
    expect(existsSync(join(root, '.stockpulse'))).toBe(false);
  });

  it('says the address and the answer when it is not there', async () => {
    const { base } = await serveRelease();
    const archive = { file: 'other.tar.gz', sha256: '0'.repeat(64) };
    const attempt = installRelease({ root: await scratch({}), say, base, archive });
    await expect(attempt).rejects.toThrow(`/other.tar.gz: the server answered 404`);
  });
});

it('says the address and the cause when no server answers', async () => {
  const archive = { file: 'any.tar.gz', sha256: '0'.repeat(64) };
  const base = 'http://127.0.0.1:1';
  const attempt = installRelease({ root: await scratch({}), say, base, archive });
  await expect(attempt).rejects.toThrow(/cannot download http:\/\/127\.0\.0\.1:1\/.*: .+/);
});

/** An archive laid out as the official one, of the nats-server of this machine. */
async function serveRelease() {
  const found = onPath({ env: process.env });
  const binary = 'no' in found ? '' : (found.env.STOCKPULSE_NATS_SERVER ?? '');
  const folder = await scratch({});
  const name = `nats-server-v${NATS_VERSION}-test`;
  await mkdir(join(folder, name));
  await copyFile(binary, join(folder, name, 'nats-server'));
  const file = `${name}.tar.gz`;
  await runQuiet('tar', ['-czf', file, name], { cwd: folder, timeoutMs: 60_000 });
  const bytes = await readFile(join(folder, file));
  const server = createServer((request, response) => {
    const known = request.url === `/v${NATS_VERSION}/${file}`;
    response.writeHead(known ? 200 : 404).end(known ? bytes : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { base, archive: { file, sha256 }, folder: dirname(binary) };
}
