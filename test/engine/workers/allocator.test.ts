// Claims about allocating in a thread: the same answer, its errors, its end.
import { beforeAll, describe, expect, it } from 'vitest';
import { allocate } from '../../../engine/allocation/allocation.js';
import { loadSolver, type Solver } from '../../../engine/allocation/solver.js';
import { allocateInThread } from '../../../engine/workers/allocator.js';
import { O1, randomProblem } from '../allocation/problems.js';

let solver: Solver;
beforeAll(async () => {
  solver = await loadSolver();
});

describe('allocating in a thread', { timeout: 120_000 }, () => {
  it('answers as the solver does here', async () => {
    for (const problem of [O1, randomProblem({ ...SHAPE, needs: 30 })]) {
      const here = allocate(problem, solver, { timeMs: 60_000 });
      const there = await allocateInThread(problem, 60_000);
      expect({ ...there, seconds: 0 }).toEqual({ ...here, seconds: 0 });
    }
  });

  it('says what is wrong with a problem', async () => {
    const limits = [{ kind: 'budget', amount: Number.NaN }] as const;
    await expect(allocateInThread({ ...O1, limits }, 1000)).rejects.toThrow(
      'amount of a budget must be finite and >= 0, got NaN',
    );
  });

  it('goes away at once when it is told to', async () => {
    const abort = new AbortController();
    const running = allocateInThread(
      randomProblem({ ...SHAPE, needs: 5_000 }),
      60_000,
      abort.signal,
    );
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});

const SHAPE = { suppliers: 5, locations: 3, seed: 1, share: 0.4 };
