// What counts as installed, and what an installation does and does not do.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ensureDependencies, whyStale } from '#setup/dependencies.mjs';
import { put, scratch } from './scratch.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const lock = (packages: object) => ({ name: 'x', lockfileVersion: 3, packages });

describe('node_modules', () => {
  it('is stale when it is missing', async () => {
    const root = await scratch({ 'package-lock.json': lock({}) });
    expect(await whyStale(root)).toBe('node_modules is missing');
  });

  it('is current when it holds the versions of package-lock.json, however it came there', async () => {
    const packages = { '': {}, 'node_modules/a': { version: '1.0.0' } };
    const root = await scratch({
      'package-lock.json': lock(packages),
      'node_modules/.package-lock.json': lock(packages),
    });
    expect(await whyStale(root)).toBeNull();
  });

  it('is current without an optional package that this platform has no build of', async () => {
    const root = await scratch({
      'package-lock.json': lock({ 'node_modules/b': { version: '1.0.0', optional: true } }),
      'node_modules/.package-lock.json': lock({}),
    });
    expect(await whyStale(root)).toBeNull();
  });

  it('is stale when package-lock.json names another version or one more package', async () => {
    const root = await scratch({
      'package-lock.json': lock({ 'node_modules/a': { version: '1.0.1' } }),
      'node_modules/.package-lock.json': lock({ 'node_modules/a': { version: '1.0.0' } }),
    });
    expect(await whyStale(root)).toContain('node_modules/a is 1.0.0');
    await put(root, 'node_modules/.package-lock.json', lock({}));
    expect(await whyStale(root)).toBe('node_modules/a is missing');
  });
});

describe('the installation', () => {
  const dependency = { dependencies: { part: 'file:part' } };
  const files = {
    'package.json': { name: 'x', version: '1.0.0', ...dependency },
    'package-lock.json': {
      ...lock({
        '': { name: 'x', version: '1.0.0', ...dependency },
        'node_modules/part': { resolved: 'part', link: true },
        part: { version: '1.0.0', hasInstallScript: true },
      }),
      version: '1.0.0',
      requires: true,
    },
    'part/package.json': {
      name: 'part',
      version: '1.0.0',
      scripts: { postinstall: "node -e \"require('fs').writeFileSync('ran', '')\"" },
    },
  };

  it('installs what is missing once, and runs no install script', async () => {
    const root = await scratch(files);
    const said: string[] = [];
    const step = { root, env: process.env, say: (line: string) => said.push(line) };
    expect(await ensureDependencies(step)).toBe(true);
    expect(existsSync(join(root, 'node_modules/part/package.json'))).toBe(true);
    expect(existsSync(join(root, 'part/ran'))).toBe(false);
    expect(said).toEqual([expect.stringContaining('installing packages')]);
    expect(await ensureDependencies(step)).toBe(false);
  });

  it('tells all that npm printed when it fails', async () => {
    const root = await scratch({ ...files, 'package-lock.json': lock({ '': { name: 'x' } }) });
    const step = { root, env: process.env, say: () => undefined };
    await expect(ensureDependencies(step)).rejects.toMatchObject({
      message: expect.stringContaining('npm ci failed'),
      output: expect.stringContaining('package-lock.json'),
    });
  });

  it('works where npm may not write its own cache', async () => {
    const root = await scratch({ ...files, blocked: 'no folder' });
    const env = { ...process.env, npm_config_cache: join(root, 'blocked/cache') };
    expect(await ensureDependencies({ root, env, say: () => undefined })).toBe(true);
    expect(await readdir(join(root, '.stockpulse'))).toEqual(['npm-cache']);
  });
});
