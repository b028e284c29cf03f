// config/defaults.yaml and the schema say the same, setting by setting.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isMap, parseDocument } from 'yaml';
import { settingList } from '../../config/catalogue.js';
import { defaultsText, describeSettings } from '../../config/describe.js';
import { loadSettings } from '../../config/settings.js';

const file = new URL('../../config/defaults.yaml', import.meta.url).pathname;
const text = readFileSync(file, 'utf8');
const plain = settingList.filter((s) => !s.schema.secret && !s.path.includes('<id>'));

it('the file is what the schema describes, comments and all', async () => {
  // `npx vitest run test/config/defaults.test.ts -u` writes it after a change of the schema.
  await expect(defaultsText()).toMatchFileSnapshot(file);
});

it('loading the file changes nothing from the defaults', () => {
  expect(loadSettings({ file, env: {} })).toEqual(loadSettings({ env: {} }));
});

it('the file sets every setting that is not a secret, and has a comment on each', () => {
  const document = parseDocument(text);
  expect(document.errors).toEqual([]);
  for (const { path, keys } of plain) {
    expect(document.hasIn(keys), path).toBe(true);
    const parent = document.getIn(keys.slice(0, -1));
    const pair = isMap(parent) && parent.items.find((item) => String(item.key) === keys.at(-1));
    expect(pair, path).toBeTruthy();
  }
  const comments = text.split('\n').filter((line) => /^\s+#/.test(line));
  expect(comments.length).toBeGreaterThanOrEqual(plain.length);
});

it('names every secret by its variable and sets none', () => {
  for (const { variable, keys } of settingList.filter((s) => s.schema.secret)) {
    expect(text).toContain(`${variable}_FILE`);
    expect(parseDocument(text).hasIn(keys)).toBe(false);
  }
});

it('every default is an allowed value, shown as it may be written', () => {
  for (const row of describeSettings()) {
    if (row.default === '' || row.path.includes('<id>')) continue;
    expect(() => loadSettings({ env: {}, overrides: { [row.path]: row.default } })).not.toThrow();
    expect(row.allowed, row.path).not.toBe('');
    expect(row.description, row.path).not.toBe('');
  }
});

it('no line of the file is over 100 characters', () => {
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
});
