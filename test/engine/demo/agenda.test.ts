// The agenda: in order of time, ties first in first out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from '../../../engine/demo/agenda.js';

describe('the agenda', () => {
  it('gives a stable sort by time of what was put in, with takes in between', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean())), (steps) => {
        const agenda = new Agenda<number>();
        const model: { atMs: number; value: number }[] = [];
        for (const [i, [atMs, take]] of steps.entries()) {
          agenda.add(atMs, i);
          model.push({ atMs, value: i });
          model.sort((a, b) => a.atMs - b.atMs || a.value - b.value);
          expect(agenda.nextMs()).toBe(model[0]?.atMs);
          if (take) expect(agenda.take()).toMatchObject(model.shift() ?? {});
          expect(agenda.size).toBe(model.length);
        }
      }),
    );
  });

  it('says what is wrong with a time that is none, and with taking from nothing', () => {
    expect(() => new Agenda().add(Number.NaN, 1)).toThrow('atMs must be finite, got NaN');
    expect(() => new Agenda().take()).toThrow('the agenda is empty');
    expect(new Agenda().nextMs()).toBeNull();
  });
});
