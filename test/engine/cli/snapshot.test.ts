// `stockpulse snapshot` as it is called: what it says, what it writes, what it refuses.
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { lockFolder } from '../../../connectors/files/folder-lock.js';
import { FileSnapshotStore } from '../../../connectors/files/snapshot-store.js';
import { type Core, createCore, STATE_SCHEMA } from '../../../engine/core.js';
import { BucketRing } from '../../../engine/screens/bucket-ring.js';
import { counted, placed, shipped } from '../../operators/events/samples.js';
import { runEvents, savedSections } from '../../oracle/drive.js';
import { json, run } from './snapshot-command.js';

let folder = '';
let data = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-snapshot-'));
  data = join(folder, 'data');
  vi.stubEnv('STOCKPULSE_DATA_DIR', data);
  vi.stubEnv('STOCKPULSE_LEDGER_JOURNAL', '1000');
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

function engineCore(): Core {
  const core = createCore(loadSettings({ env: process.env }));
  new BucketRing(core.table);
  return core;
}

const store = (dir = data) => new FileSnapshotStore({ dir: join(dir, 'snapshots') });

/** Two orders, one of them shipped, saved at position 4. */
async function saveOne(schema = STATE_SCHEMA): Promise<Core> {
  const core = engineCore();
  runEvents(core, [
    counted(10),
    placed('1', { A: 2 }),
    placed('2', { B: 1 }),
    shipped('1', { A: 2 }),
  ]);
  await store().save({ schema, position: 4, fence: 7, bytes: core.save() });
  return core;
}

const FIRST = '000000000001.snapshot';
const SECOND = '000000000002.snapshot';

describe('stockpulse snapshot list', () => {
  it('says where it looked when there is none', async () => {
    const { code, out } = await run('list');
    expect({ code, out }).toEqual({ code: 0, out: `no snapshots in ${join(data, 'snapshots')}\n` });
  });

  it('names each with its position, the newest first, and why one is refused', async () => {
    await saveOne();
    await saveOne(STATE_SCHEMA + 1);
    await saveOne();
    const torn = join(data, 'snapshots', '000000000003.snapshot');
    await writeFile(torn, (await readFile(torn)).subarray(0, 1000));
    const { snapshots } = await json('list');
    expect(snapshots).toMatchObject([
      { position: null, layout: null, fence: null, refused: expect.stringMatching(/^torn: /) },
      { position: 4, layout: STATE_SCHEMA + 1, refused: expect.stringMatching(/newer version/) },
      { name: FIRST, position: 4, layout: STATE_SCHEMA, fence: 7, refused: null },
    ]);
    const { out } = await run('list');
    expect(out).toMatch(/^name +position +saved at/);
    expect(out).toMatch(new RegExp(`${FIRST} +4 .* 7 +whole`));
  });
});

describe('stockpulse snapshot inspect', () => {
  it('tells what the newest holds', async () => {
    const core = await saveOne();
    const found = await json('inspect');
    expect(found).toMatchObject({
      name: FIRST,
      position: 4,
      layout: STATE_SCHEMA,
      fence: 7,
      refused: null,
      facts: {
        skus: 2,
        locations: 1,
        skuLocations: 2,
        openOrders: 1,
        streamTime: new Date(core.clock.streamTimeMs).toISOString(),
        eventsApplied: 4,
      },
    });
    const sections = found.sections as { name: string }[];
    const skus = { name: 'table.skus', type: 'texts', count: 2, bytes: '["A","B"]'.length };
    expect(sections.find(({ name }) => name === 'table.skus')).toEqual(skus);
    expect(sections.map(({ name }) => name).sort()).toEqual(
      Object.keys(savedSections(core)).sort(),
    );
    expect((await run('inspect', FIRST)).out).toMatch(/open orders +1\n/);
  });

  it('ends with 2 where there is none of that name, with 1 where it is damaged', async () => {
    expect(await run('inspect')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/data\.dir/),
    });
    await saveOne();
    expect(await run('inspect', 'x')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/list/),
    });
    const file = join(data, 'snapshots', FIRST);
    await writeFile(file, (await readFile(file)).fill(7, 5000, 5100));
    const { code, err } = await run('inspect');
    expect({ code, err }).toEqual({
      code: 1,
      err: `stockpulse: snapshot ${FIRST} is refused: checksum does not match\n`,
    });
  });
});

describe('stockpulse snapshot export and import', () => {
  it('carry the state into another folder, where the next start goes on from it', async () => {
    const core = await saveOne();
    const file = join(folder, 'state.snapshot');
    expect(await json('export', file)).toMatchObject({ name: FIRST, file, position: 4 });
    expect(await readdir(folder)).toEqual(['data', 'state.snapshot']);
    const other = join(folder, 'what-if');
    vi.stubEnv('STOCKPULSE_DATA_DIR', other);
    expect(await json('import', file)).toMatchObject({ position: 4, layout: STATE_SCHEMA });
    expect(await readdir(other)).toEqual(['snapshots']);
    const { snapshot } = await store(other).newest(STATE_SCHEMA);
    const restored = engineCore();
    restored.load(snapshot?.bytes ?? new Uint8Array(0));
    expect(savedSections(restored)).toEqual(savedSections(core));
  });

  it('take the snapshot that is named, and make an import the newest', async () => {
    await saveOne();
    await store().save({ schema: STATE_SCHEMA, position: 9, bytes: engineCore().save() });
    const file = join(folder, 'first');
    expect(await json('export', FIRST, file)).toMatchObject({ position: 4 });
    await json('import', file);
    expect((await store().newest(STATE_SCHEMA)).snapshot).toMatchObject({ position: 4, fence: 7 });
    const { snapshots } = await json('list');
    expect((snapshots as { position: number }[]).map((one) => one.position)).toEqual([4, 9, 4]);
  });

  it('export takes no other file’s place, and leaves nothing half written', async () => {
    await saveOne();
    const file = join(folder, 'there');
    await writeFile(file, 'mine');
    const { code, err } = await run('export', file);
    expect({ code, err }).toEqual({
      code: 1,
      err: `stockpulse: ${file} is there already: name another file\n`,
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['data', 'there']);
  });

  it('import refuses a damaged file, another layout, and a folder that an engine uses', async () => {
    await saveOne();
    await saveOne(STATE_SCHEMA + 1);
    const [file, damaged, newer] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await json('export', FIRST, file);
    await json('export', SECOND, newer);
    await writeFile(damaged, (await readFile(file)).subarray(0, 900));
    const refusals: [string, RegExp][] = [
      [damaged, /b is refused: torn: /],
      [newer, /c is refused: layout \d+, this version reads \d+: a newer version/],
    ];
    for (const [from, reason] of refusals) {
      expect(await run('import', from)).toMatchObject({
        code: 1,
        err: expect.stringMatching(reason),
      });
    }
    expect(await run('import', join(folder, 'no'))).toMatchObject({ code: 2 });
    const lock = await lockFolder(data);
    const busy = { code: 1, err: expect.stringMatching(/process \d+ uses the data folder/) };
    expect(await run('import', file)).toMatchObject(busy);
    await lock.release();
    expect((await store().names()).length).toBe(2);
    await json('import', file);
  });

  it('import refuses a state that does not load with these settings', async () => {
    await saveOne();
    const file = join(folder, 'state');
    await copyFile(join(data, 'snapshots', FIRST), file);
    vi.stubEnv('STOCKPULSE_TIME_ALLOWED_LATENESS', '9d');
    const { code, err } = await run('import', file);
    expect(code).toBe(1);
    expect(err).toMatch(/does not load with these settings: time\.allowedLateness/);
  });
});
