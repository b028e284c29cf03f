// Why a reorder is due: each factor with its value and the units of the quantity that are due to it.
import type { Signal } from '../events/result.js';
import type { Need, Plan } from './policy.js';

const DAY_MS = 86_400_000;

export interface ReorderReasons {
  readonly plan: Plan;
  readonly need: Need;
  readonly position: number;
  /** Units of doubtful orders that the need leaves out. */
  readonly doubtful: number;
}

/** All contributions add up to the quantity. */
export function reorderReasons(why: ReorderReasons): Signal['reasons'] {
  const { plan, need, position, doubtful } = why;
  const { levels, demand, terms } = plan;
  const computed = demand.mean + levels.safetyStock + levels.undershoot;
  return [
    { factor: 'leadTimeDemand', value: demand.mean, contribution: demand.mean },
    { factor: 'safetyStock', value: levels.safetyStock, contribution: levels.safetyStock },
    { factor: 'undershoot', value: levels.undershoot, contribution: levels.undershoot },
    // A reorder point given by hand, or held below a given level, differs from the computed one.
    {
      factor: 'givenReorderPoint',
      value: levels.reorderPoint,
      contribution: levels.reorderPoint - computed,
    },
    { factor: 'inventoryPosition', value: position, contribution: -position },
    { factor: 'doubtfulDemand', value: doubtful, contribution: -doubtful },
    { factor: 'lotSize', value: need.lot, contribution: need.lot },
    { factor: 'wholeUnits', value: 1, contribution: need.byUnit },
    {
      factor: 'minimumOrderQuantity',
      value: terms.minimumOrderQuantity,
      contribution: need.byMinimum,
    },
    { factor: 'packSize', value: terms.packSize, contribution: need.byPack },
    { factor: 'orderUpToLevel', value: levels.orderUpToLevel, contribution: need.byCap },
  ];
}

/** When the position runs out at the expected demand; without demand after the lead time. */
export function runsOutMs(nowMs: number, position: number, plan: Plan): number {
  const { perDay } = plan.demand;
  const days = perDay > 0 ? Math.max(0, position) / perDay : plan.terms.leadTimeDays;
  return Math.round(nowMs + days * DAY_MS);
}
