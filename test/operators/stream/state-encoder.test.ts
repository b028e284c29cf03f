// Claims about encoding state in steps: as of the moment it began, whatever happens meanwhile.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';
import { StateEncoder } from '../../../operators/stream/state-encoder.js';
import { coreWith, type messageOf, messagesOf, run } from '../../oracle/drive.js';
import { OVERRIDES, sequences } from '../../oracle/sequences.js';

function finished(steps: Generator<void, Uint8Array, void>): Uint8Array {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const numbers = fc.uint8Array({ maxLength: 100 });
const texts = fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 50 });
const states = fc.array(
  fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(numbers, texts), { maxKeys: 6 }),
  { minLength: 1, maxLength: 5 },
);

function writerOf(state: Readonly<Record<string, Uint8Array | string[]>>): StateWriter {
  const writer = new StateWriter();
  for (const [name, section] of Object.entries(state)) writer.put(name, section);
  return writer;
}

describe('the encoder of state', () => {
  it('gives the same bytes whatever it has encoded before', () => {
    fc.assert(
      fc.property(states, (all) => {
        const encoder = new StateEncoder();
        for (const state of all) {
          const { sections } = writerOf(state);
          const bytes = finished(encoder.begin(sections));
          expect(Buffer.from(bytes)).toEqual(Buffer.from(encodeState(writerOf(state))));
          const reader = decodeState(bytes);
          for (const [name, section] of Object.entries(state)) {
            if (Array.isArray(section)) expect(reader.texts(name)).toEqual(wellFormed(section));
            else expect(reader.uint8(name)).toEqual(section);
          }
        }
      }),
    );
  });

  it('takes texts far longer than it expected', () => {
    const writer = new StateWriter();
    const long = Array.from({ length: 3000 }, (_, i) => 'ü'.repeat(i));
    writer.put('long', long);
    writer.put('after', ['x']);
    const reader = decodeState(encodeState(writer));
    expect(reader.texts('long')).toEqual(long);
    expect(reader.texts('after')).toEqual(['x']);
  });

  it('has room for what room was made for, and not for much more', () => {
    const encoder = new StateEncoder();
    const small = writerOf({ a: new Uint8Array(1000) }).sections;
    const large = writerOf({ a: new Uint8Array(100_000) }).sections;
    expect(encoder.hasRoom(small)).toBe(false);
    let count = 0;
    for (const _ of encoder.reserve(small)) count++;
    expect(count).toBeGreaterThan(0);
    expect([encoder.hasRoom(small), encoder.hasRoom(large)]).toEqual([true, false]);
    expect(decodeState(finished(encoder.begin(large))).uint8('a').length).toBe(100_000);
  });

  it('releases pages when they are written, when it is given up, and when it only made room', () => {
    const encoder = new StateEncoder();
    let released = 0;
    const sections = () => {
      const writer = new StateWriter();
      const page = new Uint8Array(1024 * 1024);
      const release = (): void => void released++;
      writer.put('a', { type: 'Uint8Array', pages: [page, page], release });
      return writer.sections;
    };
    for (const _ of encoder.reserve(sections()));
    expect(released).toBe(1);
    for (const _ of encoder.reserve(sections()));
    expect(released).toBe(2);
    expect(decodeState(finished(encoder.begin(sections()))).uint8('a').length).toBe(2 * 1024 ** 2);
    expect(released).toBe(3);
    const givenUp = encoder.begin(sections());
    givenUp.next();
    expect(released).toBe(3);
    givenUp.return(new Uint8Array(0));
    expect(released).toBe(4);
  });

  it('gives the state of the moment at which it began, with any events applied meanwhile', () => {
    fc.assert(
      fc.property(sequences, fc.nat(), (events, cut) => {
        const messages = messagesOf(events);
        const at = cut % (messages.length + 1);
        const core = coreWith(OVERRIDES);
        run(core, messages.slice(0, at), 100);
        const then = core.save();
        const steps = new StateEncoder().begin(core.sections());
        const rest = messages.slice(at);
        for (const message of rest) run(core, [message]);
        expect(Buffer.from(finished(steps)).equals(then)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('gives it too when events and steps take turns', () => {
    const events = fc.sample(sequences, { numRuns: 20, seed: 7 }).flat();
    const unique = events.map((event, i) => ({ ...event, id: `${i}` }));
    const messages = messagesOf(unique);
    const core = coreWith(OVERRIDES);
    const encoder = new StateEncoder();
    let compared = 0;
    for (let at = 0; at < messages.length; ) {
      const then = core.save();
      const steps = encoder.begin(core.sections());
      let step = steps.next();
      for (; !step.done; step = steps.next()) at = apply(core, messages, at);
      expect(Buffer.from(step.value).equals(then)).toBe(true);
      compared++;
      at = apply(core, messages, at);
    }
    expect(compared).toBeGreaterThan(3);
  });
});

type Messages = readonly ReturnType<typeof messageOf>[];

function apply(core: ReturnType<typeof coreWith>, messages: Messages, at: number): number {
  const message = messages[at];
  if (message !== undefined) run(core, [message]);
  return at + 1;
}

/** A lone half of a pair has no UTF-8, and JSON writes it as an escape. */
function wellFormed(all: readonly string[]): string[] {
  return JSON.parse(JSON.stringify(all)) as string[];
}
