// Settings from defaults, file, environment and options; everything wrong is named with its place.
import { describe, expect, it } from 'vitest';
import { loadSettings, SettingsError } from '../../config/settings.js';

type Files = Readonly<Record<string, string>>;

function load(yaml: string, env: Record<string, string> = {}, files: Files = {}) {
  return loadSettings({
    file: 'shop.yaml',
    env,
    readFile: reader({ 'shop.yaml': yaml, ...files }),
  });
}

function problems(yaml: string, env: Record<string, string> = {}, files: Files = {}): string[] {
  try {
    load(yaml, env, files);
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems];
    throw error;
  }
  return [];
}

function reader(files: Files) {
  return (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
    return text;
  };
}

describe('values', () => {
  it('are the defaults where nothing is said', () => {
    const settings = loadSettings({ env: {} });
    expect(settings.batch.max).toBe(4096);
    expect(settings.time.disorder).toBe(5_000);
    expect(settings.clickhouse.spoolBytes).toBe(4 * 2 ** 30);
    expect(settings.nats.url).toBeNull();
    expect(settings.replenish.policy).toBe('sS');
  });

  it('come from the file, over it from the environment, over both from options', () => {
    const yaml = 'batch: {max: 10}\ntime: {tick: 2m}\nfeed: {max: 20}\n';
    const settings = loadSettings({
      file: 'shop.yaml',
      env: { STOCKPULSE_TIME_TICK: '3m', STOCKPULSE_FEED_MAX: '30' },
      overrides: { 'feed.max': 40, 'time.disorder': 0 },
      readFile: reader({ 'shop.yaml': yaml }),
    });
    expect(settings.batch.max).toBe(10);
    expect(settings.time.tick).toBe(180_000);
    expect(settings.feed.max).toBe(40);
    expect(settings.time.disorder).toBe(0);
  });

  it('come from the file that STOCKPULSE_CONFIG names where no other is given', () => {
    const readFile = reader({ 'a.yaml': 'batch: {max: 7}' });
    expect(loadSettings({ env: { STOCKPULSE_CONFIG: 'a.yaml' }, readFile }).batch.max).toBe(7);
  });

  it('cannot be changed once loaded', () => {
    const settings = loadSettings({ env: {} });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.nats.tls)).toBe(true);
  });

  it('may have underscores in numbers, anchors, empty sections and null where it is allowed', () => {
    const yaml =
      'dedupe: {maxIds: 1_000_000, window: &w 2d}\ncart: {abandonAfter: *w}\nnats:\nhttp: {}\n' +
      'clickhouse: {url: null}\n';
    const settings = load(yaml);
    expect(settings.dedupe.maxIds).toBe(1_000_000);
    expect(settings.cart.abandonAfter).toBe(172_800_000);
    expect(settings.clickhouse.url).toBeNull();
  });

  it('of an empty file are the defaults', () => {
    expect(load('')).toEqual(loadSettings({ env: {} }));
    expect(load('# nothing yet\n')).toEqual(loadSettings({ env: {} }));
  });
});

describe('suppliers', () => {
  it('come by file and environment as locations do', () => {
    const { suppliers } = load('suppliers: {acme: {workingDays: Mon-Fri}}', {
      STOCKPULSE_SUPPLIERS: '{"x y": {"holidays": "2026-12-25, 2026-12-26"}}',
      STOCKPULSE_SUPPLIERS_ACME_HOLIDAYS: '2027-01-01',
    });
    expect(suppliers.acme).toMatchObject({ workingDays: 'Mon-Fri', holidays: '2027-01-01' });
    expect(suppliers['x y']).toMatchObject({ workingDays: null });
  });

  it('with days that are none are refused by path', () => {
    expect(problems('suppliers:\n  acme:\n    workingDays: Mon-Fry\n')[0]).toMatch(
      /^shop.yaml:3:18 suppliers.acme.workingDays must be days such as Mon-Fri/,
    );
    expect(problems('suppliers:\n  acme:\n    holidays: 2026-02-30\n')[0]).toMatch(
      /suppliers has a holiday that is not in the calendar/,
    );
  });

  it('set limits for allocation', () => {
    const settings = load('suppliers: {acme-2: {capacity: 500}}', {
      STOCKPULSE_SUPPLIERS_ACME_2_MINIMUM_ORDER_VALUE: '99.5',
    });
    expect(settings.suppliers['acme-2']).toMatchObject({
      ...{ capacity: 500, period: 7 * 86_400_000, minimumOrderValue: 99.5 },
    });
    expect(problems('suppliers:\n  acme:\n    capacity: -1\n')).toEqual([
      expect.stringMatching(/^shop\.yaml:3:15 suppliers\.acme\.capacity must be a number from 0/),
    ]);
  });
});

describe('locations', () => {
  it('have ids of any spelling', () => {
    const { locations } = load(
      'locations:\n  007: {timeZone: Europe/Berlin}\n  __proto__: {name: odd}\n  a.b: {name: dot}\n',
    );
    expect(Object.keys(locations).sort()).toEqual(['007', '__proto__', 'a.b']);
    expect(locations['007']).toMatchObject({ timeZone: 'Europe/Berlin', name: null });
    expect(Object.hasOwn(locations, '__proto__')).toBe(true);
  });

  it('that nobody named are not found under names that objects inherit', () => {
    const { locations } = load('');
    expect(locations.constructor).toBeUndefined();
  });

  it('come by environment at once, or one setting of a known one', () => {
    const settings = load('locations: {Bonn-2: {name: Bonn}}', {
      STOCKPULSE_LOCATIONS: '{"x": {"timeZone": "Asia/Tokyo"}}',
      STOCKPULSE_LOCATIONS_BONN_2_TIME_ZONE: 'Europe/Berlin',
    });
    expect(settings.locations['Bonn-2']).toMatchObject({ name: 'Bonn', timeZone: 'Europe/Berlin' });
    expect(settings.locations.x?.timeZone).toBe('Asia/Tokyo');
  });

  it('with a wrong zone are refused by path', () => {
    expect(problems('locations:\n  berlin:\n    timeZone: Europe/Berln\n')).toEqual([
      'shop.yaml:3:15 locations.berlin.timeZone must be an IANA time zone such as Europe/Berlin ' +
        'or UTC, or null, got "Europe/Berln"',
    ]);
    expect(problems('', { STOCKPULSE_LOCATIONS: '{x: {timeZone: "+01:00"}}' })[0]).toMatch(
      /^STOCKPULSE_LOCATIONS:1:16 locations\.x\.timeZone must be/,
    );
  });
});

describe('what is wrong', () => {
  it('is listed whole, each with line and column', () => {
    const yaml = 'batch:\n  max: 0\nlog: {level: loud}\ntime:\n  disorder: 5\nfeed: 3\n';
    expect(problems(yaml)).toEqual([
      'shop.yaml:2:8 batch.max must be a whole number from 1 to 65_536, got 0',
      'shop.yaml:3:14 log.level must be one of trace, debug, info, warn, error, fatal, silent, ' +
        'got "loud"',
      'shop.yaml:5:13 time.disorder must be a duration such as 250ms, 5s, 1h30m or 7d, ' +
        'from 0s to 7d, got 5',
      'shop.yaml:6:1 feed must be a section with max',
    ]);
  });

  it('names the unknown by path, suggests the nearest and lists what is allowed', () => {
    expect(
      problems('nats:\n  streams: {event: X}\nmaxInFlight: 3\ntime: {allowedLatness: 1h}'),
    ).toEqual([
      'shop.yaml:2:13 nats.streams.event is unknown; did you mean nats.streams.events? ' +
        'nats.streams may have: events, signals, refused',
      expect.stringMatching(
        /^shop\.yaml:3:1 maxInFlight is unknown; did you mean nats\.maxInFlight\? The file may/,
      ),
      expect.stringMatching(/allowedLatness is unknown; did you mean time\.allowedLateness\?/),
    ]);
  });

  it.each([
    ['batch: {max: 1.5}', 'batch.max'],
    ['batch: {max: .nan}', 'batch.max'],
    ['batch: {max: [1]}', 'batch.max'],
    ['batch: {max: }', 'batch.max'],
    ['batch: {max: many}', 'batch.max'],
    ['replenish: {serviceLevel: 0}', 'replenish.serviceLevel'],
    ['replenish: {serviceLevel: 1}', 'replenish.serviceLevel'],
    ['forecast: {horizon: 1.5}', 'forecast.horizon'],
    ['replenish: {serviceLevel: 95}', 'replenish.serviceLevel'],
    ['clickhouse: {enabled: yes}', 'clickhouse.enabled'],
    ['clickhouse: {url: "localhost:8123"}', 'clickhouse.url'],
    ['nats: {url: "http://localhost:4222"}', 'nats.url'],
    ['nats: {streams: {events: "a.b"}}', 'nats.streams.events'],
    ['nats: {user: 12}', 'nats.user'],
    ['http: {port: 65536}', 'http.port'],
    ['time: {tick: 0s}', 'time.tick'],
    ['time: {zone: Mars/Olympus}', 'time.zone'],
    ['demand: {bucket: week}', 'demand.bucket'],
    ['clickhouse: {spoolBytes: 1KiB}', 'clickhouse.spoolBytes'],
  ])('%s is refused', (yaml, path) => {
    const found = problems(yaml);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^shop\\.yaml:\\d+:\\d+ ${path} must be .+, got .+`));
  });

  it('of the YAML itself is named with its place', () => {
    expect(problems('batch: {max: 1')[0]).toMatch(/^shop\.yaml:\d+:\d+ is not YAML: /);
    expect(problems('batch: {max: 1}\nbatch: {max: 2}')[0]).toMatch(/^shop\.yaml:2:1 is not YAML/);
    expect(problems('- 1\n- 2')[0]).toMatch(/the file must be a section with data, log, nats/);
  });

  it('of an option is named too', () => {
    expect(() => loadSettings({ env: {}, overrides: { 'batch.mix': 1 } })).toThrow(
      /batch\.mix is unknown; did you mean batch\.max\?/,
    );
    expect(() => loadSettings({ env: {}, overrides: { 'batch.max': 'x' } })).toThrow(
      /option batch\.max must be a whole number/,
    );
  });

  it('with the file itself is said', () => {
    expect(() => loadSettings({ file: '/nowhere/x.yaml', env: {} })).toThrow(
      /\/nowhere\/x\.yaml cannot be read: ENOENT/,
    );
  });
});

describe('settings together', () => {
  it.each([
    ['http: {host: 0.0.0.0}', /^shop\.yaml:1:14 http\.host serves other machines.+HTTP_TOKEN/],
    ['nats: {user: me}', /nats\.user needs a password/],
    [
      'nats: {tls: {certFile: a.pem}}',
      /^shop\.yaml:1:24 nats\.tls must have certFile and keyFile together/,
    ],
    ['nats: {streams: {events: X, signals: X}}', /nats\.streams must be three different names/],
    ['clickhouse: {maxQueuedRows: 10}', /clickhouse\.maxQueuedRows must not be below/],
  ])('%s is refused', (yaml, message) => {
    expect(problems(yaml)).toEqual([expect.stringMatching(message)]);
  });

  it('may serve other machines with a token, or openly where that is said', () => {
    expect(problems('http: {host: 0.0.0.0}', { STOCKPULSE_HTTP_TOKEN: 'x'.repeat(16) })).toEqual(
      [],
    );
    expect(problems('http: {host: 0.0.0.0, insecure: true}')).toEqual([]);
    expect(problems('http: {host: "::1"}')).toEqual([]);
  });
});
