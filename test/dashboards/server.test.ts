// The HTTP server over real sockets.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorBody, FeedItem, PositionRow, SkuView } from '../../dashboards/protocol.js';
import type { ServerOptions } from '../../dashboards/server.js';
import { openScreen, type Running, startSample } from './running.js';

const running: Running[] = [];

async function start(options: Partial<ServerOptions> = {}): Promise<Running> {
  const started = await startSample({ webFolder: '/nonexistent', ...options });
  running.push(started);
  return started;
}

afterEach(async () => {
  for (const { server } of running.splice(0)) await server.close();
});

async function get(one: Running, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, one.server.url), { redirect: 'manual', ...init });
}

describe('the HTTP interface', () => {
  test('hands out overview, positions and feed as the model has them', async () => {
    const one = await start();
    expect(await (await get(one, '/api/overview')).json()).toEqual(one.model.overview());
    const rows = (await (await get(one, '/api/positions/at-risk?limit=3')).json()) as PositionRow[];
    expect(rows).toEqual(one.model.atRisk(3));
    const found = (await (
      await get(one, '/api/positions/search?q=LANTERN')
    ).json()) as PositionRow[];
    expect(found.map((row) => row.location)).toEqual(['leicester', 'rotterdam']);
    const items = (await (await get(one, '/api/feed?after=5&limit=2')).json()) as FeedItem[];
    expect(items).toEqual(one.model.feed(5, 2));
  });

  test('hands out one SKU, and says which one it does not know', async () => {
    const one = await start();
    const known = (await (await get(one, '/api/positions/leicester/20700')).json()) as SkuView;
    expect(known.position.sku).toBe('20700');
    const unknown = await get(one, '/api/positions/leicester/a%2Fb%20c');
    expect(unknown.status).toBe(404);
    const body = (await unknown.json()) as ErrorBody;
    expect(body.error).toBe('unknown-sku');
    expect(body.message).toContain('"a/b c"');
  });

  test.each([
    ['/api/positions/at-risk?limit=0', 'limit'],
    ['/api/positions/at-risk?limit=many', 'limit'],
    ['/api/positions/at-risk?limit=501', 'limit'],
    ['/api/positions/search', 'q'],
    [`/api/positions/search?q=${'x'.repeat(101)}`, 'q'],
    ['/api/feed?after=-1', 'after'],
    ['/api/overview?limit=3', 'additional'],
    [`/api/positions/leicester/${'x'.repeat(257)}`, 'sku'],
  ])('refuses %s and names what is wrong', async (path, named) => {
    const answer = await get(await start(), path);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as ErrorBody).message).toContain(named);
  });

  test('answers a path that it does not know with 404 as JSON, without its query', async () => {
    const answer = await get(await start(), '/nothing?token=secret');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: 'not-found',
      message: 'nothing answers to GET /nothing',
    });
  });

  test('a model that throws gives 500 without inner details, and a log line without the query', async () => {
    const one = await start();
    one.model.search = () => {
      throw new Error('inner detail');
    };
    const answer = await get(one, '/api/positions/search?q=findme');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('inner detail');
    const line = one.logged.find(({ message }) => message.includes('failed'));
    expect(line?.fields).toMatchObject({ path: '/api/positions/search' });
  });

  test('every answer carries the security headers and is not kept by caches', async () => {
    const one = await start();
    for (const path of ['/', '/api/overview', '/nothing', '/healthz']) {
      const { headers } = await get(one, path);
      expect(headers.get('content-security-policy'), path).toContain("script-src 'self'");
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('x-frame-options'), path).toBe('DENY');
      expect(headers.get('cache-control'), path).toBe('no-store');
    }
  });

  test('says how to build the page where it is not built', async () => {
    const one = await start();
    const answer = await get(one, '/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
    expect(one.logged.map(({ message }) => message).join()).toContain('npm run build');
  });
});

describe('the built page', () => {
  test('is asked for anew each time, its hashed files never again, whatever the folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assets-'));
    try {
      await mkdir(join(folder, 'assets'));
      await writeFile(join(folder, 'index.html'), '<!doctype html>');
      await writeFile(join(folder, 'assets', 'index-abc.js'), 'void 0;');
      const one = await start({ webFolder: folder });
      expect((await get(one, '/')).headers.get('cache-control')).toBe('no-cache');
      const script = await get(one, '/assets/index-abc.js');
      expect(script.headers.get('cache-control')).toContain('immutable');
      expect((await get(one, '/..%2f..%2fetc%2fpasswd')).status).toBe(404);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('health and metrics', () => {
  test('metrics are handed out as text for Prometheus', async () => {
    const answer = await get(await start(), '/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toContain('stockpulse_events_total');
  });

  test('ready while no part is down; a degraded part does not count as down', async () => {
    const one = await start();
    one.model.parts = [{ name: 'clickhouse', state: 'degraded', detail: 'spooling' }];
    const answer = await get(one, '/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ready: true, reasons: [], parts: one.model.parts });
  });

  test('503 with the reasons while a part is down, and alive all the same', async () => {
    const one = await start({ token: 'secret' });
    one.model.parts = [{ name: 'nats', state: 'down', detail: 'connection refused' }];
    const answer = await get(one, '/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      ready: false,
      reasons: ['nats is down: connection refused'],
    });
    expect((await get(one, '/healthz')).status).toBe(200);
  });
});

describe('with a token', () => {
  test('nothing but the health checks answers without it', async () => {
    const one = await start({ token: 'secret' });
    for (const path of ['/', '/api/overview', '/metrics', '/api/feed', '/healthz/../metrics']) {
      expect((await get(one, path)).status, path).toBe(401);
    }
    const bearer = { headers: { authorization: 'Bearer secret' } };
    expect((await get(one, '/api/overview', bearer)).status).toBe(200);
    expect(await openScreen(one.server).ended).toMatchObject({ code: 401 });
  });

  test('an address with it sets the cookie and leads to the same address without it', async () => {
    const one = await start({ token: 'secret' });
    const first = await get(one, '/api/feed?limit=2&token=secret');
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/api/feed?limit=2');
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await get(one, '/api/feed?limit=2', { headers: { cookie } })).status).toBe(200);
    const screen = openScreen(one.server, { headers: { cookie } });
    await new Promise((resolve) => screen.socket.once('message', resolve));
    screen.socket.close();
  });

  test('a wrong one is refused, with a form where a browser asks', async () => {
    const one = await start({ token: 'secret' });
    const answer = await get(one, '/?token=guess', { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.text()).toContain('not the right one');
  });

  test('the redirect never leads to another host', async () => {
    const one = await start({ token: 'secret' });
    const location = await new Promise<string | undefined>((resolve, reject) => {
      const options = { port: one.server.port, path: '//evil.example/?token=secret' };
      httpRequest(options, (answer) => {
        answer.resume();
        resolve(answer.headers.location);
      })
        .on('error', reject)
        .end();
    });
    expect(location).toBe('/evil.example/');
  });

  test('it is never logged, nor part of the address that is handed back', async () => {
    const one = await start({ token: 'secret-token' });
    await get(one, '/api/overview?token=secret-token');
    await get(one, '/nothing?token=secret-token', { headers: { authorization: 'Bearer no' } });
    expect(JSON.stringify(one.logged)).not.toContain('secret-token');
    expect(one.server.url).not.toContain('secret-token');
  });
});

describe('where it listens', () => {
  test('a taken port is refused by name, with what to do', async () => {
    const one = await start();
    await expect(start({ port: one.server.port })).rejects.toThrow(
      `http: port ${one.server.port} on 127.0.0.1 is taken (EADDRINUSE); set http.port`,
    );
  });

  test('a foreign Host is refused over HTTP and over the WebSocket', async () => {
    const one = await start();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'rebound.example' };
      httpRequest({ port: one.server.port, path: '/api/overview', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
    const host = openScreen(one.server, { headers: { host: 'rebound.example' } });
    expect(await host.ended).toMatchObject({ code: 421 });
    const origin = openScreen(one.server, { headers: { origin: 'http://evil.example' } });
    expect(await origin.ended).toMatchObject({ code: 403 });
    expect(await openScreen(one.server, { path: '/other' }).ended).toMatchObject({ code: 404 });
  });

  test('closing ends open screens with a reason and frees the port', async () => {
    const one = await start();
    const screen = openScreen(one.server);
    await new Promise((resolve) => screen.socket.once('message', resolve));
    await one.server.close();
    expect(await screen.ended).toEqual({ code: 1001, reason: 'the server is going away' });
    await start({ port: one.server.port });
  });
});
