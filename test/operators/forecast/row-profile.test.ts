// Claims about the row's own profile of a bucket.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowProfile } from '../../../operators/forecast/row-profile.js';
import { Table } from '../../../operators/stream/table.js';

function oneRow(): RowProfile {
  const table = new Table();
  const profile = new RowProfile(table);
  table.row(table.skus.intern('A'), table.locations.intern('shop'));
  return profile;
}

const part = fc.double({ min: 0, max: 1, noNaN: true });

describe('RowProfile', () => {
  it('is that of the zone for a row without lines', () => {
    fc.assert(
      fc.property(part, part, (elapsed, zone) => {
        expect(oneRow().shareBy(0, elapsed, zone)).toBeCloseTo(zone, 12);
      }),
    );
  });

  it('is the row’s own where it has had hundreds of lines', () => {
    const evening = oneRow();
    // All its demand comes in the last eighth of the day, where the zone's comes evenly.
    for (let n = 0; n < 1000; n++) evening.learn(0, 0.95);
    expect(evening.shareBy(0, 0.5, 0.5)).toBeLessThan(0.1);
    expect(evening.shareBy(0, 0.875, 0.875)).toBeLessThan(0.15);
    expect(evening.shareBy(0, 1, 1)).toBe(1);
  });

  it('with 20 lines lies half way between the zone and the row', () => {
    const morning = oneRow();
    for (let n = 0; n < 20; n++) morning.learn(0, 0.01);
    expect(morning.shareBy(0, 0.5, 0)).toBeCloseTo(0.5, 12);
  });

  it('rises from nothing to all as the bucket passes', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 600 }), part, part, (lines, one, other) => {
        const profile = oneRow();
        for (const elapsed of lines) profile.learn(0, elapsed);
        const [early, late] = one < other ? [one, other] : [other, one];
        // An even zone: its share is the time.
        expect(profile.shareBy(0, late, late)).toBeGreaterThanOrEqual(
          profile.shareBy(0, early, early) - 1e-12,
        );
        expect(profile.shareBy(0, 0, 0)).toBe(0);
        expect(profile.shareBy(0, 1, 1)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('forgets: a row whose customers come at another time is known by that after a while', () => {
    const profile = oneRow();
    for (let n = 0; n < 2000; n++) profile.learn(0, 0.05);
    for (let n = 0; n < 2000; n++) profile.learn(0, 0.95);
    expect(profile.shareBy(0, 0.5, 0.5)).toBeLessThan(0.5);
  });
});
