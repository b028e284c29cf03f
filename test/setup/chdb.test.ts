// The embedded ClickHouse that is found is the pinned one, and it answers.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHDB_VERSION, ensureChdb, findChdb, whyNoChdb } from '#setup/chdb.mjs';
import { runQuiet } from '#setup/children.mjs';
import { scratch } from './scratch.js';

it('is not found in a clone without it, nor when its native library is missing', async () => {
  const root = await scratch({
    '.stockpulse/chdb/node_modules/chdb/package.json': { name: 'chdb', version: CHDB_VERSION },
  });
  expect(findChdb({ root: await scratch({}), env: {} })).toBeNull();
  expect(findChdb({ root, env: {} })).toBeNull();
});

it('refuses a STOCKPULSE_CHDB that is no chdb rather than taking another', async () => {
  const root = await scratch({ 'package.json': { name: 'other' } });
  for (const named of [root, join(root, 'absent'), 'relative/chdb']) {
    const attempt = ensureChdb({ root, env: { STOCKPULSE_CHDB: named } });
    await expect(attempt).rejects.toThrow(`STOCKPULSE_CHDB is ${named}`);
  }
});

describe.skipIf(whyNoChdb() !== null)('on a platform that chdb has a build for', () => {
  it('is installed where it is missing, and answers a query', async () => {
    const path = await ensureChdb();
    const script = 'console.log(require(process.argv[1]).query("SELECT 6 * 7", "CSV"))';
    const args = ['-e', script, path];
    const { output } = await runQuiet(process.execPath, args, { timeoutMs: 60_000 });
    expect(output.trim()).toBe('42');
    expect(findChdb()).toBe(path);
  }, 300_000);
});
