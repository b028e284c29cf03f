// Claims about slices: wherever the core pauses, the results are the same, and nothing is saved.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Core } from '../../../engine/core.js';
import { Batch } from '../../../operators/stream/batch.js';
import { inSlices } from '../../../operators/stream/slices.js';
import {
  type Brought,
  coreWith,
  linesOf,
  messagesOf,
  positionLines,
  run,
  savedSections,
} from '../../oracle/drive.js';
import { OVERRIDES, PROPERTY_TIMEOUT, RUNS, sequences, ZONES } from '../../oracle/sequences.js';

vi.setConfig({ testTimeout: PROPERTY_TIMEOUT });

const DAY = 86_400_000;
const START = Date.UTC(2011, 2, 24, 9);
const LOCATIONS = Object.keys(ZONES);

function everything(core: Core, brought: Brought) {
  const results = { lines: linesOf(brought), positions: positionLines(core) };
  return { ...results, counts: { ...core.outbox.counts }, saved: savedSections(core) };
}

/** A count and an order of each SKU at each place, carts, late supply; then days and hours pass. */
function shop(skus: number): object[] {
  const events: object[] = [];
  const add = (fields: object) => events.push({ id: `s${events.length}`, time: START, ...fields });
  for (let n = 0; n < skus; n++) {
    const place = { sku: `S${n}`, location: LOCATIONS[n % LOCATIONS.length] };
    const more = { purchaseOrderId: `p${n}`, expectedAt: START + DAY };
    add({ type: 'stock.counted', ...place, quantity: n % 9 });
    const lines = [{ sku: place.sku, quantity: 1 + (n % 3) }];
    add({ type: 'order.placed', orderId: `o${n}`, location: place.location, lines });
    add({ type: 'cart.added', cartId: `c${n}`, ...place, quantity: 1 });
    if (n % 4 === 0) add({ type: 'purchase.ordered', ...place, quantity: 5, ...more });
  }
  for (let day = 1; day <= 4; day++) add({ type: 'control.tick', time: START + day * DAY });
  // A silence that skips what lies between, then life again.
  add({ type: 'control.tick', time: START + 40 * DAY });
  return events;
}

describe('slices of', () => {
  const results = (events: readonly object[], more: object, sliceRows: number) => {
    const core = coreWith({ ...OVERRIDES, ...more }, { sliceRows });
    return everything(core, run(core, messagesOf(events), 50));
  };

  it.each(['day', 'hour'])('1, 7 and all rows give the same bytes of %ss', (bucket) => {
    const events = shop(100);
    const whole = results(events, { 'demand.bucket': bucket }, Number.POSITIVE_INFINITY);
    expect(whole.lines.buckets?.length).toBeGreaterThan(300);
    expect(whole.lines.alerts?.length).toBeGreaterThan(50);
    expect(results(events, { 'demand.bucket': bucket }, 1)).toEqual(whole);
    expect(results(events, { 'demand.bucket': bucket }, 7)).toEqual(whole);
  });

  it('1 row give what the whole gives, for any sequence of events', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const whole = results(events, {}, Number.POSITIVE_INFINITY);
        expect(results(events, {}, 1)).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('rows bound every step: of 2,000 rows none is worked through in one', () => {
    const core = coreWith(OVERRIDES, { sliceRows: 10 });
    const before = shop(2000);
    const ticks = before.splice(-5);
    run(core, messagesOf(before));
    const batch = new Batch();
    core.decoder.decode(messagesOf(ticks), batch);
    const isAccounted = vi.spyOn(core.demand.exposure, 'account');
    const isClosed = vi.spyOn(core.forecast, 'championName');
    const isWatched = vi.spyOn(core.stockAlerts, 'daysOfCover');
    const isPlanned = vi.spyOn(core.replenish, 'plan');
    let steps = 0;
    for (const steady of core.chain.steps(batch)) {
      steps++;
      expect(steady).toBeUndefined();
      for (const spy of [isAccounted, isClosed, isWatched, isPlanned]) {
        // Asked for twice a row at most: by its own operator and by one behind it.
        expect(spy.mock.calls.length).toBeLessThanOrEqual(20);
        spy.mockClear();
      }
    }
    expect(steps).toBeGreaterThan(4 * 5 * (2000 / 10));
  });
});

describe('the state', () => {
  it('cannot be saved within a batch, wherever it pauses, and can be saved behind it', () => {
    const core = coreWith(OVERRIDES, { sliceRows: 3 });
    const batch = new Batch();
    core.decoder.decode(messagesOf(shop(8)), batch);
    let pauses = 0;
    for (const _ of core.chain.steps(batch)) {
      pauses++;
      expect(() => core.save()).toThrow('between two batches');
    }
    expect(pauses).toBeGreaterThan(30);
    expect(core.save().length).toBeGreaterThan(0);
  });

  it('cannot be saved after an operator has thrown', () => {
    const core = coreWith(OVERRIDES);
    vi.spyOn(core.demand, 'onEvent').mockImplementation(() => {
      throw new RangeError('no bucket');
    });
    expect(() => run(core, messagesOf(shop(1)))).toThrow('no bucket');
    expect(() => core.save()).toThrow('between two batches');
  });
});

describe('work in slices', () => {
  it('goes through all in order, and pauses between slices alone', () => {
    const seen: number[] = [];
    const lengths = [...inSlices(7, 3, (i) => seen.push(i))].map(() => seen.length);
    expect(lengths).toHaveLength(2);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...inSlices(0, 3, () => expect.unreachable())]).toEqual([]);
  });
});
