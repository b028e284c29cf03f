// `stockpulse model`: trains on recorded events, and brings models to a broker and back.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { ensureStreams } from '../../../connectors/nats/streams.js';
import { registerModel } from '../../../engine/cli/model.js';
import { createCore } from '../../../engine/core.js';
import { streamPlans } from '../../../engine/nats-options.js';
import { versionOf } from '../../../engine/neural/model-event.js';
import { firstModel } from '../../../operators/forecast/neural/first-model.js';
import { decodeModel, encodeModel, isModel } from '../../../operators/forecast/neural/model.js';
import { messageOf, run as runMessages } from '../../oracle/drive.js';
import { startTestNats, type TestNats } from '../../servers/nats.js';
import { Streams } from '../e2e/stream.js';
import { runCommand } from './run-command.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2010, 0, 4);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stockpulse-model-'));
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(registerModel, ['model', ...args]);

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await run(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

/** A shop of ten SKUs, for `days` days. */
async function eventsFile(days: number): Promise<string> {
  const lines = Array.from({ length: days }, (_, day) => {
    const sold = Array.from({ length: 10 }, (_, n) => {
      return { sku: `s${n}`, quantity: (1 + n) * (day % 7 > 4 ? 3 : 1) + ((day * n) % 3) };
    });
    const order = { orderId: `o${day}`, location: 'shop', lines: sold };
    const time = START_MS + day * DAY_MS;
    return JSON.stringify({ id: `o${day}`, type: 'order.placed', time, ...order });
  });
  const file = join(folder, 'events.ndjson');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

describe('model train', { timeout: 120_000 }, () => {
  it('makes a model of recorded events, and says how it did', async () => {
    const out = join(folder, 'shop.model');
    const file = await eventsFile(40);
    const said = await json('train', file, '--out', out, '--steps', '20');
    const bytes = await readFile(out);
    expect(isModel(decodeModel(bytes))).toBe(true);
    expect(said).toMatchObject({ version: versionOf(bytes), file: out, windows: 10 });
    const again = await json('train', file, '--out', out, '--steps', '5', '--from', out);
    expect(again.scores).toMatchObject({ present: { targets: 130 }, trained: { targets: 130 } });
  });

  it('says what there is nothing to learn from, and what is no model', async () => {
    const file = await eventsFile(12);
    const out = join(folder, 'none.model');
    expect(await run('train', file, '--out', out)).toMatchObject({
      code: 2,
      err: expect.stringContaining('nothing to learn from'),
    });
    const { code, err } = await run('train', file, '--out', out, '--from', file);
    expect(code).toBe(2);
    expect(err).toContain('events.ndjson: no model: it does not begin as a model does');
  });
});

describe('models on a broker', { timeout: 120_000 }, () => {
  let nats: TestNats;
  let streams: Streams;
  beforeAll(async () => {
    nats = await startTestNats();
    streams = await Streams.connect(nats.url);
    const settings = loadSettings({ env: {} });
    await ensureStreams(streams.connection, streamPlans(settings.nats));
  });
  afterAll(async () => {
    await streams.close();
    await nats.stop();
  });
  beforeEach(() => vi.stubEnv('STOCKPULSE_NATS_URL', nats.url));

  it('are loaded from a file, listed, and exported as they were', async () => {
    const [one, two] = [1, 2].map((seed) => encodeModel(firstModel(7, seed)));
    const [file, copy] = [join(folder, 'one.model'), join(folder, 'copy.model')];
    await writeFile(file, one as Uint8Array);
    expect((await run('list')).out).toContain('no models in bucket STOCKPULSE_MODELS');
    const tick = { id: 't', type: 'control.tick', time: START_MS };
    await streams.publish([tick]);
    expect(await json('load', file)).toMatchObject({ version: versionOf(one as Uint8Array) });
    await writeFile(file, two as Uint8Array);
    await json('load', file);
    const { models } = await json('list');
    const versions = (models as { version: string }[]).map(({ version }) => version);
    expect(versions).toEqual([two, one].map((bytes) => versionOf(bytes as Uint8Array)));
    await json('export', versions[1] as string, copy);
    expect(new Uint8Array(await readFile(copy))).toEqual(one);
    expect((await run('export', copy)).err).toContain('EEXIST');
    expect(await run('export', 'gru-none', `${copy}2`)).toMatchObject({ code: 2 });
  });

  it('are in force behind their event, go back to an earlier one, and make no time pass', async () => {
    const file = join(folder, 'one.model');
    const bytes = encodeModel(firstModel(7, 1));
    await writeFile(file, bytes);
    await json('load', file);
    const core = createCore(loadSettings({ env: {} }));
    const messages = await streams.read('EVENTS');
    runMessages(
      core,
      messages.map(({ data, position }) => messageOf(data, position)),
    );
    expect(core.outbox.counts).toMatchObject({ refused: 0, duplicate: 0 });
    expect(core.neural?.version).toBe(versionOf(bytes));
    expect(core.clock.streamTimeMs).toBe(START_MS);
  });

  it('need a broker', async () => {
    vi.stubEnv('STOCKPULSE_NATS_URL', '');
    vi.unstubAllEnvs();
    expect(await run('list')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nats.url is not set'),
    });
  });
});
