// From messages to events: what is taken, what is refused, and with which words.
import { describe, expect, it } from 'vitest';
import { coreWith, messageOf, quantitiesOf, run, runEvents } from '../../oracle/drive.js';

const tick = { id: 't1', type: 'control.tick', time: '2011-09-01T10:00:00Z' };
const count = {
  id: 'c1',
  type: 'stock.counted',
  time: '2011-09-01T10:00:00Z',
  location: 'x',
  sku: 'A',
  quantity: 5,
};
const order = {
  id: 'o1',
  type: 'order.placed',
  time: 1314871200000,
  orderId: '1',
  location: 'x',
  lines: [{ sku: 'A', quantity: 1 }],
};

function refusalsOf(
  text: string | Uint8Array | object,
  more: Parameters<typeof messageOf>[2] = {},
) {
  const isText = typeof text === 'string' || text instanceof Uint8Array;
  const data = isText ? (text as string | Uint8Array) : JSON.stringify(text);
  return run(coreWith(), [messageOf(data, 7, more)]).refusals;
}

function reasonOf(event: object): [string, string] | null {
  const [refusal] = refusalsOf(event);
  return refusal === undefined ? null : [refusal.reason, refusal.detail];
}

describe('a message', () => {
  it('may be pretty-printed JSON over many lines', () => {
    const core = coreWith();
    expect(run(core, [messageOf(JSON.stringify(count, null, 2), 1)]).refusals).toEqual([]);
    expect(quantitiesOf(core, 'A', 'x').onHand).toBe(5);
  });

  it('may hold several events on lines of their own, blank lines and CRLF among them', () => {
    const core = coreWith();
    const lines = [count, { ...count, id: 'c2', sku: 'B', quantity: 6 }].map((e) =>
      JSON.stringify(e),
    );
    const { refusals, batches } = run(core, [messageOf(`\n${lines.join('\r\n\r\n')}\r\n`, 1)]);
    expect(refusals).toEqual([]);
    expect(batches[0]?.count).toBe(2);
    expect(quantitiesOf(core, 'B', 'x').onHand).toBe(6);
  });

  it('with one bad line loses that line alone, which is kept with its index', () => {
    const core = coreWith();
    const text = [JSON.stringify(count), '{"id": ', JSON.stringify(tick)].join('\n');
    const { refusals } = run(core, [messageOf(text, 9)]);
    expect(refusals).toMatchObject([
      { reason: 'malformed-json', position: 9, index: 1, data: '{"id": ' },
    ]);
    expect(core.outbox.counts).toMatchObject({ applied: 2, refused: 1 });
  });

  it('that is one broken object over many lines is refused once, whole', () => {
    const text = JSON.stringify(order, null, 2).slice(0, -3);
    expect(refusalsOf(text)).toMatchObject([{ reason: 'malformed-json', index: 0, data: text }]);
  });

  it('that is not UTF-8 is refused, its bytes kept in base64', () => {
    const bytes = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d);
    expect(refusalsOf(bytes, { subject: 'events.stock.pos1' })).toEqual([
      {
        reason: 'malformed-json',
        detail: 'the message is not UTF-8; its bytes are kept in base64',
        subject: 'events.stock.pos1',
        position: 7,
        index: 0,
        kind: 'stock',
        data: Buffer.from(bytes).toString('base64'),
      },
    ]);
  });

  it.each([
    '',
    ' \n ',
    'null',
    '5',
    '"x"',
    '[]',
    '[{}]',
    'true',
    'NaN',
    '{',
    '{"a":1}}',
    "{'a':1}",
  ])('that is %j is refused, whole', (text) => {
    const refusals = refusalsOf(text);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ data: text, kind: 'unknown', position: 7 });
    expect(['malformed-json', 'not-an-object']).toContain(refusals[0]?.reason);
  });

  it('nested beyond any stack is refused, wherever the nesting stands', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const reasons = [
      deep,
      `{"id":"a","type":${deep},"time":0}`,
      `{"id":${deep},"type":"control.tick","time":0}`,
      `{"id":"a","type":"control.tick","time":${deep}}`,
      `{"id":"a","type":"order.placed","time":0,"orderId":"1","location":"x","lines":${deep}}`,
      `{"specversion":"1.0","id":"a","type":"control.tick","time":0,"data":${deep}}`,
    ].map((text) => refusalsOf(text)[0]?.reason);
    expect(reasons).toEqual([
      'not-an-object',
      'unknown-type',
      'wrong-field',
      'wrong-field',
      'wrong-field',
      'not-an-object',
    ]);
    expect(refusalsOf(`{"id":"a","type":"control.tick","time":0,"extra":${deep}}`)).toEqual([]);
  });

  it('that is refused takes its kind from its type, else from its subject', () => {
    const kind = (event: object, subject: string) => refusalsOf(event, { subject })[0]?.kind;
    expect(kind({ ...order, lines: [] }, 'events.stock')).toBe('order');
    expect(kind({ type: 'strange.thing' }, 'events.cart.web')).toBe('cart');
    expect(kind({ type: 'strange.thing' }, 'elsewhere')).toBe('unknown');
  });
});

describe('unknown fields', () => {
  it('are kept out and counted, never an error', () => {
    const core = coreWith();
    const event = { ...count, colour: 'red', size: 4 };
    const { refusals, batches } = runEvents(core, [event]);
    expect(refusals).toEqual([]);
    expect(batches[0]?.unknownFields).toBe(2);
  });

  it('of order lines and of the catalog’s parts are counted too', () => {
    const line = { sku: 'A', quantity: 1, gift: true };
    const item = {
      id: 'k1',
      type: 'catalog.item',
      time: 0,
      sku: 'A',
      status: 'active',
      leadTime: { meanDays: 1, sdDays: 0, unit: 'd' },
      serviceLevel: { cycle: 0.9 },
      policy: { kind: 'sS', owner: 'me' },
    };
    const { batches } = runEvents(coreWith(), [{ ...order, lines: [line, line] }, item]);
    expect(batches[0]?.unknownFields).toBe(4);
  });
});

describe('a CloudEvents message', () => {
  const cloud = {
    specversion: '1.0',
    id: 'c1',
    source: '/wms',
    type: 'stock.counted',
    time: '2011-09-01T10:00:00Z',
    datacontenttype: 'application/json',
    data: { location: 'x', sku: 'A', quantity: 5 },
  };

  it('gives the same event as the plain one', () => {
    const wrapped = coreWith();
    const plain = coreWith();
    runEvents(wrapped, [cloud]);
    runEvents(plain, [count]);
    expect(Buffer.from(wrapped.save())).toEqual(Buffer.from(plain.save()));
  });

  it('takes id, type and time from its attributes, whatever its data says', () => {
    const core = coreWith();
    const data = { ...cloud.data, id: 'other', type: 'control.tick', time: 0 };
    runEvents(core, [{ ...cloud, data }, count]);
    expect(core.outbox.counts).toMatchObject({ applied: 1, duplicate: 1 });
  });

  it('without data, or with a text for data, is refused', () => {
    expect(refusalsOf({ ...cloud, data: undefined })[0]?.reason).toBe('not-an-object');
    expect(refusalsOf({ ...cloud, data: 'text' })[0]?.reason).toBe('not-an-object');
  });

  it('without its time is refused for the missing field', () => {
    const { time: _, ...timeless } = cloud;
    expect(reasonOf(timeless)).toEqual(['missing-field', 'time is missing']);
    const { type: __, ...typeless } = cloud;
    expect(reasonOf(typeless)).toEqual(['missing-field', 'type is missing']);
  });

  it('has extensions of its own counted as unknown fields', () => {
    const { batches } = runEvents(coreWith(), [{ ...cloud, traceparent: '00-1', extra: 1 }]);
    expect(batches[0]?.unknownFields).toBe(2);
  });
});

describe('refused', () => {
  it.each([
    [
      { type: 'order.shiped' },
      'unknown-type',
      /^type must be one of order.placed, .*"order.shiped"/,
    ],
    [{ type: 5 }, 'unknown-type', /got 5$/],
    [{ type: '__proto__' }, 'unknown-type', /got "__proto__"$/],
    [{ type: 'constructor' }, 'unknown-type', /got "constructor"$/],
    [{ id: undefined }, 'missing-field', /^id is missing$/],
    [{ time: undefined }, 'missing-field', /^time is missing$/],
    [{ orderId: undefined }, 'missing-field', /^orderId is missing$/],
    [{ location: undefined }, 'missing-field', /^location is missing$/],
    [{ lines: undefined }, 'missing-field', /^lines is missing$/],
    [{ lines: [{ quantity: 1 }] }, 'missing-field', /^lines\/0\/sku is missing$/],
    [{ lines: [] }, 'wrong-field', /^lines .*got \[\]$/],
    [{ id: '' }, 'wrong-field', /^id /],
    [{ id: 'x'.repeat(257) }, 'wrong-field', /^id /],
    [{ id: 12 }, 'wrong-field', /^id must be string, got 12$/],
    [{ orderId: null }, 'wrong-field', /^orderId must be string, got null$/],
    [{ lines: [{ sku: 9007199254740992, quantity: 1 }] }, 'wrong-field', /^lines\/0\/sku must be/],
    [{ lines: [{ sku: 'A', quantity: 0 }] }, 'wrong-quantity', /^lines\/0\/quantity must be > 0/],
    [{ lines: [{ sku: 'A', quantity: -1 }] }, 'wrong-quantity', /got -1$/],
    [{ lines: [{ sku: 'A', quantity: 1e13 }] }, 'wrong-quantity', /got 10000000000000$/],
    [{ lines: [{ sku: 'A', quantity: '1' }] }, 'wrong-field', /quantity must be number, got "1"$/],
    [{ lines: [{ sku: 'A', quantity: null }] }, 'wrong-field', /quantity must be number/],
    [{ lines: [{ sku: 'A', quantity: 1, unitPrice: -2 }] }, 'wrong-field', /unitPrice/],
  ])('an order with %j as %s', (change, reason, detail) => {
    const found = reasonOf({ ...order, ...change });
    expect(found?.[0]).toBe(reason);
    expect(found?.[1]).toMatch(detail);
  });

  it('a quantity that JSON reads as infinite', () => {
    const text = JSON.stringify(count).replace('"quantity":5', '"quantity":1e999');
    expect(refusalsOf(text)[0]?.reason).toBe('wrong-quantity');
  });

  it('a negative count, a receipt of nothing, but not a count of nothing', () => {
    expect(reasonOf({ ...count, quantity: -1 })?.[0]).toBe('wrong-quantity');
    expect(reasonOf({ ...count, type: 'stock.received', quantity: 0 })?.[0]).toBe('wrong-quantity');
    expect(reasonOf({ ...count, quantity: 0 })).toBeNull();
  });

  it('a transfer from a place to itself', () => {
    const transfer = {
      id: 'x1',
      type: 'stock.transferred',
      time: 0,
      sku: 'A',
      quantity: 1,
      from: 'x',
      to: 'x',
      transferId: 't',
      stage: 'shipped',
    };
    expect(reasonOf(transfer)).toEqual(['wrong-field', 'to must differ from from']);
    expect(reasonOf({ ...transfer, to: 'y', stage: 'lost' })?.[0]).toBe('wrong-field');
  });

  it('an order-up-to level that is not above the reorder point', () => {
    const item = {
      id: 'k1',
      type: 'catalog.item',
      time: 0,
      sku: 'A',
      status: 'active',
      leadTime: { meanDays: 1, sdDays: 0 },
      serviceLevel: { cycle: 0.9 },
      policy: { kind: 'sS', reorderPoint: 10, orderUpToLevel: 10 },
    };
    expect(reasonOf(item)?.[0]).toBe('wrong-field');
    expect(reasonOf({ ...item, serviceLevel: { cycle: 1 } })?.[0]).toBe('wrong-field');
    expect(reasonOf({ ...item, policy: { kind: 'sS' } })).toBeNull();
  });

  it('an empty list of lines, which is not the same as no list', () => {
    for (const type of ['order.cancelled', 'order.shipped']) {
      const found = reasonOf({ id: 'e', type, time: 0, orderId: '1', lines: [] });
      expect([type, found?.[0]]).toEqual([type, 'wrong-field']);
    }
  });

  it('a time further ahead of the broker than time.maxAhead, and the next event is not late', () => {
    const core = coreWith({ 'time.maxAhead': '1h', 'time.allowedLateness': 0 });
    const storedAtMs = Date.parse('2011-09-01T10:00:00Z');
    const at = (id: string, time: string, position: number) =>
      messageOf(JSON.stringify({ ...order, id, time, orderId: id }), position, { storedAtMs });
    const { refusals } = run(core, [
      at('a', '2011-09-01T11:00:00Z', 1),
      at('b', '2011-09-02T10:00:00Z', 2),
      at('c', '2011-09-01T10:00:00Z', 3),
    ]);
    expect(refusals).toMatchObject([
      {
        reason: 'time-ahead',
        position: 2,
        kind: 'order',
        detail: 'time is 86400 s ahead of when it was stored; time.maxAhead is 3600 s',
      },
    ]);
  });

  it('and counted by reason, and the next message goes on', () => {
    const core = coreWith();
    const texts = ['{', JSON.stringify({ ...order, type: 'x' }), '{', JSON.stringify(order)];
    run(
      core,
      texts.map((text, i) => messageOf(text, i + 1)),
    );
    expect(Object.fromEntries(core.outbox.refusedByReason)).toEqual({
      'malformed-json': 2,
      'unknown-type': 1,
    });
    expect(core.outbox.counts).toMatchObject({ applied: 1, refused: 3 });
  });
});

describe('a line', () => {
  it('keeps what is said of it wherever it stands in a batch: a batch grows at 64 lines', () => {
    const move = { type: 'stock.transferred', time: count.time, sku: 'A', quantity: 1 };
    for (const before of [61, 62, 63, 64, 127, 128]) {
      const core = coreWith();
      const counts = Array.from({ length: before }, (_, i) => ({
        ...count,
        id: `c${i}`,
        sku: 'B',
      }));
      const received = { ...move, id: 't', transferId: 't', from: 'x', to: 'y', stage: 'received' };
      runEvents(core, [...counts, received]);
      expect([before, quantitiesOf(core, 'A', 'x').onHand]).toEqual([before, 0]);
      expect([before, quantitiesOf(core, 'A', 'y').onHand]).toEqual([before, 1]);
    }
  });
});

describe('ids', () => {
  it('beyond 2^53 that differ in the last digit stay two SKUs', () => {
    const core = coreWith();
    runEvents(core, [
      { ...count, sku: '9007199254740992', quantity: 1 },
      { ...count, id: 'c2', sku: '9007199254740993', quantity: 2 },
    ]);
    expect(quantitiesOf(core, '9007199254740992', 'x').onHand).toBe(1);
    expect(quantitiesOf(core, '9007199254740993', 'x').onHand).toBe(2);
  });

  it('that differ in case, white space or accent are different', () => {
    const core = coreWith();
    const skus = ['a', 'A', ' a', 'a ', '\u00e9', 'e\u0301', 'constructor', '__proto__'];
    runEvents(
      core,
      skus.map((sku, i) => ({ ...count, id: `c${i}`, sku, quantity: i })),
    );
    expect(skus.map((sku) => quantitiesOf(core, sku, 'x').onHand)).toEqual(skus.map((_, i) => i));
  });
});
