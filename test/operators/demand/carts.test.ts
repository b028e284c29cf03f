// Carts: what is added, removed, looked at and abandoned, driven through the whole core.
import { describe, expect, it } from 'vitest';
import { coreWith, quantitiesOf, runEvents } from '../../oracle/drive.js';
import { counted, event, placed, tick } from '../events/samples.js';

const small = { 'ledger.journal': 4096, 'time.disorder': 0, 'time.allowedLateness': '1h' };
const at = (time: string) => ({ time });

describe('carts', () => {
  const cart = (type: 'cart.added' | 'cart.removed', quantity: number, time: string, id = 'c') =>
    event(type, { cartId: id, sku: 'A', quantity, location: 'x', time });
  const demanded = placed('1', { A: 1 }, at('2011-09-01T09:00:00Z'));

  function cartBuckets(events: object[]) {
    const core = coreWith({ ...small, 'cart.abandonAfter': '1h' });
    const all = [demanded, ...events, tick('2011-09-03T02:00:00Z')];
    return runEvents(core, all).buckets.map(({ cartAdds, cartRemovals, cartsAbandoned, views }) => {
      return [cartAdds, cartRemovals, cartsAbandoned, views];
    });
  }

  it('nobody touches for abandonAfter are abandoned then, with what is in them', () => {
    const events = [
      cart('cart.added', 5, '2011-09-01T10:00:00Z'),
      cart('cart.removed', 2, '2011-09-01T10:30:00Z'),
    ];
    expect(cartBuckets(events)[0]).toEqual([5, 2, 3, 0]);
  });

  it('touched at 23:30 are abandoned at 00:30, which is the next day', () => {
    const events = [cart('cart.added', 5, '2011-09-01T23:30:00Z')];
    expect(cartBuckets(events)).toEqual([
      [5, 0, 0, 0],
      [0, 0, 5, 0],
    ]);
  });

  it('checked out are not abandoned, nor are those kept in touch', () => {
    const out = event('cart.checkedOut', { cartId: 'c', time: '2011-09-01T10:59:00Z' });
    expect(cartBuckets([cart('cart.added', 5, '2011-09-01T10:00:00Z'), out])[0]).toEqual([
      5, 0, 0, 0,
    ]);
    const core = coreWith({ ...small, 'cart.abandonAfter': '1h' });
    runEvents(core, [
      cart('cart.added', 1, '2011-09-01T10:00:00Z'),
      cart('cart.added', 1, '2011-09-01T10:59:00Z'),
      tick('2011-09-01T11:58:00Z'),
    ]);
    expect(core.demand.carts.open).toBe(1);
    runEvents(core, [tick('2011-09-01T12:00:00Z')]);
    expect(core.demand.carts.open).toBe(0);
  });

  it('emptied leave nothing to abandon, however much more was removed than added', () => {
    const events = [
      cart('cart.added', 5, '2011-09-01T10:00:00Z'),
      cart('cart.removed', 9, '2011-09-01T10:30:00Z'),
      cart('cart.added', 1, '2011-09-01T10:40:00Z'),
    ];
    expect(cartBuckets(events)[0]).toEqual([6, 9, 1, 0]);
  });

  it('and views without a location belong to the first place that had the SKU', () => {
    const events = [
      event('cart.viewed', { sku: 'A', time: '2011-09-01T10:00:00Z' }),
      event('cart.viewed', { sku: 'unseen', time: '2011-09-01T10:00:00Z' }),
    ];
    expect(cartBuckets(events)[0]).toEqual([0, 0, 0, 1]);
  });

  it('are no demand and move no stock', () => {
    const core = coreWith(small);
    runEvents(core, [counted(9), cart('cart.added', 5, '2011-09-01T10:00:00Z')]);
    expect(quantitiesOf(core, 'A', 'x')).toMatchObject({ onHand: 9, allocated: 0 });
  });
});
