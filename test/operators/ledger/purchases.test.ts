// Claims about the index of purchase orders by row.
import { expect, it } from 'vitest';
import { createCore } from '../../../engine/core.js';
import { messagesOf, run, savedSections, settingsWith } from '../../oracle/drive.js';

const settings = settingsWith({ 'orders.keepClosed': '1d', 'ledger.journal': 4096 });

const day = (n: number): string => new Date(Date.UTC(2025, 2, n)).toISOString();
const bought = (n: number, sku: string, purchaseOrderId: string) => {
  const place = { location: 'berlin', sku, quantity: 5, purchaseOrderId };
  return [
    { id: `o-${n}-${sku}`, type: 'purchase.ordered', time: day(n), ...place },
    { id: `r-${n}-${sku}`, type: 'stock.received', time: day(n + 1), ...place },
  ];
};

it('a row whose purchase orders are all forgotten is the same after a restart', () => {
  const counted = { type: 'stock.counted', sku: 'A', location: 'berlin', quantity: 1 };
  const before = [
    ...bought(1, 'A', 'p1'),
    // Of B it is still to come.
    ...bought(1, 'B', 'p2').slice(0, 1),
    { id: 'tick', type: 'control.tick', time: day(8) },
    { id: 'count', time: day(9), ...counted },
  ];
  const after = bought(10, 'A', 'p3');
  const all = messagesOf([...before, ...after]);
  const straight = createCore(settings);
  run(straight, all, 1);
  const stopped = createCore(settings);
  run(stopped, all.slice(0, before.length), 1);
  const restored = createCore(settings);
  restored.load(stopped.save());
  run(restored, all.slice(before.length), 1);
  expect(savedSections(restored)).toEqual(savedSections(straight));
});
