// Gains of error correction: how far an estimate follows what came.

/** @throws RangeError when `value` is not in [0, 1] */
export function checkGain(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must be in [0, 1], got ${value}`);
}

/** Far below any demand, and far above the numbers that processors are slow with. */
const NOTHING = 1e-60;

/**
 * The value, or 0 where it is next to it. What is not sold any more fades for ever; in the end to
 * subnormal numbers, a hundred times as slow to multiply: in two months of hours by a gain of .4.
 */
export function settled(value: number): number {
  return Math.abs(value) < NOTHING ? 0 : value;
}

/**
 * Gain of an estimate that has learned `before` values: 1/(before + 1), which makes it their plain
 * mean, until that has fallen to `gain`; from then on old values fade.
 */
export function averaging(gain: number, before: number): number {
  return Math.max(gain, 1 / (before + 1));
}
