// The entry of the npm scripts: what it says before it can do anything.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runQuiet } from '#setup/children.mjs';

const BOOTSTRAP = fileURLToPath(new URL('../../engine/setup/bootstrap.mjs', import.meta.url));

function run(args: string[], nodeVersion?: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${nodeVersion}' } })`;
  const preload = nodeVersion === undefined ? [] : ['--import', `data:text/javascript,${pretend}`];
  return runQuiet(process.execPath, [...preload, BOOTSTRAP, ...args], { timeoutMs: 30_000 });
}

it.each(['18.20.4', '20.18.3'])('on Node.js %s it says which version it needs', async (version) => {
  const { code, output } = await run(['setup'], version);
  expect(code).toBe(1);
  expect(output).toContain(`this is Node.js ${version}; it needs 20.19 or newer`);
});

it('tells its commands when it is given none of them', async () => {
  const { code, output } = await run(['sing']);
  expect(code).toBe(2);
  expect(output).toContain('setup | demo | test | bench');
});
