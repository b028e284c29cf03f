// Claims about models that come through the log.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../../config/settings.js';
import { createCore } from '../../../../engine/core.js';
import { firstModel } from '../../../../operators/forecast/neural/first-model.js';
import { encodeModel, modelText } from '../../../../operators/forecast/neural/model.js';
import { Batch } from '../../../../operators/stream/batch.js';
import { OTHER_MODELS, RUBBISH_MODELS } from '../../../fuzz/rubbish-models.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5);

type Core = ReturnType<typeof createCore>;

function coreWith(overrides: Record<string, unknown> = {}): Core {
  return createCore(loadSettings({ env: {}, overrides }));
}

const modelEvent = (id: string, seed: number, more: object = {}) => ({
  id,
  type: 'control.model',
  time: START_MS,
  version: `seed-${seed}`,
  weights: modelText(encodeModel(firstModel(7, seed))),
  ...more,
});

const orders = (days: number, from = 0) =>
  Array.from({ length: days }, (_, n) => ({
    id: `o${from + n}`,
    type: 'order.placed',
    time: START_MS + (from + n) * DAY_MS,
    orderId: `o${from + n}`,
    location: 'shop',
    lines: [
      { sku: 'tea', quantity: 5 + ((from + n) % 7), unitPrice: 3 },
      { sku: 'jam', quantity: 1 + ((from + n) % 2) },
    ],
  }));

/** Applies events, `size` a batch; what was refused. */
function run(core: Core, events: readonly object[], size = 1000, from = 0) {
  const refused: string[] = [];
  for (let at = 0; at < events.length; at += size) {
    const messages = events.slice(at, at + size).map((event, n) => ({
      position: from + at + n + 1,
      subject: 'events.any',
      storedAtMs: null,
      data: new TextEncoder().encode(JSON.stringify(event)),
    }));
    const batch = new Batch();
    core.decoder.decode(messages, batch);
    core.chain.run(batch);
    refused.push(...core.outbox.take().refusals.map(({ detail }) => detail));
  }
  return refused;
}

const bytesOf = (core: Core) => createHash('sha256').update(core.save()).digest('hex');

function predicted(core: Core, sku = 'tea'): number[] | null {
  const out = new Float64Array(7);
  const row = core.table.findRow(core.table.skus.find(sku), 0);
  return core.neural?.predict(row, 7, out) ? [...out] : null;
}

describe('a model in the log', () => {
  it('forecasts a row once that has been taken over and a bucket of it has closed', () => {
    const core = coreWith();
    run(core, orders(30));
    expect(predicted(core)).toBeNull();
    expect(run(core, [modelEvent('m1', 1)])).toEqual([]);
    expect(core.neural?.version).toBe('seed-1');
    expect(predicted(core)).toBeNull();
    run(core, orders(4, 30), 1000, 40);
    expect(core.neural?.stale).toBe(0);
    expect(predicted(core)).toHaveLength(7);
  });

  it('takes effect at the same event in a replay, however it is cut, to the byte', () => {
    const tick = { id: 't', type: 'control.tick', time: START_MS + 60 * DAY_MS };
    const log = [
      ...orders(25),
      modelEvent('m1', 1),
      ...orders(9, 25),
      modelEvent('m2', 2),
      ...orders(9, 34),
      tick,
    ];
    const straight = coreWith();
    run(straight, log);
    expect(straight.neural?.version).toBe('seed-2');
    for (const size of [1, 7]) {
      const core = coreWith();
      run(core, log, size);
      expect(bytesOf(core)).toBe(bytesOf(straight));
    }
    for (const cut of [10, 25, 26, 27, 35, 36, 40]) {
      const first = coreWith();
      run(first, log.slice(0, cut));
      const second = coreWith();
      second.load(first.save().slice());
      run(second, log.slice(cut), 3, cut);
      expect(bytesOf(second)).toBe(bytesOf(straight));
      expect(predicted(second, 'jam')).toEqual(predicted(straight, 'jam'));
    }
  });

  it('changes nothing when it comes twice', () => {
    const core = coreWith();
    run(core, [...orders(20), modelEvent('m1', 1), modelEvent('m1', 1)]);
    expect(core.outbox.counts.duplicate).toBe(1);
  });

  it('is refused when it is damaged or for other buckets, and the one before goes on', () => {
    const core = coreWith();
    const whole = modelEvent('m1', 1);
    run(core, [...orders(20), whole]);
    const damaged = { ...whole, id: 'm2', weights: `A${whole.weights.slice(1)}` };
    const hours = modelText(encodeModel(firstModel(168, 1)));
    const refused = run(core, [
      damaged,
      modelEvent('m3', 1, { weights: hours }),
      modelEvent('m4', 1, { weights: 'none at all!' }),
    ]);
    expect(refused).toEqual([
      'weights must be a model: it does not begin as a model does',
      'the model has seasons of 168 buckets, demand.bucket makes them 7',
      'weights must be a model: it is not base64',
    ]);
    expect(core.neural?.version).toBe('seed-1');
  });

  it.each(RUBBISH_MODELS)('is refused with its reason when it is $what', ({ reason, text }) => {
    const core = coreWith();
    run(core, [...orders(20), modelEvent('m1', 1)]);
    const before = predicted(core);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const weights = text((n) => (numbers.next().value as number) % n);
        const id = `m${core.outbox.counts.refused + 2}`;
        const [detail, ...others] = run(core, [modelEvent(id, 1, { weights })]);
        expect(others).toEqual([]);
        expect(detail).toMatch(/^weights must /);
        expect(detail).toMatch(reason);
      }),
      { numRuns: 20 },
    );
    expect(core.neural?.version).toBe('seed-1');
    expect(predicted(core)).toEqual(before);
  });

  it('is taken by the decoder and refused by the operator where its buckets are others', () => {
    const core = coreWith();
    for (const [n, weights] of OTHER_MODELS.entries()) {
      const refused = run(core, [modelEvent(`m${n}`, 1, { weights })]);
      expect(refused).toEqual(['the model has seasons of 168 buckets, demand.bucket makes them 7']);
    }
  });

  it('has no effect where the settings do without, and such a state can be loaded', () => {
    const without = coreWith({ 'neural.enabled': false });
    expect(run(without, [...orders(20), modelEvent('m1', 1)])).toEqual([]);
    expect(without.neural).toBeNull();
    const core = coreWith();
    core.load(without.save().slice());
    expect(core.neural?.version).toBe('');
    run(core, [...orders(16, 20), modelEvent('m2', 2), ...orders(4, 36)], 1000, 30);
    expect(predicted(core)).toHaveLength(7);
  });
});
