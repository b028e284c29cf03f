// Master data of the torture run's shop: computed levels, given levels, packs, all policies.
import type { Dice } from '../simulation/dice.js';
import type { Fields } from './stock.js';

/** How one SKU is replenished in all towns; the next one may say otherwise. */
export function catalogItem(sku: string, dice: Dice): Fields {
  return {
    type: 'catalog.item',
    sku,
    name: `Thing ${sku}`,
    status: dice.is('discontinued', 0.01) ? 'discontinued' : 'active',
    supplier: `supplier-${dice.between('supplier', 1, 5)}`,
    unitCost: dice.between('cost', 1, 9),
    leadTime: { meanDays: dice.between('lead time', 2, 5), sdDays: 1 },
    serviceLevel: dice.is('fill', 0.3) ? { fill: 0.95 } : { cycle: 0.9 },
    ...(dice.is('pack', 0.3) ? { packSize: 6, minimumOrderQuantity: 12 } : {}),
    policy: policy(dice),
  };
}

function policy(dice: Dice): object {
  const which = dice.next('policy');
  if (which < 0.5) return { kind: 'sS' };
  if (which < 0.65) return { kind: 'sQ' };
  if (which < 0.75) return { kind: 'RS', reviewDays: 2 };
  if (which < 0.85) return { kind: 'sQ', reorderPoint: 15, orderQuantity: 20 };
  return { kind: 'sS', reorderPoint: 20, orderUpToLevel: 60 };
}
