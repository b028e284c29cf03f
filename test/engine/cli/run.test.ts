// `stockpulse run`: what it says when it cannot start, and how it ends; nothing is left running.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startTestClickHouse } from '../../servers/clickhouse.js';
import { startBareNats, startTestNats, type TestNats } from '../../servers/nats.js';
import { StockpulseProcess } from '../e2e/stockpulse-process.js';
import { until } from '../e2e/until.js';

const TIMEOUT_MS = 300_000;
/** Nothing answers on the port for reserved use. */
const NOWHERE = '127.0.0.1:1';

let nats: TestNats;

beforeAll(async () => {
  nats = await startTestNats();
}, TIMEOUT_MS);

afterAll(async () => {
  await nats.stop();
});

async function run(settings: Readonly<Record<string, unknown>>): Promise<StockpulseProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'stockpulse-run-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  const all = {
    data: { dir: join(dir, 'data') },
    http: { port: 0 },
    log: { level: 'debug', pretty: 'never' },
    ...settings,
  };
  // JSON is YAML.
  return await StockpulseProcess.run({ dir, settings: JSON.stringify(all, null, 1) });
}

/** Runs to the end, and sees meanwhile what it starts. */
async function ended(engine: StockpulseProcess): Promise<number | string> {
  const watch = setInterval(() => void engine.noteStarted(), 100);
  const code = await engine.ended;
  clearInterval(watch);
  await engine.allGone();
  return code;
}

describe.concurrent('stockpulse run', () => {
  it(
    'ends with 2 without nats.url, as with any wrong setting, and says where to set it',
    async () => {
      const engine = await run({});
      expect(await ended(engine)).toBe(2);
      expect(engine.output).toMatch(/settings: .*\n +nats\.url is not set.*STOCKPULSE_NATS_URL/);
    },
    TIMEOUT_MS,
  );

  it(
    'ends with 2 and the place of each wrong setting',
    async () => {
      const engine = await run({ nats: { url: nats.url }, batch: { max: 0 } });
      expect(await ended(engine)).toBe(2);
      expect(engine.output).toMatch(/stockpulse\.yaml:\d+:\d+ batch\.max/);
    },
    TIMEOUT_MS,
  );

  it(
    'ends with 1 when NATS does not answer, and says which',
    async () => {
      const engine = await run({ nats: { url: `nats://${NOWHERE}`, startWait: '2s' } });
      expect(await ended(engine)).toBe(1);
      expect(engine.output).toMatch(
        /cannot connect to NATS at \S*127\.0\.0\.1:1 .*start nats-server/,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'ends with 1 when ClickHouse does not answer, and says which',
    async () => {
      const clickhouse = { url: `http://${NOWHERE}`, startWait: '2s' };
      const engine = await run({ nats: { url: nats.url }, clickhouse });
      expect(await ended(engine)).toBe(1);
      expect(engine.output).toMatch(
        /ClickHouse at http:\/\/127\.0\.0\.1:1 cannot be used: .*; start it, correct clickhouse\.url/,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'ends with 1 at the first refusal of the ClickHouse password, without another try',
    async () => {
      const clickhouse = await startTestClickHouse();
      onTestFinished(() => clickhouse.stop());
      const wrong = { url: clickhouse.url, username: 'nobody-known' };
      const engine = await run({ nats: { url: nats.url }, clickhouse: wrong });
      expect(await ended(engine)).toBe(1);
      expect(engine.output).toMatch(/ClickHouse at \S+ cannot be used: .*correct clickhouse\.url/);
      expect(engine.output).not.toContain('does not answer yet');
    },
    TIMEOUT_MS,
  );

  it(
    'ends with 1 when its port is taken, with all that it had started',
    async () => {
      const other = createServer().listen(0, '127.0.0.1');
      onTestFinished(() => void other.close());
      await new Promise((done) => other.once('listening', done));
      const address = other.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      const engine = await run({ nats: { url: nats.url }, http: { port } });
      expect(await ended(engine)).toBe(1);
      expect(engine.output).toMatch(new RegExp(`${port}.*(in use|taken).*http\\.port`, 's'));
      expect(engine.started.size).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it.each([
    { waits: 'NATS', url: `nats://${NOWHERE}`, clickhouse: {} },
    { waits: 'ClickHouse', url: null, clickhouse: { url: `http://${NOWHERE}` } },
    { waits: 'the embedded ClickHouse', url: null, clickhouse: {} },
  ])(
    'told to stop while it waits for $waits, it ends with 0 and leaves nothing running',
    async ({ url, clickhouse }) => {
      const engine = await run({ nats: { url: url ?? nats.url }, clickhouse });
      // The first it logs; by then it listens to signals and has not come to its servers yet.
      await until('it has begun to start', () => engine.log.some(({ msg }) => msg !== undefined));
      await engine.noteStarted();
      engine.signal('SIGTERM');
      expect(await ended(engine)).toBe(0);
      expect(engine.output).toContain('stopped before the engine was up');
      expect(engine.output).not.toContain('the engine is up');
    },
    TIMEOUT_MS,
  );

  it(
    'told to stop while ClickHouse does not answer, it tries no further',
    async () => {
      const clickhouse = { url: `http://${NOWHERE}` };
      const engine = await run({ nats: { url: nats.url }, clickhouse });
      const unanswered = 'ClickHouse does not answer yet';
      await until('ClickHouse is tried', () => engine.log.some(({ msg }) => msg === unanswered));
      engine.signal('SIGINT');
      expect(await ended(engine)).toBe(0);
      expect(engine.output).toContain('stopped before the engine was up');
    },
    TIMEOUT_MS,
  );

  it(
    'ends with 1 where NATS has no JetStream, rather than hanging on the open connection',
    async () => {
      const engine = await run({ nats: { url: await startBareNats() } });
      expect(await ended(engine)).toBe(1);
      expect(engine.output).toMatch(/offers no JetStream .*start it with --jetstream/);
    },
    TIMEOUT_MS,
  );

  it(
    'ends at once when it is told to a second time',
    async () => {
      const engine = await run({ nats: { url: nats.url } });
      await engine.up();
      await engine.noteStarted();
      // Two signals of one kind may arrive as one.
      engine.signal('SIGTERM');
      engine.signal('SIGINT');
      expect([130, 143]).toContain(await engine.ended);
      await engine.allGone();
    },
    TIMEOUT_MS,
  );
});

// Not beside the others: several engines in one test, each with a folder to remove at its end.
it(
  'stockpulse run ends with 1 where another one uses its data folder, and starts after that was killed',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'stockpulse-run-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
    const more = { nats: { url: nats.url }, data: { dir }, clickhouse: { enabled: false } };
    const first = await run(more);
    await first.up();
    const second = await run(more);
    expect(await ended(second)).toBe(1);
    expect(second.output).toContain(`uses the data folder ${dir}: stop it first`);
    first.signal('SIGKILL');
    await first.ended;
    const third = await run(more);
    await third.up();
    third.signal('SIGTERM');
    expect(await ended(third)).toBe(0);
  },
  TIMEOUT_MS,
);
