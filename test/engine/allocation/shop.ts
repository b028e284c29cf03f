// Events of a small shop that needs more of three SKUs than it may be able to order.

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const DAYS = 40;

interface Item {
  readonly sku: string;
  readonly supplier: string;
  readonly unitCost: number;
  readonly unitPrice?: number;
  readonly volume: number;
  /** Units sold a day. */
  readonly perDay: number;
  /** Units there at the end. */
  readonly onHand: number;
}

const ITEMS: readonly Item[] = [
  { sku: 'MUG', supplier: 'acme', unitCost: 2, unitPrice: 6, volume: 0.001, perDay: 6, onHand: 5 },
  { sku: 'CUP', supplier: 'acme', unitCost: 3, unitPrice: 5, volume: 0.001, perDay: 5, onHand: 0 },
  { sku: 'LAMP', supplier: 'lux', unitCost: 20, unitPrice: 32, volume: 0.02, perDay: 2, onHand: 1 },
  { sku: 'VASE', supplier: 'lux', unitCost: 4, volume: 0.01, perDay: 3, onHand: 1 },
  { sku: 'PLATE', supplier: 'lux', unitCost: 4, unitPrice: 9, volume: 0.05, perDay: 0, onHand: 20 },
];

/** At the end 30 cups are promised that are not there, and 10 mugs are on order. */
export function shopEvents(): object[] {
  const endMs = START_MS + DAYS * DAY_MS;
  const orders = Array.from({ length: DAYS }, (_, day) => ({
    ...{ id: `o${day}`, type: 'order.placed', orderId: `o${day}`, location: 'berlin' },
    time: START_MS + (day + 0.5) * DAY_MS,
    lines: ITEMS.flatMap(({ sku, perDay }) =>
      perDay > 0 ? [{ sku, quantity: perDay + (day % 3) }] : [],
    ),
  }));
  const shipped = orders.map(({ id, orderId, time }) => {
    return { id: `s${id}`, type: 'order.shipped', orderId, time: time + 1000 };
  });
  const days = orders.flatMap((order, i) => [order, shipped[i] as object]);
  const counts = ITEMS.map(({ sku, onHand }) => ({
    ...{ id: `n${sku}`, type: 'stock.counted', time: endMs, location: 'berlin', sku },
    quantity: onHand,
  }));
  const backorder = { sku: 'CUP', quantity: 30 };
  return [
    ...ITEMS.map((item) => itemEvent(item)),
    ...days,
    {
      ...{ id: 'po', type: 'purchase.ordered', time: endMs - 1, purchaseOrderId: 'po' },
      ...{ supplier: 'acme', location: 'berlin', sku: 'MUG', quantity: 10 },
    },
    ...counts,
    {
      ...{ id: 'late', type: 'order.placed', time: endMs + 1, orderId: 'late', location: 'berlin' },
      lines: [backorder],
    },
    { id: 'tick', type: 'control.tick', time: endMs + 60_000 },
  ];
}

function itemEvent({ perDay: _, onHand: __, ...item }: Item): object {
  return {
    ...{ id: `c${item.sku}`, type: 'catalog.item', time: START_MS, name: item.sku, packSize: 5 },
    ...{ status: 'active', leadTime: { meanDays: 7, sdDays: 1 }, orderingCost: 10 },
    ...{ serviceLevel: { cycle: 0.95 }, policy: { kind: 'sS' }, ...item },
  };
}
