// Replay of 100,000 real order events: the same bytes each time, and quantities that are exact.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings, type Settings } from '../../config/settings.js';
import { demoFiles } from '../../engine/demo/data.js';
import { type ReplaySummary, replay } from '../../engine/replay.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import { Oracle } from '../oracle/oracle.js';
import { linesWithMishaps, recordedEvents, writeLines } from './e2e/recording.js';

const EVENTS = 100_000;
const LINES = ['signals', 'alerts', 'refused', 'forecasts', 'positions'] as const;

let folder: string;
let file: string;
let lines: string[];
let first: Run;

interface Run {
  readonly out: string;
  readonly summary: ReplaySummary;
  readonly digests: Readonly<Record<string, string>>;
}

function settings(batchMax: number): Settings {
  return loadSettings({
    file: demoFiles().settings,
    env: {},
    overrides: { 'batch.max': batchMax },
  });
}

async function run(batchMax: number): Promise<Run> {
  const out = await mkdtemp(join(folder, 'out-'));
  const summary = await replay({ files: [file], out, settings: settings(batchMax) });
  const digests: Record<string, string> = {};
  for (const name of await readdir(out)) {
    const bytes = await readFile(join(out, name));
    digests[name] = digestOf(name === 'summary.json' ? withoutWallTime(String(bytes)) : bytes);
  }
  return { out, summary, digests };
}

function digestOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All but the two lines that tell how long it took. */
function withoutWallTime(text: string): string {
  const kept = text.split('\n').filter((line) => !/"(wallSeconds|eventsPerSecond)"/.test(line));
  expect(kept).toHaveLength(text.split('\n').length - 2);
  return kept.join('\n');
}

async function records<T>(name: (typeof LINES)[number]): Promise<T[]> {
  const text = await readFile(join(first.out, `${name}.ndjson`), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

/** What the oracle can take: it knows neither schemas nor positions. */
function* valid(): Generator<InventoryEvent> {
  for (const line of lines) {
    if (line.startsWith('{"id":"torn')) continue;
    const event = JSON.parse(line) as InventoryEvent;
    if (!event.id.startsWith('none-')) yield event;
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-replay-'));
  file = join(folder, 'recording.ndjson.gz');
  lines = linesWithMishaps(await recordedEvents(EVENTS));
  await writeLines(file, lines);
  first = await run(4096);
}, 300_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a replay of 100,000 events of real orders', () => {
  it('reads every line and accounts for each of them', async () => {
    const { events, problems, messages } = first.summary;
    expect(lines.length).toBeGreaterThan(EVENTS);
    expect({ messages, problems }).toEqual({ messages: lines.length, problems: [] });
    expect(events.read).toBe(lines.length);
    const { applied, duplicate, refused } = events;
    expect(applied + duplicate + refused).toBe(events.read);
    expect(Object.values(events.refusedByReason).reduce((a, b) => a + b, 0)).toBe(
      refused + events.late,
    );
    expect(duplicate).toBe(Math.floor(EVENTS / 401));
    expect(events.late).toBe(Math.floor(EVENTS / 997));
    expect(events.refusedByReason).toEqual({
      late: events.late,
      'malformed-json': events.late,
      'unknown-order': events.late,
      'wrong-quantity': events.late,
    });
  });

  it('raises signals and alerts, and counts in its summary what is in its files', async () => {
    const { summary } = first;
    const counts = Object.fromEntries(
      await Promise.all(LINES.map(async (name) => [name, (await records(name)).length] as const)),
    );
    expect(counts.signals).toBe(summary.signals + summary.withdrawnSignals);
    expect(counts.alerts).toBe(summary.alerts);
    expect(counts.refused).toBe(summary.events.refused + summary.events.late);
    expect(counts.positions).toBe(summary.skuLocations);
    expect(counts.signals).toBeGreaterThan(100);
    expect(counts.alerts).toBeGreaterThan(100);
    expect(counts.forecasts).toBeGreaterThan(10_000);
  });

  it('keeps what it refuses whole, with its place', async () => {
    const refused = await records<{ data: string; position: number; reason: string }>('refused');
    const wrong = refused.filter(({ data, position }) => data !== lines[position - 1]);
    expect(wrong).toEqual([]);
  });

  it('gives the same bytes a second time', async () => {
    expect((await run(4096)).digests).toEqual(first.digests);
  }, 300_000);

  it.each([1, 7])(
    'gives the same bytes in batches of %i',
    async (batchMax) => {
      expect((await run(batchMax)).digests).toEqual(first.digests);
    },
    300_000,
  );

  it('has every quantity of every SKU and location as a naive fold has it', async () => {
    const { time, dedupe, stock } = settings(1);
    const oracle = new Oracle({
      disorderMs: time.disorder,
      allowedLatenessMs: time.allowedLateness,
      dedupeWindowMs: dedupe.window,
      decrementOn: stock.decrementOn,
      timeZoneOf: () => 'Europe/London',
    });
    for (const event of valid()) oracle.take(event);
    const rows = await records<Record<string, unknown>>('positions');
    const wrong = rows.flatMap((row) => {
      const expected = oracle.quantities(String(row.sku), String(row.location));
      const same = Object.entries(expected).every(([name, value]) => row[name] === value);
      return same ? [] : [{ row, expected }];
    });
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(3_000);
    expect(new Set(rows.map(({ onHand }) => onHand)).size).toBeGreaterThan(500);
  }, 120_000);
});
