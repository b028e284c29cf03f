// A short fuzz run of a fixed seed, and faults planted in the decoder that it has to find.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Decoder } from '../../operators/events/decode.js';
import { EVENT_TYPES } from '../../operators/events/event.js';
import { fuzz } from './fuzz.js';
import { Source } from './valid.js';
import { verdictsOf } from './validity.js';

/** Its private parts, to plant faults in. */
const PARTS = Decoder.prototype as unknown as Record<'timeProblem' | 'write', () => unknown>;

afterEach(() => vi.restoreAllMocks());

describe('messages mutated from valid ones', { timeout: 300_000 }, () => {
  it('never throw: each event is taken as the schemas say or refused, and all are counted', async () => {
    const sum = await fuzz({ messages: 20_000, seed: '1' });
    expect(sum.messages).toBe(20_000);
    expect(sum.applied + sum.duplicate + sum.refused).toBe(sum.events);
    // Of use only if much of it is taken, and refused for every reason.
    expect(sum.applied).toBeGreaterThan(5_000);
    expect(Object.keys(sum.reasons)).toEqual([
      'late',
      'malformed-json',
      'missing-field',
      'not-an-object',
      'time-ahead',
      'unknown-location',
      'unknown-order',
      'unknown-signal',
      'unknown-type',
      'wrong-field',
      'wrong-quantity',
    ]);
  });

  it('find a decoder that takes what is too far ahead', async () => {
    vi.spyOn(PARTS, 'timeProblem').mockReturnValue(null);
    const run = fuzz({ messages: 5_000, seed: '1' });
    await expect(run).rejects.toThrow(/seed 1: .* is not valid by the schema and was taken/);
  });

  it('find a decoder that loses an event', async () => {
    const { decode } = Decoder.prototype;
    vi.spyOn(Decoder.prototype, 'decode').mockImplementation(function (this: Decoder, m, batch) {
      decode.call(this, m.slice(1), batch);
    });
    await expect(fuzz({ messages: 500, seed: '1' })).rejects.toThrow(/message 1: .* is missing/);
  });

  it('find a decoder that throws, and say at which seed and message', async () => {
    vi.spyOn(PARTS, 'write').mockImplementation(() => {
      throw new TypeError('no such column');
    });
    await expect(fuzz({ messages: 500, seed: '7' })).rejects.toThrow(/seed 7: TypeError: no such/);
  });
});

describe('the source of valid events', () => {
  it('makes events of every type, each valid by the schemas', () => {
    const source = new Source('1');
    const types = new Set<unknown>();
    for (let n = 0; n < 2_000; n++) {
      const event = source.next();
      types.add(event.type);
      const data = Buffer.from(JSON.stringify(event));
      const [verdict] = verdictsOf(data, source.nowMs, { maxAheadMs: 0 });
      expect(verdict, JSON.stringify(event)).toMatchObject({ isValid: true });
    }
    expect([...types].sort()).toEqual([...EVENT_TYPES].sort());
  });
});
