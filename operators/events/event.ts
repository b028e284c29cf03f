// Every event that may come in: one definition gives schema, check and TypeScript type.
import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { MAX_MODEL_TEXT } from '../forecast/neural/model.js';
import { oneOf } from './one-of.js';
import { FIRST_MS, LAST_MS } from './time.js';

/** Longest id, SKU or location in characters. */
export const MAX_ID_LENGTH = 256;
/** Longest id of a signal: three ids, each character percent-encoded, and the rest. */
export const MAX_SIGNAL_ID_LENGTH = 32 * MAX_ID_LENGTH;
/** Most lines of one order, cancellation, shipment or return. */
export const MAX_LINES = 10_000;
/** Largest quantity, money amount or level: sums of millions of them stay exact enough. */
export const MAX_QUANTITY = 1e12;

const id = (description: string) =>
  Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH, description });
const positive = (description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: MAX_QUANTITY, description });
const notNegative = (description: string) =>
  Type.Number({ minimum: 0, maximum: MAX_QUANTITY, description });
const signed = (description: string) =>
  Type.Number({ minimum: -MAX_QUANTITY, maximum: MAX_QUANTITY, description });
const days = (description: string) => Type.Number({ minimum: 0, maximum: 3650, description });
const share = (description: string) =>
  Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description });

/** RFC 3339 with an offset, or integer milliseconds since 1970 (UTC). */
const time = (description: string) =>
  Type.Union(
    [Type.String({ format: 'date-time' }), Type.Integer({ minimum: FIRST_MS, maximum: LAST_MS })],
    { description },
  );

const sku = id('Stock keeping unit');
const location = id('Where the stock is: a warehouse, a shop');
const orderId = id('The customer order');
const optional = Type.Optional;

const skuQuantity = Type.Object({ sku, quantity: positive('Units, > 0') });

function event<T extends string, P extends TProperties>(
  type: T,
  description: string,
  fields: P,
): TObject<
  {
    id: ReturnType<typeof id>;
    type: ReturnType<typeof Type.Literal<T>>;
    time: ReturnType<typeof time>;
  } & P
> {
  return Type.Object(
    {
      id: id('Unique; a second arrival of the same id changes nothing'),
      type: Type.Literal(type),
      time: time('When it happened: RFC 3339 with an offset, or ms since 1970 (UTC)'),
      ...fields,
    },
    { description },
  ) as never;
}

/** Schemas by event type, in the order of the contract. */
export const eventSchemas = {
  'order.placed': event('order.placed', 'Demand; allocates stock', {
    orderId,
    location,
    channel: optional(id('Where it was sold: web, store, marketplace')),
    lines: Type.Array(
      Type.Object({
        sku,
        quantity: positive('Units ordered, > 0'),
        unitPrice: optional(notNegative('Price of one unit')),
        location: optional(id('Where this line is taken from, if not from the order’s location')),
      }),
      { minItems: 1, maxItems: MAX_LINES },
    ),
  }),
  'order.cancelled': event('order.cancelled', 'Releases what is open, takes the demand back out', {
    orderId,
    lines: optional(
      Type.Array(skuQuantity, {
        minItems: 1,
        maxItems: MAX_LINES,
        description: 'Absent: all that remains',
      }),
    ),
  }),
  'order.shipped': event('order.shipped', 'On-hand and the order’s open units fall', {
    orderId,
    location: optional(location),
    lines: optional(
      Type.Array(skuQuantity, {
        minItems: 1,
        maxItems: MAX_LINES,
        description: 'Absent: all that remains',
      }),
    ),
  }),
  'order.returned': event('order.returned', 'On-hand rises where restocked; not negative demand', {
    orderId,
    location,
    lines: Type.Array(
      Type.Object({
        sku,
        quantity: positive('Units returned, > 0'),
        restock: Type.Boolean({ description: 'Back on the shelf' }),
      }),
      { minItems: 1, maxItems: MAX_LINES },
    ),
  }),
  'cart.added': event('cart.added', 'Intent: put into a cart', {
    cartId: id('The cart'),
    sku,
    quantity: positive('Units added, > 0'),
    location: optional(location),
  }),
  'cart.removed': event('cart.removed', 'Intent withdrawn: taken out of a cart', {
    cartId: id('The cart'),
    sku,
    quantity: positive('Units removed, > 0'),
    location: optional(location),
  }),
  'cart.viewed': event('cart.viewed', 'Intent: looked at', { sku, location: optional(location) }),
  'cart.checkedOut': event('cart.checkedOut', 'The cart became an order', {
    cartId: id('The cart'),
    orderId: optional(orderId),
  }),
  'stock.received': event('stock.received', 'On-hand rises, on-order of its purchase order falls', {
    location,
    sku,
    quantity: positive('Units received, > 0'),
    purchaseOrderId: optional(id('The purchase order that it belongs to')),
  }),
  'stock.counted': event('stock.counted', 'The truth at its time', {
    location,
    sku,
    quantity: notNegative('Units on the shelf, >= 0'),
  }),
  'stock.adjusted': event('stock.adjusted', 'A booked correction', {
    location,
    sku,
    quantity: signed('Units, signed'),
    reason: Type.String({ maxLength: MAX_ID_LENGTH, description: 'Why' }),
  }),
  'stock.transferred': event('stock.transferred', 'Between two locations, in two stages', {
    sku,
    quantity: positive('Units, > 0'),
    from: location,
    to: location,
    transferId: id('The transfer'),
    stage: oneOf(['shipped', 'received']),
  }),
  'purchase.ordered': event('purchase.ordered', 'On-order rises; again the same id is an update', {
    purchaseOrderId: id('The purchase order'),
    supplier: optional(id('Who delivers')),
    location,
    sku,
    quantity: positive('Units ordered, > 0'),
    expectedAt: optional(time('When it should arrive')),
    signalId: optional(Type.String({ minLength: 1, maxLength: MAX_SIGNAL_ID_LENGTH })),
  }),
  'purchase.postponed': event('purchase.postponed', 'Still on-order, later', {
    purchaseOrderId: id('The purchase order'),
    expectedAt: time('When it should arrive now'),
  }),
  'purchase.cancelled': event('purchase.cancelled', 'On-order falls by what was not received', {
    purchaseOrderId: id('The purchase order'),
    sku: optional(sku),
  }),
  'catalog.item': event('catalog.item', 'Master data: how this SKU is replenished', {
    sku,
    location: optional(id('Absent: everywhere')),
    name: optional(Type.String({ maxLength: 1024 })),
    category: optional(Type.String({ maxLength: MAX_ID_LENGTH })),
    status: oneOf(['active', 'discontinued']),
    supplier: optional(id('Who delivers')),
    unitCost: optional(notNegative('Cost of one unit')),
    unitPrice: optional(notNegative('Price of one unit')),
    volume: optional(notNegative('Cubic metres of one unit')),
    leadTime: Type.Object({
      meanDays: days('Mean days from order to receipt'),
      sdDays: days('Standard deviation of it in days'),
    }),
    minimumOrderQuantity: optional(notNegative('Smallest order in units')),
    packSize: optional(positive('Units of one pack; orders are whole packs')),
    orderingCost: optional(notNegative('Fixed cost of one order')),
    holdingRate: optional(notNegative('Cost of holding, share of unit cost per year')),
    serviceLevel: optional(
      Type.Union([
        Type.Object({ cycle: share('Probability of no stockout in an order cycle') }),
        Type.Object({ fill: share('Share of demand delivered from the shelf') }),
        Type.Object({
          shortageCost: positive('Cost of one unit that waits for a year: the cheapest policy'),
        }),
      ]),
    ),
    shelfLifeDays: optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 3650, description: 'Days that it keeps' }),
    ),
    salvageValue: optional(notNegative('What one unit brings when it could not be sold in time')),
    discounts: optional(
      Type.Object({
        kind: oneOf(['allUnits', 'incremental']),
        tiers: Type.Array(
          Type.Object({
            from: notNegative('Units from which the price holds; 0 first, then rising'),
            unitCost: positive('Price of one unit'),
          }),
          { minItems: 1, maxItems: 100 },
        ),
      }),
    ),
    policy: Type.Object({
      kind: oneOf(['sQ', 'sS', 'RS', 'RsS', 'vmi', 'none']),
      lotSizing: optional(oneOf(['economic', 'wagnerWhitin', 'silverMeal'])),
      reviewDays: optional(Type.Number({ exclusiveMinimum: 0, maximum: 3650 })),
      reorderPoint: optional(signed('Order at or below this position')),
      orderUpToLevel: optional(signed('Order up to this position')),
      orderQuantity: optional(positive('Order whole multiples of this')),
    }),
  }),
  'signal.approved': event('signal.approved', 'A proposed signal may be sent', {
    signalId: Type.String({ minLength: 1, maxLength: MAX_SIGNAL_ID_LENGTH }),
    by: optional(id('Who approved it')),
  }),
  'signal.rejected': event('signal.rejected', 'An open signal is withdrawn; it is not wanted', {
    signalId: Type.String({ minLength: 1, maxLength: MAX_SIGNAL_ID_LENGTH }),
    by: optional(id('Who rejected it')),
  }),
  'control.tick': event('control.tick', 'Time passes when nothing else happens', {}),
  'control.model': event('control.model', 'From here on this network forecasts', {
    version: id('Name of the model'),
    weights: Type.String({
      minLength: 1,
      maxLength: MAX_MODEL_TEXT,
      description: 'The model, in base64: replay needs nothing else',
    }),
    object: optional(id('Name of its copy in the object store')),
    score: optional(
      Type.Object(
        {
          targets: Type.Number({ minimum: 0, description: 'Buckets that it was judged by' }),
          deviance: Type.Number({ description: 'Poisson deviance / 2 of the mean, scaled' }),
          absoluteError: Type.Number({ description: 'Absolute error of the mean, scaled' }),
          pinball: Type.Number({ description: 'Pinball loss of the quantiles, scaled' }),
        },
        { description: 'How it did on buckets that it was not trained on' },
      ),
    ),
  }),
} as const;

export type EventType = keyof typeof eventSchemas;
export type EventOf<T extends EventType> = Static<(typeof eventSchemas)[T]>;
/** Any event of the contract, as JSON. */
export type InventoryEvent = { [T in EventType]: EventOf<T> }[EventType];
export type CatalogItem = EventOf<'catalog.item'>;

/** Event types in the order of their codes: `Batch.type[i]` is an index into this list. */
export const EVENT_TYPES = Object.keys(eventSchemas) as readonly EventType[];

/** Code of each type, for switches over `Batch.type`. */
export const TYPE = Object.fromEntries(EVENT_TYPES.map((type, code) => [type, code])) as {
  readonly [T in EventType]: number;
};
