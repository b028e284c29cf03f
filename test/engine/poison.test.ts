// Claims about what becomes of an event that fails: again, aside, or the end, and no loop.
import { describe, expect, it } from 'vitest';
import { Poison } from '../../engine/poison.js';
import { OperatorError } from '../../operators/stream/operator-error.js';

const failed = (position: number, stepMs: number | null = null): OperatorError =>
  new OperatorError({ id: `e${position}`, position, index: 0, stepMs }, new Error('broken'));

describe('Poison', () => {
  it('has an event tried `tries` times before it is set aside, each event for itself', () => {
    const poison = new Poison({ tries: 3, maxSetAside: 10 });
    const kinds = [4, 4, 9, 4, 9, 9].map((position) => poison.judge(failed(position)).kind);
    expect(kinds).toEqual(['again', 'again', 'again', 'set-aside', 'again', 'set-aside']);
  });

  it('stops when more events fail than may be set aside', () => {
    const poison = new Poison({ tries: 1, maxSetAside: 1 });
    expect(poison.judge(failed(1)).kind).toBe('set-aside');
    expect(poison.judge(failed(2))).toMatchObject({
      kind: 'stop',
      reason: expect.stringContaining('maxSetAside') as string,
    });
  });

  it('stops when a time step fails again after its event was set aside', () => {
    const poison = new Poison({ tries: 1, maxSetAside: 10 });
    expect(poison.judge(failed(1, 60_000)).kind).toBe('set-aside');
    expect(poison.judge(failed(2, 60_000)).kind).toBe('stop');
  });

  it('stops after a limited number of failures, though each is at another event', () => {
    const poison = new Poison({ tries: 2, maxSetAside: 5 });
    const kinds = Array.from({ length: 13 }, (_, i) => poison.judge(failed(i)).kind);
    expect(kinds.lastIndexOf('again')).toBe(11);
    expect(kinds.at(-1)).toBe('stop');
  });
});
