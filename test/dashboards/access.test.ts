// Who may look: Host, Origin and token, judged by headers alone.
import { describe, expect, test } from 'vitest';
import { Access, isLoopback } from '../../dashboards/access.js';

const cookie = 'stockpulse_1';
const local = { host: '127.0.0.1', token: null, allowedHosts: [] };

describe('the Host header', () => {
  test('a server on loopback answers to loopback names only', () => {
    const access = new Access(local);
    for (const host of ['localhost:80', '127.0.0.1:9', '127.1.2.3', '[::1]:80', 'LOCALHOST']) {
      expect(access.refuseHost({ host }), host).toBeNull();
    }
    for (const host of ['shop.example', '127.0.0.1.evil.example:80', '10.0.0.1', '']) {
      expect(access.refuseHost({ host })?.status, host).toBe(421);
    }
    expect(access.refuseHost({})?.status).toBe(421);
  });

  test('a host name that is allowed is answered', () => {
    const access = new Access({ ...local, allowedHosts: ['Stock.Example'] });
    expect(access.refuseHost({ host: 'stock.example:8443' })).toBeNull();
    expect(access.refuseHost({ host: 'evil.example' })?.status).toBe(421);
  });

  test('a server on all addresses answers to all names until some are allowed', () => {
    const open = { ...local, host: '0.0.0.0' };
    expect(new Access(open).refuseHost({ host: 'engine:9464' })).toBeNull();
    const named = new Access({ ...open, allowedHosts: ['stock.example'] });
    expect(named.refuseHost({ host: 'evil.example' })?.status).toBe(421);
    expect(named.refuseHost({ host: '10.1.2.3:9464' })).toBeNull();
    expect(named.refuseHost({ host: 'localhost:9464' })).toBeNull();
  });
});

describe('the Origin header', () => {
  const access = new Access({ ...local, allowedHosts: ['stock.example'] });
  const host = '127.0.0.1:8080';

  test('a program without an origin, and the page itself, may open the WebSocket', () => {
    expect(access.refuseOrigin({ host })).toBeNull();
    expect(access.refuseOrigin({ host, origin: 'http://127.0.0.1:8080' })).toBeNull();
    expect(access.refuseOrigin({ host, origin: 'https://stock.example' })).toBeNull();
  });

  test('pages of another site, another port, or of no site may not', () => {
    for (const origin of ['http://evil.example', 'http://127.0.0.1:8081', 'null', 'file://']) {
      expect(access.refuseOrigin({ host, origin })?.status, origin).toBe(403);
    }
  });
});

describe('the token', () => {
  const access = new Access({ ...local, token: 'correct horse' });

  test('is taken as bearer or as the cookie that stands for it', () => {
    const token = new Access({ ...local, token: 'abc' });
    expect(token.refuseToken({ authorization: 'Bearer abc' }, cookie)).toBeNull();
    expect(token.refuseToken({ authorization: 'bearer  abc' }, cookie)).toBeNull();
    const [pair = ''] = token.setCookie(cookie).split(';');
    expect(token.refuseToken({ cookie: `a=b; ${pair}; c=d` }, cookie)).toBeNull();
    expect(token.refuseToken({ cookie: pair }, 'stockpulse_2')?.status).toBe(401);
  });

  test('is refused when absent, wrong, empty or of another length', () => {
    for (const authorization of [undefined, 'Bearer', 'Bearer x', 'Basic abc', 'Bearer ']) {
      const headers = authorization === undefined ? {} : { authorization };
      expect(access.refuseToken(headers, cookie)?.status).toBe(401);
    }
    expect(access.refuseToken({ cookie: `${cookie}=correct horse` }, cookie)?.status).toBe(401);
  });

  test('the cookie does not hold the token, and scripts and other sites cannot use it', () => {
    const set = access.setCookie(cookie);
    expect(set).not.toContain('correct');
    expect(set).toMatch(/; HttpOnly/);
    expect(set).toMatch(/; SameSite=Strict/);
  });

  test('no token is the right one where none is set', () => {
    expect(new Access(local).isToken('')).toBe(false);
  });
});

test('loopback is told from names that only look like it', () => {
  expect(['localhost', '::1', '[::1]', '127.9.9.9'].every(isLoopback)).toBe(true);
  expect(['127.example', '0.0.0.0', 'localhost.evil.example', ''].some(isLoopback)).toBe(false);
});
