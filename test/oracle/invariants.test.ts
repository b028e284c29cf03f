// What must hold after any sequence: splits, restores and repeats change nothing; signals and alerts.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Core } from '../../engine/core.js';
import type { InventoryEvent } from '../../operators/events/event.js';
import type { Signal } from '../../operators/events/result.js';
import { needOf } from '../../operators/replenish/policy.js';
import { type Batch, type Message, OUTCOME } from '../../operators/stream/batch.js';
import {
  type Brought,
  coreWith,
  linesOf,
  messageOf,
  messagesOf,
  nothingBrought,
  positionLines,
  rowOf,
  run,
  savedSections,
} from './drive.js';
import { OVERRIDES, PROPERTY_TIMEOUT, RUNS, sequences } from './sequences.js';

vi.setConfig({ testTimeout: PROPERTY_TIMEOUT });

/** All that there is to see after a run: results in order, final state as JSON and as bytes. */
function everything(core: Core, brought: Brought) {
  return {
    ...linesOf(brought),
    positions: positionLines(core),
    counts: { ...core.outbox.counts },
    saved: savedSections(core),
  };
}

function straight(messages: readonly Message[], size: number) {
  const core = coreWith(OVERRIDES);
  return everything(core, run(core, messages, size));
}

function append(all: Brought, more: Brought): void {
  all.signals.push(...more.signals);
  all.told.push(...more.told);
  all.progress.push(...more.progress);
  all.closings.push(...more.closings);
  all.alerts.push(...more.alerts);
  all.refusals.push(...more.refusals);
  all.buckets.push(...more.buckets);
}

/** Without the places that depend on how events were packed into messages. */
function withoutPlaces(brought: Brought): Brought {
  const { signals, told, closings, progress, alerts, refusals, ...rest } = brought;
  const causeOnly = <R extends { readonly cause: Signal['cause'] }>(result: R) => {
    return { ...result, cause: { ...result.cause, position: 0 } };
  };
  return {
    ...rest,
    signals: signals.map(causeOnly),
    told: told.map(causeOnly),
    closings: closings.map((closing) => ({ ...closing, signal: causeOnly(closing.signal) })),
    progress: progress.map((one) => ({ ...one, signal: causeOnly(one.signal) })),
    alerts: alerts.map(causeOnly),
    refusals: refusals.map((refusal) => ({ ...refusal, position: 0, index: 0 })),
  };
}

describe('the split of events', () => {
  it('into batches of 1, 7 and all changes nothing, to the byte', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const messages = messagesOf(events);
        const one = straight(messages, 1);
        expect(straight(messages, 7)).toEqual(one);
        expect(straight(messages, messages.length)).toEqual(one);
      }),
      RUNS,
    );
  });

  it('into messages changes nothing but their positions', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sequences, sizes, (events, packs) => {
        const packed: Message[] = [];
        for (let at = 0, n = 0; at < events.length; n++) {
          const size = packs[n % packs.length] as number;
          const lines = events.slice(at, at + size).map((event) => JSON.stringify(event));
          packed.push(messageOf(lines.join('\n'), n + 1));
          at += size;
        }
        const single = coreWith(OVERRIDES);
        const several = coreWith(OVERRIDES);
        const bySingle = withoutPlaces(run(single, messagesOf(events), 1));
        const bySeveral = withoutPlaces(run(several, packed, 3));
        const found = everything(several, bySeveral);
        const expected = everything(single, bySingle);
        // A signal that is followed says which position caused it.
        const followed = ['signals', 'expedites', 'reductions'].map((desk) => `${desk}.open`);
        for (const section of [...followed, 'ordered.signals']) {
          delete found.saved[section];
          delete expected.saved[section];
        }
        expect(found).toEqual(expected);
      }),
      RUNS,
    );
  });
});

describe('a snapshot', () => {
  it('at any point, restored and run on, gives what the straight run gives, to the byte', () => {
    fc.assert(
      fc.property(sequences, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (events, a, b) => {
        const messages = messagesOf(events);
        const all = nothingBrought();
        let core = coreWith(OVERRIDES);
        let from = 0;
        for (const to of [Math.min(a, b), Math.max(a, b), messages.length]) {
          append(all, run(core, messages.slice(from, to), 5));
          from = Math.max(from, Math.min(to, messages.length));
          const next = coreWith(OVERRIDES);
          next.load(core.save());
          core = next;
        }
        expect(everything(core, all)).toEqual(straight(messages, 1));
      }),
      RUNS,
    );
  });
});

describe('a message that is delivered again', () => {
  it('changes nothing but the count of duplicates, whenever within the window it comes', () => {
    const again = fc.array(fc.tuple(fc.nat({ max: 59 }), fc.nat({ max: 20 })), { maxLength: 20 });
    // The window outlasts every sequence here, so each repeat is one.
    const overrides = { ...OVERRIDES, 'dedupe.window': '365d' };
    fc.assert(
      fc.property(sequences, again, (events, repeats) => {
        const once = messagesOf(events);
        const repeated = [...once];
        // One that was refused was never taken: it may be taken when it comes again.
        const first = run(coreWith(overrides), once, 9);
        const refused = first.refusals.filter(({ reason }) => reason !== 'late');
        const untaken = new Set(refused.map(({ position }) => position));
        const taken = once.filter(({ position }) => !untaken.has(position));
        fc.pre(taken.length > 0);
        for (const [which, later] of repeats) {
          const message = taken[which % taken.length] as Message;
          const at = repeated.indexOf(message) + 1;
          repeated.splice(Math.min(repeated.length, at + later), 0, message);
        }
        const results = [once, repeated].map((messages) => {
          const core = coreWith(overrides);
          const brought = run(core, messages, 4);
          core.outbox.counts.duplicate = 0;
          return everything(core, brought);
        });
        expect(results[1]).toEqual(results[0]);
      }),
      RUNS,
    );
  });
});

describe('the balance', () => {
  it('holds for every row after every event', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const core = coreWith(OVERRIDES);
        for (const message of messagesOf(events)) {
          run(core, [message]);
          for (let row = 0; row < core.table.rows; row++) checkBalance(core, row);
        }
      }),
      RUNS,
    );
  });
});

function checkBalance(core: Core, row: number): void {
  const { positions } = core.ledger;
  const q = positions.read(row);
  expect(q.allocated + q.backordered).toBe(positions.open(row));
  expect(q.allocated).toBeLessThanOrEqual(Math.max(q.onHand, 0));
  expect(q.available).toBe(q.onHand - q.allocated);
  expect(q.inventoryPosition).toBe(
    q.onHand + q.onOrder + q.inTransit - q.allocated - q.backordered,
  );
  for (const name of ['allocated', 'backordered', 'onOrder', 'inTransit'] as const) {
    expect([name, q[name] >= 0]).toEqual([name, true]);
  }
}

/** How often the id of this one event was taken, this time included; a late one moves stock too. */
function countUse(applied: Map<string, number>, [batch]: readonly Batch[]): number {
  const id = batch?.id[0] ?? '';
  const outcome = batch?.outcome[0];
  const isTaken = outcome === OUTCOME.applied || outcome === OUTCOME.late;
  const use = (applied.get(id) ?? 0) + (isTaken ? 1 : 0);
  applied.set(id, use);
  return use;
}

describe('signals', () => {
  it('are open at most once a row: raised, corrected or closed, never raised twice', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const core = coreWith(OVERRIDES);
        // By kind and row.
        const open = new Map<string, string>();
        const ids = new Set<string>();
        // An id that comes again after the window is another event, and causes another signal.
        const applied = new Map<string, number>();
        for (const message of messagesOf(events)) {
          const { signals, batches, ...brought } = run(core, [message]);
          const use = countUse(applied, batches);
          // An updated signal's place is taken by the one that replaces it.
          const closings = brought.closings.filter(({ reason }) => reason !== 'updated');
          const closed = new Set(closings.map(({ signal }) => signal.id));
          for (const signal of signals) {
            const row = `${signal.kind} ${rowOf(core, signal.sku, signal.location)}`;
            // Closed and raised anew within one event.
            const before = open.get(row);
            if (before !== undefined && closed.has(before)) open.delete(row);
            expect(signal.replaces).toBe(open.get(row));
            expect(ids).not.toContain(`${signal.id}, use ${use}`);
            ids.add(`${signal.id}, use ${use}`);
            open.set(row, signal.id);
          }
          for (const { signal, row: number } of closings) {
            const row = `${signal.kind} ${number}`;
            if (open.get(row) === signal.id) open.delete(row);
          }
        }
      }),
      RUNS,
    );
  });

  it('have reasons that add up; a reorder lifts the position strictly past its trigger', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const core = coreWith(OVERRIDES);
        for (const message of messagesOf(events)) {
          for (const signal of run(core, [message]).signals) checkSignal(core, signal);
        }
      }),
      RUNS,
    );
  });

  it('would not be due at a position higher by the counterfactual, but at any smaller one', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const core = coreWith(OVERRIDES);
        for (const message of messagesOf(events)) {
          const { signals } = run(core, [message]);
          for (const signal of signals.filter(({ kind }) => kind === 'reorder')) {
            checkCounterfactual(core, signal);
          }
        }
      }),
      RUNS,
    );
  });
});

function checkSignal(core: Core, signal: Signal): void {
  const { kind, quantity, inventoryPosition, onOrder, reasons } = signal;
  expect(quantity).toBeGreaterThan(0);
  if (kind === 'reorder') checkLift(core, signal);
  else expect(quantity).toBeLessThanOrEqual(onOrder);
  const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
  expect(Math.abs(sum - quantity)).toBeLessThan(1e-9);
  expect(inventoryPosition).toBe(
    signal.onHand + signal.onOrder + signal.inTransit - signal.allocated - signal.backordered,
  );
}

/** Past the trigger, and beyond what is aimed at by one step of rounding at most. */
function checkLift(core: Core, signal: Signal): void {
  const { quantity, inventoryPosition, reorderPoint, orderUpToLevel, policy } = signal;
  const terms = core.catalog.of(rowOf(core, signal.sku, signal.location));
  const after = inventoryPosition + quantity;
  expect(inventoryPosition).toBeLessThanOrEqual(reorderPoint);
  expect(after).toBeGreaterThan(reorderPoint);
  const lot = signal.reasons.find(({ factor }) => factor === 'lotSize')?.contribution ?? 0;
  const aim = policy === 'sQ' ? reorderPoint + lot : orderUpToLevel;
  const step = Math.max(1, terms.packSize, terms.minimumOrderQuantity);
  expect(after).toBeLessThan(aim + step + Math.max(0, terms.packSize));
}

function checkCounterfactual(core: Core, signal: Signal): void {
  const terms = core.catalog.of(rowOf(core, signal.sku, signal.location));
  const { reorderPoint, orderUpToLevel, safetyStock, inventoryPosition, counterfactual } = signal;
  // The order quantity decides how much, not whether.
  const levels = { reorderPoint, orderUpToLevel, safetyStock, undershoot: 0, orderQuantity: 1 };
  expect(counterfactual).toBeGreaterThan(0);
  expect(needOf(terms, levels, inventoryPosition + counterfactual)).toBeNull();
  expect(needOf(terms, levels, inventoryPosition + counterfactual - 1)).not.toBeNull();
}

describe('alerts', () => {
  it('are raised and cleared in turn, row by row and kind by kind, each with its own id', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const core = coreWith(OVERRIDES);
        const raised = new Set<string>();
        const ids = new Set<string>();
        // An id that comes again after the window is another event, and causes another alert.
        const applied = new Map<string, number>();
        for (const message of messagesOf(events)) {
          const { alerts, batches } = run(core, [message]);
          const use = countUse(applied, batches);
          for (const { id, kind, sku, location, state } of alerts) {
            const key = `${kind} ${sku} ${location}`;
            expect([key, state]).toEqual([key, raised.has(key) ? 'cleared' : 'raised']);
            if (state === 'raised') raised.add(key);
            else raised.delete(key);
            expect(ids).not.toContain(`${id}, use ${use}`);
            ids.add(`${id}, use ${use}`);
          }
        }
        expect(core.alerts.openCount).toBe(raised.size);
      }),
      RUNS,
    );
  });
});

/** A sequence is of use only if it brings things about; this one says that sequences do. */
describe('the sequences', () => {
  it('bring signals, closings, alerts, refusals and closed buckets', () => {
    const totals = nothingBrought();
    fc.sample<InventoryEvent[]>(sequences, { numRuns: 40, seed: 1 }).forEach((events) => {
      append(totals, run(coreWith(OVERRIDES), messagesOf(events), 9));
    });
    // What becomes of signals that were ordered: see test/operators/replenish/signal-life.test.ts.
    const { progress: _, ...brought } = totals;
    for (const rows of Object.values(brought)) expect(rows.length).toBeGreaterThan(3);
  });
});
