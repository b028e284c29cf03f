// A build happens when sources changed, and only then.
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { ensureBuilt } from '#setup/build.mjs';
import { runQuiet } from '#setup/children.mjs';
import { put, scratch } from './scratch.js';

// Real programs run here, slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const STAMP = `node ${fileURLToPath(new URL('../../engine/setup/build-stamp.mjs', import.meta.url))}`;

const build = `${STAMP} begin && node make.mjs && ${STAMP} end`;
const files = {
  'package.json': { name: 'x', scripts: { build } },
  'make.mjs':
    "import { mkdirSync, writeFileSync } from 'fs'; mkdirSync('dist/engine/cli', { recursive: true });" +
    "writeFileSync('dist/engine/cli/main.js', '');",
  'engine/main.ts': 'export const one = 1;',
};
const quiet = { env: process.env, say: () => undefined };

it('builds a fresh clone once', async () => {
  const root = await scratch(files);
  expect(await ensureBuilt({ root, ...quiet })).toBe(true);
  expect(await ensureBuilt({ root, ...quiet })).toBe(false);
});

it('does not build again what was built by hand, unless that failed', async () => {
  const root = await scratch(files);
  const byHand = () => runQuiet('npm', ['run', 'build'], { cwd: root, timeoutMs: 60_000 });
  expect((await byHand()).code).toBe(0);
  expect(await ensureBuilt({ root, ...quiet })).toBe(false);
  const made = await readFile(join(root, 'make.mjs'), 'utf8');
  await put(root, 'make.mjs', 'process.exit(3);');
  expect((await byHand()).code).not.toBe(0);
  await put(root, 'make.mjs', made);
  expect(await ensureBuilt({ root, ...quiet })).toBe(true);
});

it('builds again when a source, a new source or a package changed, not when a time did', async () => {
  const root = await scratch(files);
  await ensureBuilt({ root, ...quiet });
  await utimes(join(root, 'engine/main.ts'), new Date(), new Date());
  expect(await ensureBuilt({ root, ...quiet })).toBe(false);
  const changes = ['engine/main.ts', 'operators/deep/new.ts', 'package-lock.json'];
  for (const path of changes) {
    await put(root, path, '/* changed */');
    expect(await ensureBuilt({ root, ...quiet }), path).toBe(true);
  }
});

it('tells all that the build printed when it fails, and tries again the next time', async () => {
  const root = await scratch({ ...files, 'make.mjs': "console.log('line 3 is wrong'); exit();" });
  const failure = { output: expect.stringContaining('line 3 is wrong') };
  await expect(ensureBuilt({ root, ...quiet })).rejects.toMatchObject(failure);
  await expect(ensureBuilt({ root, ...quiet })).rejects.toMatchObject(failure);
});
