// Snapshots that earlier versions really saved, loaded by this one.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import type { Snapshot } from '../../connectors/snapshot-store.js';
import { LAYOUTS, layoutCheck, stateOf } from '../../engine/migrations.js';
import { coreWith, messagesOf, positionLines, run, savedSections } from '../oracle/drive.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What was set when the snapshot was saved. */
const SETTINGS = {
  'time.disorder': 30 * MINUTE,
  'time.allowedLateness': 2 * HOUR,
  'dedupe.window': 48 * HOUR,
  'cart.abandonAfter': 3 * HOUR,
  'alerts.lateGrace': 6 * HOUR,
  'orders.keepClosed': '3650d',
  'ledger.journal': 4096,
  'demand.maxGap': 3,
  'locations.london.timeZone': 'Europe/London',
  'locations.kolkata.timeZone': 'Asia/Kolkata',
  'locations.howe.timeZone': 'Australia/Lord_Howe',
};

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

async function snapshotOf(name: string): Promise<Snapshot> {
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-layout-'));
  try {
    await writeFile(join(dir, '000000000001.snapshot'), gunzipSync(fixture(name)));
    const { snapshot, refused } = await new FileSnapshotStore({ dir }).newest(layoutCheck(LAYOUTS));
    expect(refused).toEqual([]);
    return snapshot as Snapshot;
  } finally {
    await rm(dir, { recursive: true });
  }
}

/**
 * What of the state does not depend on the order in which ids were taken, nor on buckets that
 * version 1 did not remember: a network sees those since the snapshot.
 */
function comparable(core: ReturnType<typeof coreWith>) {
  const sections = Object.entries(savedSections(core));
  return Object.fromEntries(sections.filter(([name]) => !/^(dedupe|recent)\./.test(name)));
}

async function scene() {
  const snapshot = await snapshotOf('layout-1.snapshot.gz');
  const lines = fixture('layout-1.ndjson').toString().trim().split('\n');
  const messages = messagesOf(lines.map((line) => JSON.parse(line) as object));
  const straight = coreWith(SETTINGS);
  run(straight, messages.slice(0, snapshot.position));
  const core = coreWith(SETTINGS);
  core.load(stateOf(snapshot, LAYOUTS));
  return { snapshot, messages, straight, core };
}

function brought({ batches: _, ...results }: ReturnType<typeof run>) {
  return results;
}

it('one of layout 1 goes on as if this version had decided all of it', async () => {
  const { snapshot, messages, straight, core } = await scene();
  expect([snapshot.schema, snapshot.position]).toEqual([1, 58]);
  const rest = messages.slice(58);
  const results = brought(run(core, rest));
  expect(results).toEqual(brought(run(straight, rest)));
  expect(results.signals.length + results.alerts.length).toBeGreaterThan(5);
  expect(positionLines(core)).toEqual(positionLines(straight));
  expect(comparable(core)).toEqual(comparable(straight));
});

it('one of layout 1 knows the ids that were taken', async () => {
  const { messages, straight, core } = await scene();
  expect(core.dedupe.ids).toBe(straight.dedupe.ids);
  const again = messages.slice(30, 58);
  expect(brought(run(core, again))).toEqual(brought(run(straight, again)));
  expect(core.outbox.counts).toEqual(straight.outbox.counts);
  expect(core.outbox.counts.duplicate).toBeGreaterThan(5);
});
