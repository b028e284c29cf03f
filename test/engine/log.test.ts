// The log: JSON or lines for people, and never a secret.
import { describe, expect, it } from 'vitest';
import { createLogger, type LogOptions } from '../../engine/log.js';

function logged(options: Partial<LogOptions>, isTTY = false) {
  const lines: string[] = [];
  const target = { isTTY, write: (text: string) => lines.push(text) };
  return { log: createLogger({ level: 'info', pretty: 'auto', ...options }, target), lines };
}

describe('log', () => {
  it('is one JSON object a line where nobody looks', () => {
    const { log, lines } = logged({});
    log.child({ part: 'nats' }).warn({ tries: 3 }, 'connection lost');
    log.debug('not written at this level');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
      part: 'nats',
      tries: 3,
      msg: 'connection lost',
    });
  });

  it('is a line for people on a terminal, or where the settings say so', () => {
    const terminal = logged({}, true);
    terminal.log.child({ part: 'nats' }).warn({ tries: 3 }, 'connection lost');
    expect(terminal.lines[0]).toMatch(/WARN .*nats: connection lost.*\(tries=3\)/);
    const always = logged({ pretty: 'always' });
    always.log.info('up');
    expect(always.lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}up\n$/);
    const never = logged({ pretty: 'never' }, true);
    never.log.info('up');
    expect(never.lines[0]).toMatch(/^\{/);
  });

  it('shows an error with its stack', () => {
    const { log, lines } = logged({ pretty: 'always' });
    log.error({ err: new Error('disk full') }, 'snapshot failed');
    expect(lines[0]).toMatch(/ERROR snapshot failed\n {2}Error: disk full\n\s+at /);
  });

  it.each(['always', 'never'] as const)('keeps secrets back (pretty: %s)', (pretty) => {
    const { log, lines } = logged({ pretty });
    const secret = 'geheim';
    log.info({ password: secret, nats: { token: secret, tls: { password: secret } } }, 'a');
    log.info({ req: { headers: { authorization: `Bearer ${secret}` } } }, 'b');
    log.info({ url: `nats://me:${secret}@host:4222`, deep: { url: `http://${secret}@h` } }, 'c');
    log.info(`started on nats://me:${secret}@host`);
    const cause = new Error(`no answer from http://h:8123/?password=${secret}&database=d`);
    log.error({ err: new Error(`http://me:${secret}/2@h does not answer`, { cause }) }, 'd');
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toContain(secret);
    expect(lines.join('')).toContain('@host:4222');
  });

  it('gives no control characters of an event to a terminal', () => {
    const { log, lines } = logged({ pretty: 'always' });
    log.info({ sku: 'a\u001b[2Jb' }, 'refused \u001b[2J\u0007x');
    expect(lines[0]).not.toContain('\u001b');
    expect(lines[0]).not.toContain('\u0007');
  });
});
