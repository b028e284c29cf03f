// Claims about snapshots of other layouts: brought up to date step by step, or refused in words.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import { STATE_SCHEMA } from '../../engine/core.js';
import { LAYOUTS, type Layouts, layoutCheck, stateOf } from '../../engine/migrations.js';
import { Recovery } from '../../engine/recovery.js';
import {
  type DecodedSections,
  decodeSections,
  encodeState,
  StateWriter,
} from '../../operators/stream/state.js';
import { adjusted } from '../operators/events/samples.js';
import { coreWith, runEvents, savedSections } from '../oracle/drive.js';

const settings = { 'ledger.journal': 64 };

/** Layouts before today's, made up: two ago the clock was two sections and in seconds. */
const madeUp: Layouts = {
  current: STATE_SCHEMA + 2,
  migrations: new Map([
    [STATE_SCHEMA, joinClock],
    [STATE_SCHEMA + 1, clockInMs],
  ]),
};

function joinClock(sections: DecodedSections): void {
  const [time, stepped] = ['clock.time', 'clock.stepped'].map((name) => sections.get(name));
  sections.set('clock', Float64Array.of(Number(time?.[0]), Number(stepped?.[0])));
  sections.delete('clock.time');
  sections.delete('clock.stepped');
}

function clockInMs(sections: DecodedSections): void {
  sections.set(
    'clock',
    (sections.get('clock') as Float64Array).map((seconds) => seconds * 1000),
  );
}

/** A state of today as the made-up layout of two ago would have held it. */
function asOld(bytes: Uint8Array): Uint8Array {
  const writer = new StateWriter();
  for (const [name, section] of decodeSections(bytes)) {
    if (name !== 'clock') writer.put(name, section);
    else {
      writer.put('clock.time', Float64Array.of(Number(section[0]) / 1000));
      writer.put('clock.stepped', Float64Array.of(Number(section[1]) / 1000));
    }
  }
  return encodeState(writer);
}

function filledCore() {
  const core = coreWith(settings);
  runEvents(core, [adjusted(2, { time: 1_700_000_000_000 }), adjusted(5, { sku: 'B' })]);
  return core;
}

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function recoveryWith(layouts: Layouts): Recovery {
  return new Recovery({
    store: new FileSnapshotStore({ dir }),
    intervalMs: 1_000_000,
    makeDurable: () => Promise.resolve(),
    onSaved: () => undefined,
    log: pino({ level: 'silent' }),
    layouts,
  });
}

describe('a snapshot of an older layout', () => {
  it('is brought up to date by all steps in order, and saved in the current one', async () => {
    const core = filledCore();
    const old = { schema: STATE_SCHEMA, position: 2, bytes: asOld(core.save()) };
    await new FileSnapshotStore({ dir }).save(old);
    const restored = coreWith(settings);
    const recovery = recoveryWith(madeUp);
    expect(await recovery.load(restored)).toBe(2);
    expect(savedSections(restored)).toEqual(savedSections(core));
    await recovery.finish(restored, 3);
    const { snapshot } = await new FileSnapshotStore({ dir }).newest(madeUp.current);
    expect(snapshot?.position).toBe(3);
  });

  it('is not changed itself while it is read', () => {
    const bytes = asOld(filledCore().save());
    const before = Buffer.from(bytes);
    stateOf({ schema: STATE_SCHEMA, position: 2, bytes }, madeUp);
    expect(before.equals(bytes)).toBe(true);
  });

  it('without a step on its way is refused, both layouts named, and the one before it is used', async () => {
    const store = new FileSnapshotStore({ dir });
    const bytes = filledCore().save();
    await store.save({ schema: madeUp.current, position: 1, bytes });
    await store.save({ schema: STATE_SCHEMA, position: 2, bytes });
    const gap = { ...madeUp, migrations: new Map([[STATE_SCHEMA, joinClock]]) };
    const { snapshot, refused } = await store.newest(layoutCheck(gap));
    expect(snapshot?.position).toBe(1);
    const [from, to] = [STATE_SCHEMA + 1, madeUp.current];
    expect(refused[0]?.reason).toBe(
      `layout ${STATE_SCHEMA}, this version reads ${to}, and there is no way from ${from} to ` +
        `${to}: start the version that saved it, or without it, so that the state is built anew ` +
        'from the stream',
    );
    expect(() => stateOf({ schema: STATE_SCHEMA, position: 2, bytes }, gap)).toThrow(/no way from/);
  });
});

it('a snapshot of a newer layout is refused, with what to do', () => {
  const reason = layoutCheck(LAYOUTS)(STATE_SCHEMA + 1);
  expect(reason).toMatch(/^layout \d+, this version reads \d+: a newer version .* saved it; start/);
});

it('every layout since the first can be read', () => {
  const check = layoutCheck(LAYOUTS);
  for (let layout = 1; layout <= STATE_SCHEMA; layout++) expect(check(layout)).toBe(null);
});
