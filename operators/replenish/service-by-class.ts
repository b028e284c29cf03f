// Service levels by class of demand, for items whose catalog entry gives none.
import type { DemandClass } from '../demand/classes.js';

/** Cycle service levels by class: `A`, or `AX` which wins over `A`. */
export type ServiceByClass = ReadonlyMap<string, number>;

/**
 * Reads levels by class.
 * @param text such as `A=0.98, B=0.95, CZ=0.8`; null: none
 * @throws RangeError for what is no class or no level in (0, 1)
 */
export function serviceByClass(text: string | null): ServiceByClass {
  const levels = new Map<string, number>();
  for (const part of text === null ? [] : text.split(',')) {
    const [name, level] = part.split('=').map((word) => word.trim());
    if (name === undefined || !/^[ABC][XYZ]?$/.test(name)) {
      throw new RangeError(`class must be A to C, or AX to CZ, got '${name}'`);
    }
    if (!(Number(level) > 0 && Number(level) < 1)) {
      throw new RangeError(`level of ${name} must be in (0, 1), got '${level}'`);
    }
    levels.set(name, Number(level));
  }
  return levels;
}

/** Undefined: nothing is said of the class. */
export function levelOfClass(
  levels: ServiceByClass | undefined,
  demandClass: DemandClass,
): number | undefined {
  return levels?.get(demandClass) ?? levels?.get(demandClass.charAt(0));
}
