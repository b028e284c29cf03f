// Dedupe: an id counts once within its window of stream time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dedupe } from '../../../operators/stream/dedupe.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { StateEncoder } from '../../../operators/stream/state-encoder.js';
import { coreWith, quantitiesOf, runEvents } from '../../oracle/drive.js';
import { adjusted, shipped, tick } from '../events/samples.js';

const DAY = 86_400_000;
const START = Date.parse('2011-09-01T10:00:00Z');
const small = { 'ledger.journal': 64 };

describe('an id', () => {
  const again = adjusted(2, { time: START });

  it('that comes again within dedupe.window changes nothing', () => {
    const core = coreWith({ ...small, 'dedupe.window': '2d' });
    runEvents(core, [again, again, tick(START + 2 * DAY), again]);
    expect(quantitiesOf(core, 'A', 'x').onHand).toBe(2);
    expect(core.outbox.counts).toMatchObject({ applied: 2, duplicate: 2 });
  });

  it('that comes again with other content changes nothing either', () => {
    const core = coreWith(small);
    runEvents(core, [again, { ...again, quantity: 5 }, { ...tick(START + DAY), id: again.id }]);
    expect(quantitiesOf(core, 'A', 'x').onHand).toBe(2);
    expect(core.clock.streamTimeMs).toBe(START);
  });

  it('is forgotten when the window has passed in stream time', () => {
    const core = coreWith({ ...small, 'dedupe.window': '2d' });
    runEvents(core, [again, tick(START + 2 * DAY + 1), again]);
    expect(quantitiesOf(core, 'A', 'x').onHand).toBe(4);
  });

  it('is still known after a restart', () => {
    const before = coreWith(small);
    runEvents(before, [again]);
    const core = coreWith(small);
    core.load(before.save());
    runEvents(core, [again]);
    expect(quantitiesOf(core, 'A', 'x').onHand).toBe(2);
    expect(core.outbox.counts.duplicate).toBe(1);
  });

  it('of a refused event is free: the event may come again once it can be taken', () => {
    const core = coreWith(small);
    const early = shipped('7', { A: 1 });
    runEvents(core, [early, { ...early, location: 'x' }]);
    expect(core.outbox.counts).toMatchObject({ applied: 1, refused: 1, duplicate: 0 });
  });
});

describe('the table of ids', () => {
  it('agrees with a plain map of ids and times, through growth and expiry', () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 600 }), (steps) => {
        const dedupe = new Dedupe({ windowMs: 500, maxIds: 1e6 });
        const takenAtMs = new Map<string, number>();
        let now = 0;
        for (const [n, passed] of steps) {
          now += passed;
          const id = `id-${n}`;
          const expected = (takenAtMs.get(id) ?? Number.NEGATIVE_INFINITY) >= now - 500;
          expect(dedupe.has(id, now)).toBe(expected);
          if (expected) continue;
          dedupe.add(id, now);
          takenAtMs.set(id, now);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('holds 200,000 ids that differ in one digit apart', () => {
    const dedupe = new Dedupe({ windowMs: DAY, maxIds: 1e6 });
    let seen = 0;
    for (let n = 0; n < 200_000; n++) {
      if (dedupe.has(`order-${n}`, START)) seen++;
      dedupe.add(`order-${n}`, START);
    }
    expect(seen).toBe(0);
    expect(dedupe.ids).toBe(200_000);
    expect(dedupe.has('order-0', START)).toBe(true);
    expect(dedupe.has('order-200000', START)).toBe(false);
  });

  it('never holds more than maxIds, but for a rounding: the oldest go first, and are counted', () => {
    const dedupe = new Dedupe({ windowMs: DAY, maxIds: 10_000 });
    for (let n = 0; n < 60_000; n++) dedupe.add(`${n}`, START + n);
    expect(dedupe.ids).toBeLessThanOrEqual(256 * Math.ceil(10_000 / 256));
    expect(dedupe.ids).toBeGreaterThan(4_000);
    expect(dedupe.forgotten).toBeGreaterThan(0);
    expect(dedupe.has('59999', START + 60_000)).toBe(true);
    expect(dedupe.has('0', START + 60_000)).toBe(false);
  });

  it('comes back from a snapshot as it was', () => {
    const dedupe = new Dedupe({ windowMs: DAY, maxIds: 1e6 });
    for (let n = 0; n < 30_000; n++) dedupe.add(`${n}`, START + n);
    const writer = new StateWriter();
    dedupe.save(writer);
    const restored = new Dedupe({ windowMs: DAY, maxIds: 1e6 });
    restored.load(decodeState(encodeState(writer)));
    expect(restored.ids).toBe(30_000);
    for (const id of ['0', '29999']) expect(restored.has(id, START + 30_000)).toBe(true);
    expect(restored.has('30000', START + 30_000)).toBe(false);
  });

  it('is saved as it was, whatever is taken while the save is being written', () => {
    const dedupe = new Dedupe({ windowMs: DAY, maxIds: 1e7 });
    let n = 0;
    const take = (count: number): void => {
      for (const end = n + count; n < end; n++) dedupe.add(`${n}`, START + n);
    };
    const saved = () => {
      const writer = new StateWriter();
      dedupe.save(writer);
      return writer;
    };
    take(300_000);
    const encoder = new StateEncoder();
    for (let round = 0; round < 3; round++) {
      const then = Buffer.from(encodeState(saved()));
      const steps = encoder.begin(saved().sections);
      let step = steps.next();
      // Enough for every part to change in every step, and for some to grow.
      for (; !step.done; step = steps.next()) take(5_000);
      expect(Buffer.from(step.value).equals(then)).toBe(true);
      expect(dedupe.ids).toBe(n);
    }
    expect(n).toBeGreaterThan(400_000);
    for (const id of ['0', '299999', `${n - 1}`]) expect(dedupe.has(id, START + n)).toBe(true);
  });

  it('is saved as it was also when another save comes and goes meanwhile', () => {
    const dedupe = new Dedupe({ windowMs: DAY, maxIds: 1e7 });
    const put = () => {
      const writer = new StateWriter();
      dedupe.save(writer);
      return writer;
    };
    for (let n = 0; n < 300_000; n++) dedupe.add(`${n}`, START + n);
    const then = Buffer.from(encodeState(put()));
    const steps = new StateEncoder().begin(put().sections);
    let step = steps.next();
    encodeState(put());
    for (let n = 0; !step.done; n++, step = steps.next()) dedupe.add(`more-${n}`, START);
    expect(Buffer.from(step.value).equals(then)).toBe(true);
  });
});
