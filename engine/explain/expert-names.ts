// What the experts are called where people read: by what they go by, not by who found it.

const EXPERTS: Readonly<Record<string, string>> = {
  'seasonal-naive': 'same as a week before',
  'ses-slow': 'slow average',
  'ses-fast': 'fast average',
  holt: 'level and trend',
  'holt-winters-additive': 'trend plus week',
  'holt-winters-multiplicative': 'trend times week',
  croston: 'rare demand (Croston)',
  sba: 'rare demand (SBA)',
  tsb: 'rare demand, fading',
  'seasonal-mean': 'level and week',
  regression: 'prices and carts',
  'cold-start': 'similar SKUs',
  neural: 'neural network',
};

/** Of an expert as it is called in the code and in results; that name where there is no other. */
export function expertName(expert: string): string {
  return EXPERTS[expert] ?? expert;
}
