// What holds for a SKU of which nothing was said, as the settings have it by default.
export const DEFAULTS = {
  policy: 'sS',
  leadTimeDays: 7,
  leadTimeSdDays: 1,
  serviceLevel: 0.95,
  reviewDays: 7,
  orderingCost: 20,
  holdingRate: 0.25,
  coverDays: 14,
  aboveOrderUpTo: 'up',
} as const;
