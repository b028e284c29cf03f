// Random but meaningful sequences of events: few SKUs, places and documents, so that they collide.
import fc from 'fast-check';
import type { InventoryEvent } from '../../operators/events/event.js';

/** A half-hour zone, one whose summer time is half an hour, and one that loses a whole one. */
export const ZONES: Readonly<Record<string, string>> = {
  london: 'Europe/London',
  kolkata: 'Asia/Kolkata',
  howe: 'Australia/Lord_Howe',
};

const LOCATIONS = Object.keys(ZONES);
const SKUS = ['A', 'B', 'C'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The week before London's clocks go forward and Lord Howe's go back. */
const START = Date.UTC(2011, 2, 24, 9);

/** Settings that make lateness, reorders and alerts happen within a few days. */
export const OVERRIDES: Readonly<Record<string, unknown>> = {
  'time.disorder': 30 * MINUTE,
  'time.allowedLateness': 2 * HOUR,
  'dedupe.window': 2 * DAY,
  'cart.abandonAfter': 3 * HOUR,
  'alerts.lateGrace': 6 * HOUR,
  'orders.keepClosed': '3650d',
  // More than any sequence books, and little to set up for each.
  'ledger.journal': 4096,
  'demand.maxGap': 3,
  'locations.london.timeZone': ZONES.london,
  'locations.kolkata.timeZone': ZONES.kolkata,
  'locations.howe.timeZone': ZONES.howe,
  'locations.london.workingDays': 'Mon-Fri',
  'suppliers.acme.workingDays': 'Mon,Wed,Thu',
  'suppliers.acme.holidays': '2011-03-24, 2011-03-28',
  'replenish.leadTimes': 'learned',
  'replenish.serviceByClass': 'A=0.98,B=0.9,CZ=0.7',
};

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const sku = pick(SKUS);
const supplier = pick(['acme', 'bolt']);
const location = pick(LOCATIONS);
const numbered = (prefix: string, count: number) =>
  fc.integer({ min: 0, max: count - 1 }).map((n) => `${prefix}${n}`);
const orderId = numbered('o', 5);
const purchaseOrderId = numbered('p', 4);
const cartId = numbered('c', 3);
/** Quarters: sums of them are exact, in whatever order they are made. */
const units = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((n) => n / 4) },
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const type = <T extends string>(name: T) => fc.constant(name);
const skuLines = fc.uniqueArray(fc.record({ sku, quantity: units }), {
  minLength: 1,
  maxLength: 3,
  selector: (line) => line.sku,
});

const orderLines = fc
  .array(
    fc.record({
      sku,
      quantity: units,
      unitPrice: optional(fc.integer({ min: 1, max: 9 })),
      location: optional(location),
    }),
    { minLength: 1, maxLength: 3 },
  )
  // The first line stands where the order does.
  .map((lines) => lines.map((line, i) => (i === 0 ? { ...line, location: undefined } : line)));

const orders = [
  {
    weight: 8,
    arbitrary: fc.record({ type: type('order.placed'), orderId, location, lines: orderLines }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: type('order.cancelled'), orderId, lines: optional(skuLines) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: type('order.shipped'),
      orderId,
      location: optional(location),
      lines: optional(skuLines),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: type('order.returned'),
      orderId,
      location,
      lines: fc.array(fc.record({ sku, quantity: units, restock: fc.boolean() }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
  },
];

const stock = [
  {
    weight: 4,
    arbitrary: fc.record({
      type: type('stock.received'),
      location,
      sku,
      quantity: units,
      purchaseOrderId: optional(purchaseOrderId),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: type('stock.counted'),
      location,
      sku,
      quantity: fc.integer({ min: 0, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: type('stock.adjusted'),
      location,
      sku,
      quantity: fc.integer({ min: -20, max: 20 }),
      reason: fc.constant('found'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        type: type('stock.transferred'),
        sku,
        quantity: units,
        route: fc.uniqueArray(location, { minLength: 2, maxLength: 2 }),
        transferId: numbered('t', 3),
        stage: pick(['shipped', 'received'] as const),
      })
      .map(({ route: [from, to], ...rest }) => ({ ...rest, from, to })),
  },
];

const level = fc.integer({ min: -5, max: 25 });
const policy = fc.oneof(
  fc.record({ kind: pick(['sQ', 'sS', 'RS', 'none', 'vmi'] as const) }),
  fc.record({
    kind: type('sQ'),
    reorderPoint: level,
    orderQuantity: fc.integer({ min: 1, max: 20 }),
  }),
  fc
    .record({ kind: type('sS'), reorderPoint: level, above: fc.integer({ min: 1, max: 30 }) })
    .map(({ kind, reorderPoint, above }) => {
      return { kind, reorderPoint, orderUpToLevel: reorderPoint + above };
    }),
  fc.record({ kind: type('sS'), orderUpToLevel: level }),
);

const supply = [
  {
    weight: 4,
    arbitrary: fc.record({
      type: type('purchase.ordered'),
      purchaseOrderId,
      location,
      sku,
      supplier: optional(supplier),
      quantity: units,
      expectedAt: optional(
        fc.integer({ min: 0, max: 6 * 24 }).map((hours) => START + hours * HOUR),
      ),
      signalId: optional(
        fc
          .tuple(location, sku, fc.integer({ min: 0, max: 60 }))
          .map(([where, what, n]) => `reorder/${where}/${what}/e${n}`),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: type('purchase.postponed'),
      purchaseOrderId,
      expectedAt: fc.integer({ min: 0, max: 6 * 24 }).map((hours) => START + hours * HOUR),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: type('purchase.cancelled'),
      purchaseOrderId,
      sku: optional(sku),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: type('catalog.item'),
      sku,
      location: optional(location),
      status: fc.oneof(
        { weight: 9, arbitrary: type('active') },
        { weight: 1, arbitrary: type('discontinued') },
      ),
      supplier: optional(supplier),
      leadTime: fc.record({
        meanDays: fc.integer({ min: 0, max: 5 }),
        sdDays: fc.integer({ min: 0, max: 2 }),
      }),
      minimumOrderQuantity: optional(fc.integer({ min: 0, max: 12 })),
      packSize: optional(fc.integer({ min: 1, max: 7 })),
      unitCost: optional(fc.integer({ min: 1, max: 9 })),
      serviceLevel: optional(
        fc.oneof(
          fc.record({ cycle: pick([0.5, 0.9, 0.99]) }),
          fc.record({ fill: pick([0.5, 0.9, 0.99]) }),
        ),
      ),
      policy,
    }),
  },
];

const intent = [
  {
    weight: 2,
    arbitrary: fc.record({
      type: pick(['cart.added', 'cart.removed'] as const),
      cartId,
      sku,
      quantity: units,
      location: optional(location),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: type('cart.viewed'), sku, location: optional(location) }),
  },
  { weight: 1, arbitrary: fc.record({ type: type('cart.checkedOut'), cartId }) },
  { weight: 2, arbitrary: fc.record({ type: type('control.tick') }) },
];

/** Time since the event before, and how far back the event is dated (ms). */
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 * MINUTE }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 9 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: DAY, max: 2 * DAY }) },
  { weight: 1, arbitrary: fc.constant(6 * DAY) },
);
const backDated = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 * MINUTE }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * DAY }) },
);

const step = fc.record({
  gap,
  backDated,
  /** Steps back to the event that is sent once more instead; 0: a new one. */
  again: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
  ),
  /** Times fall on whole minutes too, so that two events share one. */
  round: fc.boolean(),
  fields: fc.oneof(...orders, ...stock, ...supply, ...intent),
});

/** What often comes first: a count and terms given by hand, so that reorders are due. */
const opening = fc.array(
  fc.record({
    sku,
    location,
    quantity: fc.integer({ min: 0, max: 30 }),
    kind: pick(['sQ', 'sS'] as const),
    reorderPoint: fc.integer({ min: 5, max: 40 }),
    packSize: optional(fc.integer({ min: 1, max: 7 })),
  }),
  { maxLength: 4 },
);

/** Events with ids e0, e1, e2…; some come twice, some are dated back. */
export const sequences: fc.Arbitrary<InventoryEvent[]> = fc
  .tuple(opening, fc.array(step, { minLength: 1, maxLength: 60 }))
  .map(([firsts, steps]) => {
    const events = firsts.flatMap(openingEvents);
    let now = START;
    for (const { gap: ms, backDated: back, again, round, fields } of steps) {
      now += ms;
      const earlier = events[events.length - again];
      const at = now - back;
      const time = round ? Math.floor(at / MINUTE) * MINUTE : at;
      const event = { id: `e${events.length}`, time, ...fields };
      // As JSON has it: fields that are not there are absent.
      events.push(earlier ?? (JSON.parse(JSON.stringify(event)) as InventoryEvent));
    }
    return events;
  });

type Opening = typeof opening extends fc.Arbitrary<(infer T)[]> ? T : never;

function openingEvents(first: Opening, n: number): InventoryEvent[] {
  const { kind, reorderPoint, packSize } = first;
  const place = { time: START, sku: first.sku, location: first.location };
  const levels = kind === 'sQ' ? { orderQuantity: 8 } : { orderUpToLevel: reorderPoint + 12 };
  return [
    { id: `e${2 * n}`, type: 'stock.counted', ...place, quantity: first.quantity },
    {
      id: `e${2 * n + 1}`,
      type: 'catalog.item',
      ...place,
      status: 'active',
      leadTime: { meanDays: 3, sdDays: 1 },
      serviceLevel: { cycle: 0.9 },
      policy: { kind, reorderPoint, ...levels },
      ...(packSize === undefined ? {} : { packSize }),
    },
  ];
}

/** How often a property is tried; more by the environment, for a long look. */
export const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 60) };
/** Time for a property (ms); many machines are busy while tests run. */
export const PROPERTY_TIMEOUT = 120_000 + RUNS.numRuns * 1000;
