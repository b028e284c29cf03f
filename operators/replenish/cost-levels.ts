// Levels by cost: where waiting has a price, the policy that costs least, and no service level.
import { demandOf } from '../stats/demand-of.js';
import { newsvendorQuantity } from './newsvendor.js';
import { bestOrderUpTo } from './order-up-to.js';
import { bestReorderPointLot } from './reorder-point-lot-size.js';
import type { Terms } from './terms.js';

const YEAR_DAYS = 365;
/** Least cost of holding a unit for a year, where none is known: nothing would stop a policy. */
const LEAST_HOLDING = 1e-6;
const LEAST_ORDERING = 1e-6;

/** Mean and standard deviation of the demand of a day and over the lead time, units. */
export interface CostDemand {
  readonly day: { readonly mean: number; readonly sd: number };
  readonly leadTime: { readonly mean: number; readonly sd: number };
  readonly isWhole: boolean;
}

/** Levels relative to the mean demand over the exposed time, as buffers are. */
export interface CostLevels {
  readonly reorderPoint: number;
  readonly orderQuantity: number;
}

/**
 * The cheapest policy where a unit that waits costs `shortageCost` a year, a unit that lies
 * unitCost x holdingRate, and an order its ordering cost: sQ by the joint optimum of (r, Q), sS by
 * Zheng & Federgruen with a day as period, RsS with the review period; RS by the newsvendor's
 * critical ratio over review period and lead time. Demand as `demandOf` has it.
 */
export function cheapestLevels(terms: Terms, demand: CostDemand): CostLevels {
  const { day, leadTime, isWhole } = demand;
  const holding = Math.max(LEAST_HOLDING, terms.unitCost * terms.holdingRate || 0);
  const backorder = terms.service.level;
  const orderingCost = Math.max(LEAST_ORDERING, terms.orderingCost);
  const of = (moments: { readonly mean: number; readonly sd: number }) =>
    demandOf({ mean: moments.mean, variance: moments.sd ** 2, isWhole });
  const days = terms.policy === 'sQ' || terms.policy === 'sS' ? 1 : terms.reviewDays;
  const period = { mean: days * day.mean, sd: Math.sqrt(days) * day.sd };
  const exposed = {
    mean: leadTime.mean + period.mean,
    sd: Math.hypot(leadTime.sd, period.sd),
  };
  switch (terms.policy) {
    case 'sQ': {
      const demandPerYear = day.mean * YEAR_DAYS;
      const costs = { orderingCost, holdingCost: holding, backorderCost: backorder, demandPerYear };
      const { reorderPoint, lot } = bestReorderPointLot({ ...costs, demand: of(leadTime) });
      return { reorderPoint, orderQuantity: lot };
    }
    case 'RS': {
      const costs = { overageCost: holding, underageCost: backorder };
      return { reorderPoint: newsvendorQuantity(of(exposed), costs), orderQuantity: 1 };
    }
    default: {
      const perPeriod = days / YEAR_DAYS;
      const { reorderPoint, orderUpToLevel } = bestOrderUpTo({
        orderingCost,
        holdingCost: holding * perPeriod,
        backorderCost: backorder * perPeriod,
        demand: of(period),
        leadTimeDemand: of(exposed),
      });
      return { reorderPoint, orderQuantity: orderUpToLevel - reorderPoint };
    }
  }
}
