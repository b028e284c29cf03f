// Claims about the plan of a torture run.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dice } from '../simulation/dice.js';
import { endsEngine, planOf } from './plan.js';

it('a seed gives the same kills again', () => {
  expect(planOf(new Dice(7), 50)).toEqual(planOf(new Dice(7), 50));
  expect(planOf(new Dice(7), 50)).not.toEqual(planOf(new Dice(8), 50));
});

it('a kill while it starts follows one that ended the engine', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const plan = planOf(new Dice(seed), 50);
      expect(plan).toHaveLength(50);
      plan.forEach((kill, i) => {
        if (kill.kind !== 'starting' && kill.kind !== 'loading') return;
        const before = plan[i - 1];
        expect(before !== undefined && endsEngine(before)).toBe(true);
      });
    }),
  );
});

it('a few hundred kills are of all kinds, most of them while it decides', () => {
  const kinds = planOf(new Dice(1), 500).map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(8);
  expect(kinds.filter((kind) => kind === 'deciding').length).toBeGreaterThan(150);
});
