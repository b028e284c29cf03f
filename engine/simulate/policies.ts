// Policies that a simulation compares, and the settings over which each is swept.
import type { Service } from './level-player.js';

/** The engine's own policies, by their kind in the catalog. */
export const ENGINE_KINDS = ['sS', 'sQ', 'RS', 'RsS'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];
export const COMPARED = ['normal', 'min-max'] as const;
export type Compared = (typeof COMPARED)[number];
export type Policy = EngineKind | Compared;

/** What a policy was asked for. */
export type Setting =
  | { readonly policy: EngineKind | 'normal'; readonly service: Service }
  | { readonly policy: 'min-max'; readonly safetyDays: number };

/** Levels of normal theory whose runs make its curve: from much too little to much too much. */
const CURVE_LEVELS = [
  ...[0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999],
  ...[0.9999, 0.99999, 0.999999, 0.9999999],
] as const;
/** Safety days of min/max whose runs make its curve. */
const CURVE_DAYS = [0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 90, 150] as const;

/** Levels that were asked for, and those that make the curve, each once and rising. */
export function curveServices(services: readonly Service[]): Service[] {
  const kinds = [...new Set(services.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const asked = services.filter((service) => service.kind === kind).map(({ level }) => level);
    const levels = [...new Set([...asked, ...CURVE_LEVELS])].sort((a, b) => a - b);
    return levels.map((level): Service => ({ kind, level }));
  });
}

export function curveDays(asked: readonly number[]): number[] {
  return [...new Set([...asked, ...CURVE_DAYS])].sort((a, b) => a - b);
}

export function settingText(setting: Setting): string {
  if (setting.policy === 'min-max') return `${setting.safetyDays} safety days`;
  const { kind, level } = setting.service;
  return `${kind} ${Number((100 * level).toFixed(6))} %`;
}
