// Claims about the chain when an operator throws: who is named, and what setting aside leaves.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Demand } from '../../../operators/demand/demand.js';
import type { Batch } from '../../../operators/stream/batch.js';
import { OperatorError } from '../../../operators/stream/operator-error.js';
import {
  coreWith,
  linesOf,
  messageOf,
  messagesOf,
  nothingBrought,
  positionLines,
  run,
  savedSections,
} from '../../oracle/drive.js';

afterEach(() => vi.restoreAllMocks());

const order = (n: number, more: object = {}) => ({
  id: `o${n}`,
  type: 'order.placed',
  time: `2026-03-02T10:${String(n).padStart(2, '0')}:00Z`,
  orderId: `o${n}`,
  location: 'london',
  lines: [{ sku: 'tea', quantity: 1 }],
  ...more,
});

const events = [
  { id: 'c', type: 'stock.counted', time: '2026-03-02T10:00:00Z' },
  { id: 'd', type: 'stock.counted', time: '2026-03-02T10:00:00Z' },
]
  .map((count, i) => ({ ...count, location: 'london', sku: ['tea', 'jam'][i], quantity: 3 }))
  .concat([order(1), order(2), order(3), order(4), order(5)] as never[]);

/** The ledger, before it in the chain, has changed its columns by then. */
function throwAt(id: string): void {
  const original = Demand.prototype.onEvent;
  vi.spyOn(Demand.prototype, 'onEvent').mockImplementation(function (
    this: Demand,
    batch: Batch,
    ...rest
  ) {
    const result = original.call(this, batch, ...rest);
    if (batch.id[rest[0]] === id) throw new TypeError('no such column');
    return result;
  });
}

function errorOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}

describe('an operator that throws', () => {
  it('ends the batch with the event, its position and its number in the message', () => {
    throwAt('o2');
    const text = [order(1), order(2)].map((event) => JSON.stringify(event)).join('\n');
    const error = errorOf(() => run(coreWith(), [messageOf(text, 7)]));
    expect(error).toBeInstanceOf(OperatorError);
    expect((error as OperatorError).event).toEqual({
      ...{ id: 'o2', position: 7, index: 1, stepMs: null },
    });
    expect(String(error)).toContain('TypeError: no such column');
  });

  it('in a time step names the event that let the time pass, and the step', () => {
    vi.spyOn(Demand.prototype, 'onTime').mockImplementation(() => {
      throw new RangeError('no bucket');
    });
    const error = errorOf(() => run(coreWith(), messagesOf(events)));
    expect((error as OperatorError).event.stepMs).not.toBeNull();
    expect(String(error)).toContain('in the time step to 2026-03-02T');
  });
});

describe('an event set aside', () => {
  it.each([1, 3, 100])('leaves what a run without it leaves, in batches of %i', (size) => {
    throwAt('o3');
    const core = coreWith();
    core.setAside.add({ position: 5, index: 0, detail: 'no such column' });
    const { batches: _, ...brought } = run(core, messagesOf(events), size);
    const without = coreWith();
    const left = messagesOf(events).filter(({ position }) => position !== 5);
    const { batches: __, ...expected } = run(without, left, size);
    expect(brought.refusals).toMatchObject([
      { reason: 'failed', position: 5, index: 0, kind: 'order', detail: 'no such column' },
    ]);
    expect(linesOf({ ...brought, refusals: [] })).toEqual(linesOf(expected));
    expect(linesOf(expected)).not.toEqual(linesOf(nothingBrought()));
    expect(positionLines(core)).toEqual(positionLines(without));
    expect(operatorState(core)).toEqual(operatorState(without));
  });

  it('stays set aside in a core that loads the state, and a state without any loads too', () => {
    const core = coreWith();
    core.setAside.add({ position: 5, index: 2, detail: 'x' });
    const loaded = coreWith();
    loaded.load(core.save());
    expect(loaded.setAside.find(5, 2)).toEqual({ position: 5, index: 2, detail: 'x' });
    expect(loaded.setAside.find(5, 1)).toBeUndefined();
    const plain = coreWith();
    plain.load(coreWith().save());
    expect(plain.setAside.size).toBe(0);
  });
});

/** All but what counts and names refusals. */
function operatorState(core: ReturnType<typeof coreWith>): Record<string, string> {
  const sections = Object.entries(savedSections(core));
  return Object.fromEntries(sections.filter(([name]) => !/^(outbox|set-aside)\./.test(name)));
}
