// The one definition of every setting: type, default, what is allowed, what it means.
import Type, { type Static } from 'typebox';
import { allocationSchema, locationSchema, supplierSchema } from './network-schema.js';
import { replenishSchema, signalsSchema } from './replenish-schema.js';
import {
  choice,
  duration,
  flag,
  integer,
  number,
  optionalText,
  secret,
  size,
  text,
  zone,
} from './setting.js';

const streamName = {
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  looks: 'a stream name of 1 to 64 letters, digits, - and _',
};
const natsUrl = {
  pattern: '^(nats|tls)://[^\\s,]+(,(nats|tls)://[^\\s,]+)*$',
  looks: 'nats://HOST:PORT or tls://HOST:PORT, several with commas',
};
const httpUrl = {
  pattern: '^https?://\\S+$',
  looks: 'http://HOST:PORT or https://HOST:PORT',
};

const natsSchema = Type.Object(
  {
    url: optionalText(
      natsUrl,
      'Where NATS is; `run` needs it, the demo starts a server without it',
    ),
    user: optionalText({}, 'User name'),
    password: secret({}, 'Password of nats.user'),
    token: secret({}, 'Token, instead of user and password'),
    credentialsFile: optionalText({ looks: 'a path' }, 'NATS .creds file (JWT and seed)'),
    tls: Type.Object(
      {
        caFile: optionalText({ looks: 'a path' }, 'Authorities to trust, PEM'),
        certFile: optionalText({ looks: 'a path' }, 'Client certificate, PEM'),
        keyFile: optionalText({ looks: 'a path' }, 'Key of the client certificate, PEM'),
      },
      { description: 'Files for an encrypted connection' },
    ),
    streams: Type.Object(
      {
        events: text('EVENTS', streamName, 'Stream that events are read from'),
        signals: text('SIGNALS', streamName, 'Stream that signals and alerts go to'),
        refused: text('REFUSED', streamName, 'Stream of refused and too late events'),
      },
      { description: 'Names of the JetStream streams; made where they are missing' },
    ),
    duplicateWindow: duration(
      '2h',
      '10s',
      '30d',
      'How long the broker drops signals, alerts and refusals that are sent again. The engine sends ' +
        'one again for half as long, 5m at most, then ends; a restart looks up what is stored. The ' +
        'broker holds the ids in memory (events, of which there are more, have a window of 2m)',
    ),
    replicas: integer(1, 1, 5, 'Copies of each stream that is made; 3 in a cluster'),
    maxInFlight: integer(512, 1, 65_536, 'Messages published and not yet acknowledged, at most'),
    lease: Type.Object(
      {
        bucket: text('STOCKPULSE', streamName, 'KV bucket of the lease; made where it is missing'),
        duration: duration(
          '10s',
          '1s',
          '10m',
          'An engine that did not renew its lease for so long may be replaced',
        ),
      },
      { description: 'Of several engines on the same streams one writes, the others stand by' },
    ),
    startWait: duration(
      '30s',
      '0s',
      '1h',
      'A server that does not answer at the start is tried so long',
    ),
  },
  { description: 'The broker that events come from and results go to' },
);

const clickhouseSchema = Type.Object(
  {
    enabled: flag(true, 'Keep history; without it the charts reach back as far as the state does'),
    url: optionalText(httpUrl, "ClickHouse's HTTP interface; null: the embedded engine"),
    database: text(
      'stockpulse',
      { pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$', looks: 'letters, digits and _' },
      'Database; made where it is missing',
    ),
    username: text('default', {}, 'User name'),
    password: secret({}, 'Password of clickhouse.username'),
    startWait: duration(
      '1m',
      '0s',
      '1h',
      'A server that does not answer at the start is tried so long',
    ),
    batchRows: integer(50_000, 1, 1_000_000, 'Rows of one insert, at most'),
    batchWait: duration('1s', '10ms', '1m', 'A row waits this long for others, at most'),
    maxQueuedRows: integer(
      500_000,
      1,
      50_000_000,
      'Rows held in memory, at most; further ones go to the spool on disk',
    ),
    spoolBytes: size(
      '4GiB',
      '1MiB',
      '64TiB',
      'Disk space for rows that wait while ClickHouse is away; full: the engine waits too',
    ),
  },
  { description: 'The store of history' },
);

const timeSchema = Type.Object(
  {
    disorder: duration('5s', '0s', '7d', 'How far the watermark stays behind the newest event'),
    allowedLateness: duration(
      '1h',
      '0s',
      '90d',
      'How long after the watermark a late event still corrects its demand bucket',
    ),
    maxAhead: duration('1h', '0s', '365d', 'An event further ahead of the broker is refused'),
    tick: duration('1m', '1s', '1h', 'Grid of stream time on which timers are looked at'),
    zone: zone('UTC', 'Time zone of locations that name none'),
  },
  { description: "Stream time: the events' own, never the machine's" },
);

const neuralSchema = Type.Object(
  {
    enabled: flag(
      true,
      'Let a neural network forecast too, once there is a model (420 bytes a row)',
    ),
    train: flag(
      true,
      'Train here, beside the engine; without it models come by `control.model` alone',
    ),
    every: duration('1d', '1h', '365d', 'Stream time from one training to the next'),
    windows: integer(
      4_096,
      64,
      65_536,
      'SKU-locations that one training looks at, drawn anew each time, at most (252 bytes each)',
    ),
    steps: integer(
      256,
      1,
      100_000,
      'Steps of one training, each over 64 of them; all come up equally often',
    ),
    cpuShare: number(
      0.25,
      { exclusiveMinimum: 0, maximum: 1 },
      'Share of one processor that training takes; it rests in between',
    ),
    copyTo: optionalText(
      { ...streamName, looks: 'a bucket name of 1 to 64 letters, digits, - and _' },
      "Bucket of JetStream's object store that each new model is copied to, for " +
        '`stockpulse model`; made where it is missing. null: no copies',
      'STOCKPULSE_MODELS',
    ),
    keep: integer(20, 1, 10_000, 'Copies kept there, newest first'),
  },
  { description: 'One neural network for all SKU-locations, trained while the engine runs' },
);

const httpSchema = Type.Object(
  {
    host: text('127.0.0.1', { pattern: '^[^\\s/]+$', looks: 'a host name or address' }, 'Address'),
    port: integer(8080, 0, 65_535, 'Port; 0: a free one'),
    token: secret(
      { minLength: 16, looks: 'text of 16 characters or more' },
      'Bearer token that callers must show; needed where http.host is not this machine alone',
    ),
    insecure: flag(false, 'Serve other machines without a token'),
  },
  { description: 'The live page, /metrics, /healthz and /readyz' },
);

export const settingsSchema = Type.Object({
  data: Type.Object(
    { dir: text('.stockpulse', { looks: 'a path' }, 'Folder of snapshots, spool and databases') },
    { description: 'Where the engine keeps what must outlive it' },
  ),
  log: Type.Object(
    {
      level: choice(
        ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
        'info',
        'Lines below this level are not written',
      ),
      pretty: choice(
        ['auto', 'always', 'never'],
        'auto',
        'Lines for people; auto: on a terminal. Otherwise JSON, one object a line',
      ),
    },
    { description: 'The log, on standard error' },
  ),
  nats: natsSchema,
  clickhouse: clickhouseSchema,
  batch: Type.Object(
    { max: integer(4096, 1, 65_536, 'Messages taken from the broker at once, at most') },
    { description: 'Batches are what has arrived; they never wait to fill' },
  ),
  time: timeSchema,
  locations: Type.Record(Type.String(), locationSchema, {
    description: 'Locations that need more than their id',
  }),
  suppliers: Type.Record(Type.String(), supplierSchema, {
    description: 'Suppliers that need more than their name',
  }),
  dedupe: Type.Object(
    {
      window: duration('7d', '1m', '365d', 'An id that comes again within this is a duplicate'),
      maxIds: integer(
        50_000_000,
        1_000,
        1_000_000_000,
        'Ids remembered, at most (23 to 46 MB a million); the oldest are forgotten first',
      ),
    },
    { description: 'Events that arrive twice count once' },
  ),
  demand: Type.Object(
    {
      bucket: choice(['day', 'hour'], 'day', 'Length of a demand bucket, in local time'),
      maxGap: integer(
        60,
        1,
        10_000,
        'Buckets without any event: a longer silence is a gap in the data, not zero demand',
      ),
    },
    { description: 'What forecasts learn from' },
  ),
  cart: Type.Object(
    {
      abandonAfter: duration('1h', '1m', '30d', 'A cart nobody touches for this is abandoned'),
      max: integer(1_000_000, 1, 100_000_000, 'Open carts, at most; the oldest are let go first'),
    },
    { description: 'Shopping carts' },
  ),
  stock: Type.Object(
    {
      decrementOn: choice(
        ['shipped', 'placed'],
        'shipped',
        'Which order event takes stock; placed: for sources that never say shipped',
      ),
    },
    { description: 'When the shelf empties' },
  ),
  ledger: Type.Object(
    {
      journal: integer(
        1_000_000,
        1,
        100_000_000,
        'Newest stock bookings kept one by one (28 bytes each), so that a back-dated count is ' +
          'exact; a count older than those of its SKU and location is refused',
      ),
    },
    { description: 'Quantities on hand, allocated and on order' },
  ),
  orders: Type.Object(
    { keepClosed: duration('30d', '0s', '3650d', 'How long an order that is done is remembered') },
    { description: 'Orders, for returns and late cancellations' },
  ),
  forecast: Type.Object(
    {
      horizon: integer(28, 1, 366, 'Buckets forecast ahead'),
    },
    { description: 'Forecasts of demand' },
  ),
  neural: neuralSchema,
  replenish: replenishSchema,
  signals: signalsSchema,
  allocation: allocationSchema,
  alerts: Type.Object(
    {
      clearMargin: number(
        0.1,
        { minimum: 0, maximum: 10 },
        'An alert clears this share beyond its threshold, so that it does not flutter',
      ),
      lateGrace: duration('12h', '0s', '90d', 'Supply is late this long after it was expected'),
    },
    { description: 'What people are told' },
  ),
  snapshot: Type.Object(
    {
      interval: duration('30s', '1s', '1d', 'Time between snapshots; what a restart replays'),
      keep: integer(3, 1, 100, 'Snapshots kept, newest first; and copies of them'),
      copyTo: optionalText(
        { ...streamName, looks: 'a bucket name of 1 to 64 letters, digits, - and _' },
        "Bucket of JetStream's object store that each snapshot is copied to, so that an engine on " +
          'another machine goes on from there; made where it is missing. null: no copies',
      ),
    },
    { description: 'State on disk' },
  ),
  recovery: Type.Object(
    {
      onGap: choice(
        ['continue', 'stop'],
        'continue',
        'Messages that the stream dropped before they were read: go on without them, or stop. An ' +
          'alert `data-gap` goes out either way',
      ),
      tries: integer(2, 1, 100, 'How often an event at which an operator throws is tried'),
      maxSetAside: integer(
        100,
        0,
        100_000,
        'Events that were tried in vain and set aside in one run, at most; then the engine stops',
      ),
    },
    { description: 'What is done when the log is not what it was' },
  ),
  http: httpSchema,
  feed: Type.Object(
    { max: integer(1000, 10, 100_000, 'Signals and alerts that the live page can look back on') },
    { description: 'The feed of the live page' },
  ),
});

/** Every setting, loaded: durations in milliseconds, sizes in bytes, under the same names. */
export type LoadedSettings = DeepReadonly<Static<typeof settingsSchema>>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
