// Working hours of the simulated warehouse.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workingTime } from '../../../engine/demo/working-hours.js';

describe('working hours', () => {
  it.each([
    ['2011-10-03T10:15:00Z', '2011-10-03T10:15:00Z', 'a Monday morning stays'],
    ['2011-10-03T03:15:00Z', '2011-10-03T07:15:00Z', 'before opening: the same day'],
    ['2011-10-03T18:00:00Z', '2011-10-04T07:00:00Z', 'after closing: the next day'],
    ['2011-10-07T22:30:00Z', '2011-10-09T07:30:00Z', 'Friday night: Sunday'],
    ['2011-10-08T12:00:00Z', '2011-10-09T07:00:00Z', 'Saturday: Sunday'],
  ])('puts %s at %s (%s)', (from, to) => {
    expect(new Date(workingTime(Date.parse(from))).toISOString()).toBe(new Date(to).toISOString());
  });

  it('never goes back, and stays where it has put something', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
        const at = workingTime(ms);
        expect(at).toBeGreaterThanOrEqual(ms);
        expect(workingTime(at)).toBe(at);
        expect(new Date(at).getUTCDay()).not.toBe(6);
      }),
    );
  });
});
