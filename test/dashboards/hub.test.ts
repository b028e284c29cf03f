// The WebSocket hub over real sockets: what screens get, and what happens to slow or rude ones.
import { afterEach, describe, expect, test } from 'vitest';
import type { HubLimits } from '../../dashboards/hub-limits.js';
import type { FeedItem, ServerMessage } from '../../dashboards/protocol.js';
import { eventually, openScreen, type Running, type Screen, startSample } from './running.js';

const running: Running[] = [];
const screens: Screen[] = [];

async function start(hub: Partial<HubLimits> = {}): Promise<Running> {
  const started = await startSample({ webFolder: '/nonexistent', hub });
  running.push(started);
  return started;
}

function open(one: Running): Screen {
  const screen = openScreen(one.server);
  screens.push(screen);
  return screen;
}

afterEach(async () => {
  for (const { socket } of screens.splice(0)) socket.terminate();
  for (const { server } of running.splice(0)) await server.close();
});

function ofKind<K extends ServerMessage['kind']>(screen: Screen, kind: K) {
  return screen.messages.filter(
    (message): message is Extract<ServerMessage, { kind: K }> => message.kind === kind,
  );
}

const item: Omit<FeedItem, 'number'> = {
  type: 'alert',
  timeMs: 0,
  sku: '20700',
  location: 'leicester',
  locationName: 'leicester',
  name: 'Enamel jug, cream',
  kind: 'stockout',
  severity: 'critical',
  title: 'Out of stock',
  detail: '',
  record: null,
};

function feedNumbers(screen: Screen): number[] {
  return ofKind(screen, 'feed').flatMap((message) => message.items.map(({ number }) => number));
}

describe('a screen that connects', () => {
  test('gets overview, rows at risk and the recent feed at once', async () => {
    const one = await start({ overviewEveryMs: 60_000 });
    const screen = open(one);
    await eventually('three messages', () => screen.messages.length >= 3);
    expect(screen.messages.map(({ kind }) => kind)).toEqual(['overview', 'at-risk', 'feed']);
    expect(ofKind(screen, 'overview')[0]?.overview).toEqual(one.model.overview());
    expect(ofKind(screen, 'at-risk')[0]?.rows).toEqual(one.model.atRisk(60));
    expect(ofKind(screen, 'feed')[0]).toMatchObject({ reset: true });
    expect(feedNumbers(screen)).toEqual(one.model.feed(0, 200).map(({ number }) => number));
  });

  test('gets overviews again and again, rows only when they changed', async () => {
    const one = await start({ overviewEveryMs: 20, atRiskEveryMs: 20 });
    const screen = open(one);
    await eventually('overviews', () => ofKind(screen, 'overview').length >= 6);
    expect(ofKind(screen, 'at-risk')).toHaveLength(1);
    one.model.advance(1, 86_400_000);
    await eventually('changed rows', () => ofKind(screen, 'at-risk').length === 2);
    expect(ofKind(screen, 'at-risk')[1]?.rows).toEqual(one.model.atRisk(60));
  });

  test('gets feed items as they come, without reset, each once and in order', async () => {
    const one = await start({ overviewEveryMs: 60_000, feedEveryMs: 1 });
    const screen = open(one);
    await eventually('the feed', () => ofKind(screen, 'feed').length === 1);
    const before = feedNumbers(screen).at(-1) ?? 0;
    for (let batch = 0; batch < 20; batch += 1) {
      one.model.push(item);
      one.model.push(item);
      one.server.feedChanged();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually('all items', () => feedNumbers(screen).at(-1) === before + 40);
    const numbers = feedNumbers(screen);
    expect(numbers).toEqual(numbers.map((_, index) => index + (numbers[0] ?? 0)));
    expect(ofKind(screen, 'feed').filter(({ reset }) => reset)).toHaveLength(1);
  });
});

describe('a watched SKU', () => {
  test('is sent at once and when it changes, until it is watched no longer', async () => {
    const one = await start({ overviewEveryMs: 20 });
    const screen = open(one);
    await eventually('connected', () => screen.messages.length >= 3);
    screen.socket.send('{"kind":"watch-sku","sku":"20700","location":"leicester"}');
    await eventually('the view', () => ofKind(screen, 'sku').length >= 1);
    expect(ofKind(screen, 'sku')[0]).toEqual({
      kind: 'sku',
      sku: '20700',
      location: 'leicester',
      view: one.model.sku('20700', 'leicester'),
    });
    one.model.advance(1, 86_400_000);
    await eventually('the changed view', () => ofKind(screen, 'sku').length === 2);
    screen.socket.send('{"kind":"unwatch-sku"}');
    const seen = ofKind(screen, 'overview').length;
    await eventually('unwatched', () => ofKind(screen, 'overview').length >= seen + 3);
    one.model.advance(1, 86_400_000);
    const after = ofKind(screen, 'overview').length;
    await eventually('more rounds', () => ofKind(screen, 'overview').length >= after + 3);
    expect(ofKind(screen, 'sku')).toHaveLength(2);
  });

  test('that is unknown comes as null with its name', async () => {
    const one = await start();
    const screen = open(one);
    screen.socket.once('open', () => {
      screen.socket.send('{"kind":"watch-sku","sku":"nope","location":"leicester"}');
    });
    const [view] = await eventually('the answer', () => {
      const views = ofKind(screen, 'sku');
      return views.length > 0 && views;
    });
    expect(view).toEqual({ kind: 'sku', sku: 'nope', location: 'leicester', view: null });
  });

  test('that many screens watch is asked of the model once a round', async () => {
    const one = await start({ overviewEveryMs: 20 });
    const many = Array.from({ length: 8 }, () => open(one));
    await eventually('all connected', () => many.every(({ messages }) => messages.length >= 3));
    const watch = '{"kind":"watch-sku","sku":"20700","location":"leicester"}';
    for (const { socket } of many) socket.send(watch);
    await eventually('all views', () => many.every((screen) => ofKind(screen, 'sku').length > 0));
    let asked = 0;
    const view = one.model.sku.bind(one.model);
    one.model.sku = (sku, location) => {
      asked += 1;
      return view(sku, location);
    };
    const before = one.model.overviewCalls;
    await eventually('five rounds', () => one.model.overviewCalls >= before + 5);
    expect(asked).toBe(one.model.overviewCalls - before);
  });
});

describe('a slow screen', () => {
  const big = 'x'.repeat(50_000);

  /** Fills the socket of a screen that has stopped reading, until the hub gives up on it. */
  async function congest(one: Running, slow: Screen): Promise<void> {
    await eventually('connected', () => slow.messages.length >= 3);
    slow.socket.pause();
    await eventually('congestion', () => {
      for (let more = 0; more < 20; more += 1) one.model.push({ ...item, detail: big });
      one.server.feedChanged();
      return one.server.hubStats().droppedFrames > 0;
    });
  }

  test('misses overviews but never feed items: it starts afresh after too many', async () => {
    const one = await start({ overviewEveryMs: 20, feedEveryMs: 1, feedItems: 40 });
    const slow = open(one);
    await congest(one, slow);
    for (let more = 0; more < 100; more += 1) one.model.push(item);
    const newest = one.model.feed(0, 1)[0]?.number ?? 0;
    slow.socket.resume();
    await eventually('the newest item', () => feedNumbers(slow).at(-1) === newest);
    expect(one.server.hubStats().resyncs).toBeGreaterThan(0);
    // Between two resets the numbers run without a gap: nothing is left out silently.
    let expected: number | null = null;
    for (const { reset, items } of ofKind(slow, 'feed')) {
      for (const [index, { number }] of items.entries()) {
        if (expected !== null && !(reset && index === 0)) expect(number).toBe(expected);
        expected = number + 1;
      }
    }
    const resets = ofKind(slow, 'feed').filter(({ reset }) => reset);
    expect(resets.length).toBeGreaterThan(1);
  });

  test('that is a little behind gets what it missed, without a reset', async () => {
    const one = await start({ overviewEveryMs: 20, feedEveryMs: 1, feedItems: 20_000 });
    const slow = open(one);
    await congest(one, slow);
    const newest = one.model.feed(0, 1)[0]?.number ?? 0;
    slow.socket.resume();
    await eventually('the newest item', () => feedNumbers(slow).at(-1) === newest);
    const numbers = feedNumbers(slow);
    expect(numbers).toEqual(numbers.map((_, index) => index + (numbers[0] ?? 0)));
    expect(one.server.hubStats().resyncs).toBe(0);
  });

  test('does not hold the others up', async () => {
    const one = await start({ overviewEveryMs: 20, feedEveryMs: 1 });
    const slow = open(one);
    const quick = open(one);
    await congest(one, slow);
    const newest = one.model.feed(0, 1)[0]?.number ?? 0;
    await eventually('the newest item', () => feedNumbers(quick).at(-1) === newest);
  });

  test('that no longer answers pings is cut off', async () => {
    const one = await start({ pingEveryMs: 50 });
    const dead = open(one);
    await eventually('connected', () => dead.messages.length >= 3);
    dead.socket.pause();
    await eventually('cut off', () => one.server.hubStats().clients === 0);
  });
});

describe('limits', () => {
  test.each([
    ['not json', 'not JSON'],
    ['[]', 'kind must be'],
    ['7', 'not an object'],
    ['{"kind":"stop"}', 'kind must be'],
    ['{"kind":"watch-sku","sku":7,"location":"x"}', 'sku must be a string'],
    ['{"kind":"watch-sku","sku":"7","location":""}', 'location must be a string'],
  ])('the message %s closes the socket with the reason', async (text, reason) => {
    const screen = open(await start());
    screen.socket.once('open', () => screen.socket.send(text));
    const ended = await screen.ended;
    expect(ended.code).toBe(1008);
    expect(ended.reason).toContain(reason);
  });

  test('a binary, a too long and a too frequent message close the socket', async () => {
    const one = await start({ maxMessagesPerSecond: 5 });
    const binary = open(one);
    binary.socket.once('open', () => binary.socket.send(Buffer.from('{}')));
    expect((await binary.ended).code).toBe(1003);
    const long = open(one);
    long.socket.once('open', () => long.socket.send('x'.repeat(5000)));
    expect((await long.ended).code).toBe(1009);
    const frequent = open(one);
    frequent.socket.once('open', () => {
      for (let sent = 0; sent < 12; sent += 1) frequent.socket.send('{"kind":"unwatch-sku"}');
    });
    expect(await frequent.ended).toEqual({ code: 1008, reason: 'more than 5 messages a second' });
  });

  test('one screen more than allowed is told so, and there is room when one leaves', async () => {
    const one = await start({ maxClients: 2 });
    const first = open(one);
    const second = open(one);
    await eventually('both connected', () => one.server.hubStats().clients === 2);
    const third = open(one);
    expect(await third.ended).toEqual({ code: 1013, reason: 'already 2 screens, the limit' });
    first.socket.close();
    second.socket.close();
    await eventually('both gone', () => one.server.hubStats().clients === 0);
    const fourth = open(one);
    await eventually('connected', () => fourth.messages.length >= 3);
  });

  test('a model that throws is logged and tried again, and the engine lives', async () => {
    const one = await start({ overviewEveryMs: 20 });
    const screen = open(one);
    await eventually('connected', () => screen.messages.length >= 3);
    const healthy = one.model.overview.bind(one.model);
    one.model.overview = () => {
      throw new Error('view broke');
    };
    await eventually('a log line', () => one.logged.length > 0);
    one.model.overview = healthy;
    const before = ofKind(screen, 'overview').length;
    await eventually('overviews go on', () => ofKind(screen, 'overview').length > before);
  });

  test('without screens the model is not asked', async () => {
    const one = await start({ overviewEveryMs: 5 });
    const screen = open(one);
    await eventually('connected', () => screen.messages.length >= 3);
    screen.socket.close();
    await eventually('gone', () => one.server.hubStats().clients === 0);
    const asked = one.model.overviewCalls;
    one.server.feedChanged();
    // Many turns of the event loop, each longer than the hub's rounds would be apart.
    for (let turn = 0; turn < 20; turn += 1) await fetch(`${one.server.url}healthz`);
    expect(one.model.overviewCalls).toBe(asked);
  });
});
