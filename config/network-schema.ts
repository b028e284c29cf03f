// Settings of the network: locations, suppliers, and the limits under which needs are allocated.
import Type from 'typebox';
import { choice, duration, flag, optionalNumber, optionalText, optionalZone } from './setting.js';

const weekday = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const days = `${weekday}( ?- ?${weekday})?`;
const weekdays = {
  pattern: `^${days}( ?, ?${days})*$`,
  looks: 'days such as Mon-Fri or Mon,Wed,Fri',
};
const date = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])';
const dates = {
  pattern: `^${date}( ?, ?${date})*$`,
  looks: 'dates such as 2026-12-25, separated by commas',
};

export const locationSchema = Type.Object(
  {
    timeZone: optionalZone('Days of this location are days of this zone; null: time.zone'),
    name: optionalText({}, 'Name shown to people; null: the id'),
    workingDays: optionalText(weekdays, 'Days on which goods are received; null: all'),
    holidays: optionalText(dates, 'Days on which none are; null: none'),
    storageVolume: optionalNumber(
      { minimum: 0 },
      'Cubic metres that it holds, for allocation; null: not limited',
    ),
  },
  { description: 'One location, by the id that events use' },
);

export const supplierSchema = Type.Object(
  {
    workingDays: optionalText(
      weekdays,
      'Days on which it takes orders and works on them: lead times are counted in these; null: all',
    ),
    holidays: optionalText(dates, 'Days on which it does not; null: none'),
    capacity: optionalNumber(
      { minimum: 0 },
      'Units that it delivers in a period, at most; null: not limited',
    ),
    period: duration('7d', '1h', '3650d', 'That period, from now on'),
    minimumOrderValue: optionalNumber(
      { minimum: 0 },
      'Money that an order comes to at least, if anything is ordered; null: no minimum',
    ),
  },
  { description: 'One supplier, by the name that the catalog and purchase orders use' },
);

export const allocationSchema = Type.Object(
  {
    enabled: flag(false, 'Allocate from time to time while the engine runs'),
    every: duration('1d', '1m', '365d', 'Stream time from one allocation to the next'),
    budget: optionalNumber({ minimum: 0 }, 'Money for all orders together; null: not limited'),
    mustOrder: choice(
      ['nothing', 'backorders'],
      'nothing',
      'What is ordered whatever else could be: backorders, units that customers wait for and ' +
        'nothing on its way covers',
    ),
    timeLimit: duration('10s', '100ms', '1h', 'An allocation ends with the best found by then'),
  },
  { description: 'Open needs under limits of money, storage and suppliers, for the most margin' },
);
