// README.md keeps step with the code: settings, events, results, metrics and links.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeSettings } from '../../config/describe.js';
import { loadSettings } from '../../config/settings.js';
import { createMeters } from '../../connectors/prometheus.js';
import { replay } from '../../engine/replay.js';
import { eventSchemas } from '../../operators/events/event.js';
import { REFUSAL_REASONS } from '../../operators/events/result.js';

const file = new URL('../../README.md', import.meta.url).pathname;
const text = readFileSync(file, 'utf8');
const settingsBegin = '<!-- settings: ';
const settingsEnd = '<!-- end of settings -->';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stockpulse-readme-'));
  const events = join(folder, 'morning.ndjson');
  writeFileSync(events, block('<!-- example events', 'json'));
  await replay({ files: [events], out: folder, settings: loadSettings({ env: {} }) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('its table of settings is what the schema describes', async () => {
  // `npx vitest run test/config/readme.test.ts -u` writes it after a change of the schema.
  const begin = text.indexOf('\n', text.indexOf(settingsBegin)) + 1;
  const end = text.indexOf(settingsEnd);
  expect(begin).toBeGreaterThan(0);
  expect(end).toBeGreaterThan(begin);
  const wanted = `${text.slice(0, begin)}\n${settingsTable()}\n${text.slice(end)}`;
  await expect(wanted).toMatchFileSnapshot(file);
});

it('its table of events names every type, and every field of it, once', () => {
  const rows = tableAfter('<!-- event types');
  expect(rows.map(([type]) => code(type))).toEqual(Object.keys(eventSchemas));
  for (const [type = '', fields = ''] of rows) {
    const schema = eventSchemas[code(type) as keyof typeof eventSchemas];
    const named = fields.match(/[A-Za-z]+/g) ?? [];
    for (const name of Object.keys(schema.properties)) {
      if (!['id', 'type', 'time'].includes(name)) expect(named, `${type} ${name}`).toContain(name);
    }
  }
});

it('its example results are those of its example events', () => {
  expect(JSON.parse(block('<!-- example signal', 'json'))).toEqual(result('signals', 0));
  expect(JSON.parse(block('<!-- example alert', 'json'))).toEqual(result('alerts', 0));
  // The subject of a replay's refusal is the file's path, which is another one here.
  const refused = { ...result('refused', 0), subject: 'morning.ndjson' };
  expect(JSON.parse(block('<!-- example refusal', 'json'))).toEqual(refused);
});

it('it names every reason of a refusal', () => {
  for (const reason of REFUSAL_REASONS) {
    expect(text).toContain(`\`${reason}\``);
  }
});

it('its table of metrics names every one and no other', async () => {
  const meters = createMeters({ version: '0' });
  const exposed = await meters.metricsText();
  meters.close();
  const ours = [...exposed.matchAll(/^# TYPE (stockpulse_\w+)/gm)].map(([, name]) => name);
  const named = tableAfter('<!-- metrics').flatMap(([cell = '']) => [
    ...[...cell.matchAll(/`(stockpulse_\w+)/g)].map(([, name]) => name),
  ]);
  expect(named.sort()).toEqual(ours.sort());
});

it('the files that it links are there, and so are the headings', () => {
  const targets = [...text.matchAll(/(?:\]\(|srcset="|src=")([^)"\s]+)/g)].map(
    ([, to]) => to ?? '',
  );
  expect(targets.length).toBeGreaterThan(10);
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) => anchor(title));
  for (const target of targets) {
    if (/^https?:/.test(target)) continue;
    if (target.startsWith('#')) expect(headings).toContain(target.slice(1));
    else expect(existsSync(join(dirname(file), target)), target).toBe(true);
  }
});

function settingsTable(): string {
  const rows = describeSettings().map((row) => {
    const given = row.default === '' ? 'secret' : `\`${row.default}\``;
    return [`\`${row.path}\``, given, row.allowed, row.description];
  });
  const all = [['setting', 'default', 'allowed', 'meaning'], ['---', '---', '---', '---'], ...rows];
  return all.map((cells) => `| ${cells.map(escaped).join(' | ')} |\n`).join('');
}

/** A `<` would begin an element, a `|` the next cell. */
function escaped(cell: string): string {
  return cell.startsWith('`') ? cell : cell.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** Cells of the rows, without the head, of the first table behind `marker`. */
function tableAfter(marker: string): string[][] {
  const at = text.indexOf(marker);
  expect(at, marker).toBeGreaterThan(-1);
  const table = /\n((?:\|.*\n)+)/.exec(text.slice(at))?.[1] ?? '';
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) => row.split('|').slice(1, -1));
}

/** The first fenced block of `language` behind `marker`. */
function block(marker: string, language: string): string {
  const at = text.indexOf(marker);
  expect(at, marker).toBeGreaterThan(-1);
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text.slice(at))?.[1] ?? '';
}

function result(name: string, line: number): object {
  const lines = readFileSync(join(folder, `${name}.ndjson`), 'utf8').split('\n');
  return JSON.parse(lines[line] ?? '') as object;
}

function code(cell: string | undefined): string {
  return /`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';
}

/** As GitHub makes them. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
