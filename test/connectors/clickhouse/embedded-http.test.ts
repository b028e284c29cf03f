// The embedded server, asked the way every other part asks: through @clickhouse/client.
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ClickHouseError } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestClickHouse, type TestClickHouse } from '../../servers/clickhouse.js';

let server: TestClickHouse;
beforeAll(async () => {
  server = await startTestClickHouse({ maxBodyBytes: 8_000_000, maxRunning: 2, maxWaiting: 4 });
});
afterAll(() => server.stop());

async function rows<T>(query: string, params: Record<string, unknown> = {}): Promise<T[]> {
  const result = await server
    .client()
    .query({ query, query_params: params, format: 'JSONEachRow' });
  return result.json<T>();
}

async function failure(work: Promise<unknown>): Promise<ClickHouseError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ClickHouseError) return error;
  throw new Error(`expected a ClickHouseError, got ${String(error)}`);
}

async function raw(path: string, init: RequestInit = {}): Promise<Response> {
  const pair = `${server.username}:${server.password}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return fetch(`${server.url}${path}`, { ...init, headers: { authorization, ...init.headers } });
}

async function table(name: string, columns: string): Promise<void> {
  const query = `CREATE TABLE ${name} (${columns}) ENGINE = MergeTree ORDER BY tuple()`;
  await server.client().command({ query });
}

describe('queries', () => {
  it('answers a ping, also one that asks for a query', async () => {
    expect(await server.client().ping()).toEqual({ success: true });
    expect(await server.client().ping({ select: true })).toEqual({ success: true });
  });

  it('hands parameters to the engine, so that no value can become code', async () => {
    const params = {
      number: 42,
      text: "it's \\ a\ttab\nand 'more'; DROP TABLE x -- ",
      list: ["a'b", 'c\nd', 'ü'],
      nothing: null,
      when: new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 250)),
      name: 'number',
    };
    const [row] = await rows<Record<string, unknown>>(
      'SELECT {number: UInt32} AS number, {text: String} AS text, {list: Array(String)} AS list, ' +
        "{nothing: Nullable(String)} AS nothing, {when: DateTime64(3, 'UTC')} AS at, " +
        '{name: Identifier} + 1 AS next',
      params,
    );
    expect(row).toEqual({
      number: 42,
      text: params.text,
      list: params.list,
      nothing: null,
      at: '2024-02-29 12:30:15.250',
      next: 43,
    });
  });

  it('takes parameters as a form too, where they are too long for a URL', async () => {
    const list = Array.from({ length: 50_000 }, (_, index) => `sku-${index}`);
    const result = await server.client().query({
      query: 'SELECT length({list: Array(String)}) AS n',
      query_params: { list },
      use_multipart_params: true,
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ n: 50_000 }]);
  });

  it('keeps settings, parameters and database within one request', async () => {
    const client = server.client({ maxConnections: 1 });
    const query = "SELECT getSetting('max_threads') AS n";
    const set = await client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { max_threads: 7 },
    });
    expect(await set.json()).toEqual([{ n: 7 }]);
    const unset = await client.query({ query, format: 'JSONEachRow' });
    expect(await unset.json()).not.toEqual([{ n: 7 }]);
    const missing = await failure(rows('SELECT {absent: UInt8}'));
    expect(missing.type).toBe('UNKNOWN_QUERY_PARAMETER');
  });

  it('gives whole documents in formats that have a frame', async () => {
    const result = await server
      .client()
      .query({ query: 'SELECT number AS n FROM numbers(150000)', format: 'JSON' });
    const document = await result.json<{ n: number }>();
    expect(document.rows).toBe(150_000);
    expect(document.data.at(-1)).toEqual({ n: 149_999 });
    const names = await server
      .client()
      .query({ query: 'SELECT number AS n FROM numbers(150000)', format: 'CSVWithNames' });
    expect((await names.text()).match(/n/g)).toHaveLength(1);
  });

  it('streams rows while the engine still makes them', async () => {
    // Ten thousand million rows: an answer that came whole would never come.
    const stop = new AbortController();
    const result = await server.client().query({
      query: 'SELECT number FROM numbers(10000000000)',
      format: 'JSONEachRow',
      abort_signal: stop.signal,
    });
    let count = 0;
    for await (const part of result.stream<{ number: number }>()) {
      count += part.length;
      if (count > 500_000) break;
    }
    stop.abort();
    expect(count).toBeGreaterThan(500_000);
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('compresses the answer when the client asks for it', async () => {
    const result = await server
      .client({ compression: true })
      .query({ query: 'SELECT number FROM numbers(1000)', format: 'JSONEachRow' });
    expect(result.response_headers['content-encoding']).toBe('gzip');
    expect(await result.json()).toHaveLength(1000);
  });

  it('names the query, the format and what was read', async () => {
    const result = await server.client().query({
      query: 'SELECT count() AS n FROM numbers(5)',
      format: 'JSON',
      query_id: 'my-query',
    });
    expect(result.query_id).toBe('my-query');
    expect(result.response_headers['x-clickhouse-query-id']).toBe('my-query');
    expect(result.response_headers['x-clickhouse-format']).toBe('JSON');
    expect(String(result.response_headers['x-clickhouse-summary'])).toContain('"read_rows"');
    await result.text();
  });
});

describe('inserts', () => {
  it('takes rows as objects, arrays, CSV and tabs', async () => {
    const client = server.client();
    await table('formats', 'a UInt64, b String');
    const values = [{ a: 1, b: "one's\ttab" }];
    await client.insert({ table: 'formats', values, format: 'JSONEachRow' });
    const columns: [string, ...string[]] = ['b', 'a'];
    const arrays = [['two', 2]];
    const compact = { values: arrays, format: 'JSONCompactEachRow', columns } as const;
    const result = await client.insert({ table: 'formats', ...compact });
    expect(result.summary?.written_rows).toBe('1');
    const csv = Readable.from(['3,"th', 'ree"\n'], { objectMode: false });
    await client.insert({ table: 'formats', values: csv, format: 'CSV' });
    const tabs = Readable.from(['4\tfour\n'], { objectMode: false });
    await client.insert({
      table: `${server.database}.formats`,
      values: tabs,
      format: 'TabSeparated',
    });
    await client.command({ query: "INSERT INTO formats (a, b) VALUES (5, 'five;')" });
    await client.command({ query: 'INSERT INTO formats SELECT 6, toString(6)' });
    expect(await rows('SELECT * FROM formats ORDER BY a')).toEqual([
      { a: 1, b: "one's\ttab" },
      { a: 2, b: 'two' },
      { a: 3, b: 'three' },
      { a: 4, b: 'four' },
      { a: 5, b: 'five;' },
      { a: 6, b: '6' },
    ]);
  });

  it('takes a compressed stream of many rows', async () => {
    await table('streamed', 'k UInt64');
    const values = Readable.from(
      (function* make() {
        for (let n = 0; n < 20_000; n += 1) yield { k: n };
      })(),
    );
    const client = server.client({ compression: true });
    await client.insert({ table: 'streamed', values, format: 'JSONEachRow' });
    expect(await rows('SELECT count() AS n, sum(k) AS s FROM streamed')).toEqual([
      { n: 20_000, s: 199_990_000 },
    ]);
  });

  it('drops a batch that comes a second time with the same token', async () => {
    await server.client().command({
      query:
        'CREATE TABLE once (n UInt64) ENGINE = ReplacingMergeTree ORDER BY n ' +
        'SETTINGS non_replicated_deduplication_window = 100',
    });
    for (const token of ['first', 'first', 'second']) {
      await server.client().insert({
        table: 'once',
        values: [{ n: 1 }],
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplication_token: token },
      });
    }
    expect(await rows('SELECT count() AS n FROM once')).toEqual([{ n: 2 }]);
  });
});

describe('errors', () => {
  it('has the code, the type and the status that a server gives', async () => {
    const missing = await failure(rows('SELECT * FROM nowhere'));
    expect([missing.code, missing.type]).toEqual(['60', 'UNKNOWN_TABLE']);
    const answer = await raw('/?query=SELEC%201');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('62');
    expect(await answer.text()).toMatch(
      /^Code: 62\. DB::Exception: .*\(SYNTAX_ERROR\) \(version /s,
    );
    const setting = await raw('/?query=SELECT%201&no_such_setting=1');
    expect(setting.status).toBe(404);
  });

  it('says which row of an insert was wrong', async () => {
    await table('typed', 'n UInt64');
    const values = [{ n: 1 }, { n: 'no number' }];
    const wrong = await failure(
      server.client().insert({ table: 'typed', values, format: 'JSONEachRow' }),
    );
    expect(wrong.message).toContain('at row 2');
    expect(await rows('SELECT count() AS n FROM typed')).toEqual([{ n: 0 }]);
  });

  it('reports an error that comes after the first rows', async () => {
    // Whether the first rows have left by then is the engine's affair; the error must come.
    const query = "SELECT throwIf(number = 200000, 'half-way') AS n FROM numbers(400000)";
    const rows = server
      .client()
      .query({ query, format: 'JSONEachRow' })
      .then((result) => result.json());
    await expect(rows).rejects.toThrow('half-way');
  });

  it('refuses a second statement, and any change by GET', async () => {
    const two = await failure(server.client().command({ query: 'SELECT 1; SELECT 2' }));
    expect(two.message).toContain('Multi-statements');
    const change = await raw(`/?query=CREATE%20DATABASE%20by_get`);
    expect(change.headers.get('x-clickhouse-exception-code')).toBe('164');
  });

  it('refuses a wrong password and tells nothing without one', async () => {
    const wrong = await failure(server.client({ password: 'guess' }).query({ query: 'SELECT 1' }));
    expect(wrong.type).toBe('AUTHENTICATION_FAILED');
    expect((await fetch(`${server.url}/?query=SELECT%201`)).status).toBe(403);
  });

  it('refuses a body beyond the limit, packed or not, and goes on', async () => {
    const line = Buffer.from(`${'1\n'.repeat(5_000_000)}`);
    for (const headers of [{}, { 'content-encoding': 'gzip' }]) {
      const body = 'content-encoding' in headers ? gzipSync(line) : line;
      const query = encodeURIComponent('INSERT INTO FUNCTION null() FORMAT TSV');
      const answer = await raw(`/?query=${query}`, { method: 'POST', body, headers });
      expect(answer.status).toBe(413);
      expect(await answer.text()).toContain('TOO_MANY_BYTES');
    }
    const garbage = await raw('/', {
      method: 'POST',
      body: Buffer.from('no gzip'),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(garbage.status).toBe(400);
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('lets so many requests wait and refuses the rest with a code that says try again', async () => {
    const asked = Array.from({ length: 12 }, () => rows('SELECT sleep(0.3) AS zero'));
    const results = await Promise.allSettled(asked);
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(results.length - refused.length).toBeGreaterThanOrEqual(6);
    for (const reason of refused) expect(reason).toMatchObject({ code: '202' });
  });
});
