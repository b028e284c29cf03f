// Settings of replenishment: how SKUs are replenished, and which signals go out.
import Type from 'typebox';
import { choice, duration, flag, number, optionalNumber, optionalText, text } from './setting.js';

const share = { exclusiveMinimum: 0, exclusiveMaximum: 1 };

const classLevel = '[ABC][XYZ]? ?= ?0?\\.\\d*[1-9]\\d*';

export const replenishSchema = Type.Object(
  {
    policy: choice(['sS', 'sQ', 'RS', 'RsS', 'vmi', 'none'], 'sS', 'How SKUs are replenished'),
    leadTimeDays: number(7, { minimum: 0, maximum: 1000 }, 'Lead time, mean, in days'),
    leadTimeSdDays: number(1, { minimum: 0, maximum: 1000 }, 'Its standard deviation, in days'),
    leadTimes: choice(
      ['given', 'learned'],
      'given',
      'Plan by the lead times that the catalog or these settings give, or by those that receipts ' +
        'of purchase orders show, per supplier and SKU-location, drawn towards the given ones',
    ),
    serviceLevel: number(0.95, share, 'Share of replenishment cycles without a stockout'),
    serviceByClass: optionalText(
      {
        pattern: `^${classLevel}( ?, ?${classLevel})*$`,
        looks: 'levels such as A=0.98,B=0.95,CZ=0.8',
      },
      'The same by class of demand, A to C by value and X to Z by variability, where catalog.item ' +
        'gives no service level; AX wins over A. null: the same for all',
    ),
    reviewDays: number(7, { exclusiveMinimum: 0, maximum: 365 }, 'Days between reviews (RS)'),
    orderingCost: number(20, { minimum: 0, maximum: 1e9 }, 'Cost of placing one order'),
    holdingRate: number(
      0.25,
      { exclusiveMinimum: 0, maximum: 10 },
      'Cost of holding one unit for a year, as a share of its unit cost',
    ),
    coverDays: number(
      14,
      { exclusiveMinimum: 0, maximum: 3650 },
      "Days of demand that one order covers where the SKU's cost is unknown",
    ),
    aboveOrderUpTo: choice(
      ['up', 'down', 'nearest'],
      'up',
      'Where whole packs go beyond the order-up-to level: leave it, take the most packs that stay ' +
        'within, or the nearer of both. Never so few that the order stays due',
    ),
  },
  { description: 'Replenishment of SKUs of which catalog.item says nothing else' },
);

export const signalsSchema = Type.Object(
  {
    updateAbove: number(
      0.25,
      { minimum: 0, maximum: 100 },
      'An open signal is updated when the need grows by more than this share of its quantity',
    ),
    reduceAbove: number(
      0.5,
      { minimum: 0, maximum: 100 },
      'An open order is to be cut when the position is this share of a lot, and a pack or minimum, ' +
        'above what its policy aims at',
    ),
    approve: Type.Object(
      {
        auto: flag(
          true,
          'Send signals at once, by the rules below; false: each waits for a person',
        ),
        upToValue: optionalNumber(
          { minimum: 0 },
          'Most money (units x unit cost) that is sent unasked; null: any',
        ),
        suppliers: optionalText(
          { looks: 'names, separated by commas' },
          'Suppliers whose orders are sent unasked; null: all',
        ),
        classes: text(
          'A,B,C',
          { pattern: '^[ABC]( ?, ?[ABC])*$', looks: 'classes such as A,B,C' },
          'Classes of demand by value whose orders are sent unasked',
        ),
      },
      {
        description: 'Which signals are sent at once; others are proposed and wait for approval',
      },
    ),
    doubt: Type.Object(
      {
        times: number(
          5,
          { minimum: 1, maximum: 1e6 },
          'An order line beyond this many times the usual line and the 99.5 % quantile of the ' +
            "SKU's next bucket is doubtful: what it alone makes due is proposed, not sent",
        ),
        units: number(
          20,
          { minimum: 0, maximum: 1e12 },
          'Units that a doubtful line has, at least',
        ),
        hold: duration(
          '4h',
          '0s',
          '30d',
          'How long that lasts, if nobody approves or rejects and it is not cancelled; then it is sent',
        ),
      },
      { description: 'Orders that may be a mistake or a trick' },
    ),
  },
  { description: 'What the engine asks for' },
);
