// A history sink over a real ClickHouse that goes away, is killed, refuses, or is too slow.
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freeze, packBatch, unpackBatch } from '../../../connectors/clickhouse/batch.js';
import { encodeRows } from '../../../connectors/clickhouse/encode.js';
import { HistorySink } from '../../../connectors/clickhouse/history.js';
import type { HistoryOptions } from '../../../connectors/clickhouse/history-options.js';
import { insertBatch } from '../../../connectors/clickhouse/insert.js';
import { migrate, readMigrations } from '../../../connectors/clickhouse/migrations.js';
import type { EventRow } from '../../../connectors/clickhouse/rows.js';
import { SendToken } from '../../../connectors/clickhouse/send-token.js';
import { EVENTS } from '../../../connectors/clickhouse/tables.js';
import { startTestClickHouse, type TestClickHouse } from '../../servers/clickhouse.js';
import { eventRow } from './history-rows.js';
import { temporaryFolder } from './temporary-folder.js';

let server: TestClickHouse;
let client: ClickHouseClient;
beforeAll(async () => {
  server = await startTestClickHouse();
  client = server.client();
  await migrate(client, await readMigrations());
});
afterAll(() => server.stop());
beforeEach(async () => {
  await vi.waitFor(async () => expect((await client.ping()).success).toBe(true), patience);
  await client.command({ query: 'TRUNCATE TABLE events' });
});

const patience = { timeout: 30_000, interval: 20 };

async function opened(options: Partial<HistoryOptions> = {}): Promise<HistorySink<EventRow>> {
  const dir = options.dir ?? (await temporaryFolder());
  const sink = await HistorySink.open(EVENTS, {
    ...{ client, dir, batchRows: 100, batchWaitMs: 50, minBackoffMs: 10, maxBackoffMs: 50 },
    ...options,
  });
  onTestFinished(() => sink.close().catch(() => undefined));
  return sink;
}

function rowsFrom(first: number, count: number): EventRow[] {
  return Array.from({ length: count }, (_, index) => eventRow(first + index));
}

async function counts(): Promise<{ all: number; final: number; positions: number }> {
  const result = await client.query({
    query:
      'SELECT (SELECT count() FROM events) AS all, count() AS final, ' +
      'uniqExact(position) AS positions FROM events FINAL',
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ all: number; final: number; positions: number }>();
  return row ?? { all: -1, final: -1, positions: -1 };
}

async function uptime(): Promise<number> {
  const query = 'SELECT uptime() AS seconds';
  const result = await client.query({ query, format: 'JSONEachRow' });
  const [row] = await result.json<{ seconds: number }>();
  return row?.seconds ?? 0;
}

const exactly = (n: number) => ({ all: n, final: n, positions: n });

/** A way to the server that can be cut, as a server that is stopped or a cable that is pulled. */
async function gateway() {
  const { port } = new URL(server.url);
  const sockets = new Set<Socket>();
  let open = true;
  let hangs = false;
  const proxy = createServer((socket) => {
    const behind = connect(Number(port), '127.0.0.1');
    for (const each of [socket, behind]) {
      sockets.add(each);
      each.on('error', () => undefined).on('close', () => sockets.delete(each));
    }
    if (!open) return cut();
    socket.pipe(behind).on('close', () => socket.destroy());
    behind.pipe(socket).on('close', () => behind.destroy());
    if (hangs) for (const each of [socket, behind]) each.pause();
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    client: server.client({ url }),
    close: () => {
      open = false;
      cut();
    },
    open: () => {
      open = true;
    },
    /** Connections stay, and nothing comes through. */
    hang: () => {
      hangs = true;
      for (const socket of sockets) socket.pause();
    },
    goOn: () => {
      hangs = false;
      for (const socket of sockets) socket.resume();
    },
  };
}

describe('SendToken', () => {
  const batch = freeze({
    run: 'run',
    ...{ table: 'events', columns: ['id'], rows: 1, pieces: [Buffer.from('["a"]\n')] },
    ...{ firstPosition: 1, lastPosition: 1 },
  });

  it('keeps the token while the server lives, and gives a new one once it was restarted', async (test) => {
    if (server.embedded === null) return test.skip();
    await vi.waitFor(async () => expect(await uptime()).toBeGreaterThan(3), patience);
    const tokens = new SendToken(client, { inherited: false, run: 'run' });
    expect(await tokens.of(batch)).toBe(batch.token);
    expect(await tokens.of(batch)).toBe(batch.token);
    const { pid } = server.embedded;
    server.kill();
    await vi.waitFor(() => expect(server.embedded?.pid).not.toBe(pid), patience);
    const renewed = await tokens.of(batch);
    expect(renewed).not.toBe(batch.token);
  });

  it('does not trust the token of a batch that another process may have tried', async () => {
    const tokens = new SendToken(client, { inherited: true, run: 'run' });
    expect(await tokens.of(batch)).not.toBe(batch.token);
  });

  it('never renews to the token of another process, which the server may have noted too', async () => {
    const before = new SendToken(client, { inherited: true, run: 'before' });
    const after = new SendToken(client, { inherited: true, run: 'after' });
    expect(await after.of(batch)).not.toBe(await before.of(batch));
  });
});

describe('HistorySink', () => {
  it('sends a batch when it is full, or when its first row has waited long enough', async () => {
    const sink = await opened({ batchRows: 100, batchWaitMs: 30 });
    await sink.write(rowsFrom(0, 250));
    await vi.waitFor(() => expect(sink.stats().insertedRows).toBe(250), patience);
    expect(await counts()).toEqual(exactly(250));
    expect(sink.stats()).toMatchObject({ queuedRows: 0, state: 'up', failures: 0 });
  });

  it('loses nothing and doubles nothing while ClickHouse is away under load', async () => {
    // Tokens are trusted only of a server that runs for longer than its uptime's rounding.
    await vi.waitFor(async () => expect(await uptime()).toBeGreaterThan(3), patience);
    const way = await gateway();
    const sink = await opened({ client: way.client, maxQueuedRows: 300 });
    for (let n = 0; n < 6_000; n += 50) {
      if (n === 1_000) way.close();
      if (n === 4_000) way.open();
      await sink.write(rowsFrom(n, 50));
      if (n === 3_000) {
        await sink.flush();
        const stats = sink.stats();
        expect(stats).toMatchObject({ queuedRows: 0, state: 'down' });
        expect(stats.spooledBatches).toBeGreaterThan(0);
      }
      expect(sink.stats().queuedRows).toBeLessThan(350);
    }
    await sink.flush();
    await vi.waitFor(() => expect(sink.stats().spooledBatches).toBe(0), patience);
    expect(await counts()).toEqual(exactly(6_000));
    expect(sink.stats()).toMatchObject({ state: 'up', spooledBytes: 0 });
  });

  it('loses nothing, and counts rows once, when the engine is killed in the middle of inserts', async (test) => {
    if (server.embedded === null) return test.skip();
    const sink = await opened({ batchRows: 500 });
    for (let round = 0; round < 2; round += 1) {
      const before = sink.stats().insertedRows;
      await sink.write(rowsFrom(round * 10_000, 10_000));
      // Some of them are in and others on their way: now.
      await vi.waitFor(() => expect(sink.stats().insertedRows).toBeGreaterThan(before), patience);
      const { pid } = server.embedded;
      server.kill();
      await vi.waitFor(() => expect(server.embedded?.pid).not.toBe(pid), patience);
    }
    await sink.flush();
    await vi.waitFor(() => expect(sink.stats().spooledBatches).toBe(0), patience);
    expect(sink.stats().failures).toBeGreaterThan(0);
    expect(await counts()).toMatchObject({ final: 20_000, positions: 20_000 });
  });

  it('sends after a crash what was flushed before it, and rows sent again count once', async () => {
    const dir = await temporaryFolder();
    const way = await gateway();
    way.close();
    // The first sink is left as a crash leaves it: rows of the last write are only in its memory.
    const first = await opened({ dir, client: way.client, batchWaitMs: 60_000 });
    await first.write(rowsFrom(0, 250));
    await first.flush();
    await first.write(rowsFrom(250, 30));
    const copy = await mkdtemp(join(tmpdir(), 'stockpulse-test-'));
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    await cp(dir, copy, { recursive: true });
    const second = await opened({ dir: copy });
    // Replayed from the snapshot's position, which lies before what was flushed last.
    await second.write(rowsFrom(200, 100));
    await second.flush();
    await vi.waitFor(() => expect(second.stats().spooledBatches).toBe(0), patience);
    expect(await counts()).toMatchObject({ final: 300, positions: 300 });
  });

  it('leaves one copy of a batch whose acknowledgement got lost, also without FINAL', async () => {
    const rows = rowsFrom(0, 100);
    const batch = freeze({
      run: 'run',
      table: 'events',
      columns: EVENTS.columns.map((column) => column.name),
      rows: rows.length,
      pieces: [encodeRows(EVENTS, rows)],
      firstPosition: 0,
      lastPosition: 99,
    });
    const { signal } = new AbortController();
    await insertBatch(client, batch, signal);
    // From the spool, as another process would find it.
    const again = unpackBatch(packBatch(batch));
    expect(again).toEqual(batch);
    await insertBatch(client, again, signal);
    expect(await counts()).toEqual(exactly(100));
  });

  it('takes rows while ClickHouse hangs: what memory cannot hold goes to disk, and counts once', async () => {
    const way = await gateway();
    const sink = await opened({ client: way.client, maxQueuedRows: 300 });
    await sink.write(rowsFrom(0, 100));
    await sink.flush();
    way.hang();
    for (let n = 100; n < 3_000; n += 100) await sink.write(rowsFrom(n, 100));
    await sink.flush();
    expect(sink.stats()).toMatchObject({ state: 'up', queuedRows: 0, failures: 0 });
    expect(sink.stats().spooledBatches).toBe(29);
    expect(await counts()).toEqual(exactly(100));
    way.goOn();
    await vi.waitFor(() => expect(sink.stats().spooledBatches).toBe(0), patience);
    expect(await counts()).toEqual(exactly(3_000));
    expect(sink.stats().insertedRows).toBe(3_000);
  });

  it('waits when memory and disk are full, says degraded, and goes on from there', async () => {
    const way = await gateway();
    way.close();
    const sink = await opened({ client: way.client, maxQueuedRows: 300, spoolBytes: 40_000 });
    let written = 0;
    const writing = (async () => {
      for (let n = 0; n < 3_000; n += 100) {
        await sink.write(rowsFrom(n, 100));
        written = n + 100;
      }
    })();
    await vi.waitFor(() => expect(sink.stats().state).toBe('degraded'), patience);
    await vi.waitFor(() => expect(sink.stats().queuedRows).toBeGreaterThanOrEqual(300), patience);
    expect(written).toBeLessThan(3_000);
    const stop = new AbortController();
    const refused = sink.flush(stop.signal);
    stop.abort(new Error('enough'));
    await expect(refused).rejects.toThrow('enough');
    way.open();
    await writing;
    await sink.flush();
    await vi.waitFor(() => expect(sink.stats().spooledBatches).toBe(0), patience);
    expect(await counts()).toEqual(exactly(3_000));
    expect(sink.stats().state).toBe('up');
    expect(sink.stats().spoolFull).toBeGreaterThan(0);
    expect(sink.stats().queueFull).toBeGreaterThan(0);
  });

  it('sets a batch aside that ClickHouse refuses as wrong, with the reason, and goes on', async () => {
    const dir = await temporaryFolder();
    await client.command({
      query: 'ALTER TABLE events ADD CONSTRAINT sane CHECK quantity < 1000000',
    });
    onTestFinished(async () => {
      await client.command({ query: 'ALTER TABLE events DROP CONSTRAINT sane' });
    });
    const sink = await opened({ dir });
    await sink.write([...rowsFrom(0, 99), { ...eventRow(99), quantity: 2_000_000 }]);
    await sink.write(rowsFrom(100, 100));
    await sink.flush();
    expect(sink.stats()).toMatchObject({ rejectedRows: 100, insertedRows: 100, state: 'up' });
    expect(await counts()).toEqual(exactly(100));
    const names = (await readdir(join(dir, 'rejected'))).sort();
    expect(names).toHaveLength(2);
    const [reason, data] = await Promise.all(
      names.map((name) => readFile(join(dir, 'rejected', name), 'utf8')),
    );
    expect(reason).toContain('sane');
    expect(data?.trimEnd().split('\n')).toHaveLength(100);
  });

  it('keeps rows whose table is not there yet, and sends them once it is', async () => {
    await client.command({ query: 'RENAME TABLE events TO events_away' });
    const sink = await opened();
    await sink.write(rowsFrom(0, 100));
    await vi.waitFor(() => expect(sink.stats().state).toBe('down'), patience);
    expect(sink.stats().lastError).toContain('events');
    await client.command({ query: 'RENAME TABLE events_away TO events' });
    await vi.waitFor(() => expect(sink.stats().insertedRows).toBe(100), patience);
    expect(await counts()).toEqual(exactly(100));
  });

  it('leaves on disk at close what ClickHouse does not take, for the next start', async () => {
    const dir = await temporaryFolder();
    const way = await gateway();
    way.close();
    const sink = await opened({ dir, client: way.client, batchWaitMs: 60_000 });
    await sink.write(rowsFrom(0, 130));
    await sink.close();
    await sink.close();
    await expect(sink.write(rowsFrom(0, 1))).rejects.toThrow('closed');
    const next = await opened({ dir });
    await vi.waitFor(() => expect(next.stats().insertedRows).toBe(130), patience);
    expect(await counts()).toEqual(exactly(130));
  });

  it('says at close which rows neither ClickHouse nor the disk took', async () => {
    const way = await gateway();
    way.close();
    const limits = { spoolBytes: 1_000, closeTimeoutMs: 300 };
    const sink = await opened({ client: way.client, ...limits });
    await sink.write(rowsFrom(0, 100));
    await expect(sink.close()).rejects.toThrow('100 rows could be neither inserted nor written');
  });

  it('refuses options that make no sense', async () => {
    await expect(opened({ batchRows: 0 })).rejects.toThrow('batchRows must be at least 1, not 0');
  });
});
