// Settings by environment variables: every one of them, and secrets from files.
import { describe, expect, it } from 'vitest';
import { settingList } from '../../config/catalogue.js';
import { unknownVariables } from '../../config/environment.js';
import { loadSettings, SettingsError } from '../../config/settings.js';

function problemsOf(env: Record<string, string>, files: Record<string, string> = {}): string[] {
  try {
    loadSettings({ env, readFile: (path) => files[path] ?? missing(path) });
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems];
    throw error;
  }
  return [];
}

function missing(path: string): never {
  throw new Error(`ENOENT: ${path}`);
}

describe('environment', () => {
  it('has one variable a setting, in upper snake case, none twice', () => {
    const names = settingList.map((setting) => setting.variable);
    expect(new Set(names).size).toBe(names.length);
    const variable = new Map(settingList.map((setting) => [setting.path, setting.variable]));
    expect(variable.get('batch.max')).toBe('STOCKPULSE_BATCH_MAX');
    expect(variable.get('time.allowedLateness')).toBe('STOCKPULSE_TIME_ALLOWED_LATENESS');
    expect(variable.get('nats.tls.caFile')).toBe('STOCKPULSE_NATS_TLS_CA_FILE');
    expect(variable.get('replenish.leadTimeSdDays')).toBe('STOCKPULSE_REPLENISH_LEAD_TIME_SD_DAYS');
  });

  it.each(settingList.filter((s) => !s.path.includes('<id>')).map((s) => [s.variable, s.path]))(
    '%s reaches %s, and its wrong value is refused under its name',
    (variable, path) => {
      const wrong = path === 'http.token' ? 'short' : '\u0000';
      const found = problemsOf({ [variable]: wrong });
      if (found.length > 0) {
        expect(found[0]).toMatch(new RegExp(`^${variable} `));
        return;
      }
      // Free text has no wrong value but the empty one, and empty is not set.
      const loaded: unknown = loadSettings({ env: { [variable]: wrong } });
      const at = path.split('.').reduce((tree, key) => (tree as never)[key], loaded);
      expect(at).toBe(wrong);
    },
  );

  it('reads text into flags, numbers, durations and sizes', () => {
    const settings = loadSettings({
      env: {
        STOCKPULSE_CLICKHOUSE_ENABLED: 'false',
        STOCKPULSE_CLICKHOUSE_SPOOL_BYTES: '2GiB',
        STOCKPULSE_REPLENISH_SERVICE_LEVEL: '.5',
        STOCKPULSE_FORECAST_HORIZON: '14',
        STOCKPULSE_CART_ABANDON_AFTER: '90m',
        STOCKPULSE_NATS_MAX_IN_FLIGHT: '1_000',
      },
    });
    expect(settings.clickhouse.enabled).toBe(false);
    expect(settings.clickhouse.spoolBytes).toBe(2 ** 31);
    expect(settings.replenish.serviceLevel).toBe(0.5);
    expect(settings.forecast.horizon).toBe(14);
    expect(settings.cart.abandonAfter).toBe(5_400_000);
    expect(settings.nats.maxInFlight).toBe(1000);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadSettings({ env: { STOCKPULSE_BATCH_MAX: '' } }).batch.max).toBe(4096);
  });

  it('warns of variables that mean nothing, with the nearest one that does', () => {
    const env = {
      STOCKPULSE_BATCH_MAXX: '1',
      STOCKPULSE_BATCH_MAX: '1',
      STOCKPULSE_CONFIG: 'x',
      STOCKPULSE_NATS_SERVER: 'x',
      STOCKPULSE_CHDB: 'x',
      STOCKPULSE_TEST_ANYTHING: 'x',
      STOCKPULSE_NATS_TOKEN_FILE: 'x',
      STOCKPULSE_LOCATIONS_BERLIN_NAME: 'x',
      STOCKPULSE_LOCATIONS_PARIS_NAME: 'x',
      PATH: 'x',
    };
    expect(unknownVariables(env, { locations: ['berlin'] })).toEqual([
      'STOCKPULSE_BATCH_MAXX is not a setting; did you mean STOCKPULSE_BATCH_MAX?',
      expect.stringMatching(/^STOCKPULSE_LOCATIONS_PARIS_NAME is not a setting/),
    ]);
  });
});

describe('secrets', () => {
  const secrets = settingList.filter((setting) => setting.schema.secret);

  it('are the passwords and tokens', () => {
    expect(secrets.map((setting) => setting.path)).toEqual([
      'nats.password',
      'nats.token',
      'clickhouse.password',
      'http.token',
    ]);
  });

  it('in the settings file are refused, and not repeated', () => {
    const yaml = 'nats:\n  password: geheim\n';
    const read = () => loadSettings({ file: 'a.yaml', env: {}, readFile: () => yaml });
    expect(read).toThrow(/a\.yaml:2:3 nats\.password is a secret .+STOCKPULSE_NATS_PASSWORD_FILE/);
    expect(read).not.toThrow(/geheim/);
  });

  it('come from a file, without its last line break', () => {
    const env = { STOCKPULSE_NATS_TOKEN_FILE: '/run/secrets/t' };
    const readFile = (path: string) => (path === '/run/secrets/t' ? ' s3cret \n' : missing(path));
    expect(loadSettings({ env, readFile }).nats.token).toBe(' s3cret ');
  });

  it('are never shown when they are wrong', () => {
    const [problem] = problemsOf({ STOCKPULSE_HTTP_TOKEN: 'tooshort' });
    expect(problem).toMatch(/^STOCKPULSE_HTTP_TOKEN http\.token must be text of 16 characters/);
    expect(problem).not.toContain('tooshort');
  });

  it('given twice, in a missing file or in an empty one are refused', () => {
    const both = { STOCKPULSE_NATS_TOKEN: 'a', STOCKPULSE_NATS_TOKEN_FILE: 'b' };
    expect(problemsOf(both)[0]).toMatch(/both set/);
    const file = { STOCKPULSE_NATS_TOKEN_FILE: '/no' };
    expect(problemsOf(file)[0]).toMatch(/^STOCKPULSE_NATS_TOKEN_FILE names a file that cannot/);
    expect(problemsOf(file, { '/no': '\n' })[0]).toMatch(/^STOCKPULSE_NATS_TOKEN_FILE nats\.token/);
  });

  it('in an address are refused in the file, and blotted out where an address is wrong', () => {
    const url = 'nats://me:geheim@host:4222';
    const read = () =>
      loadSettings({ file: 'a.yaml', env: {}, readFile: () => `nats: {url: "${url}"}` });
    expect(read).toThrow(/a\.yaml:1:13 nats\.url holds a user or password.+STOCKPULSE_NATS_URL/);
    expect(read).not.toThrow(/geheim/);
    expect(loadSettings({ env: { STOCKPULSE_NATS_URL: url } }).nats.url).toBe(url);
    const [problem] = problemsOf({ STOCKPULSE_NATS_URL: 'http://me:geheim@host:4222' });
    expect(problem).toMatch(/^STOCKPULSE_NATS_URL nats\.url must be .+got "http:\/\/\*\*\*@host/);
    const [unencoded] = problemsOf({ STOCKPULSE_NATS_URL: 'http://me:ge/heim,x@host:4222' });
    expect(unencoded).toMatch(/got "http:\/\/\*\*\*@host/);
  });
});
