// Makes the demo's catalog: real codes, names and prices; suppliers and terms are simulated.
import type { CatalogItem } from '../../operators/events/event.js';
import type { CsvRecord } from './csv.js';
import { hashText } from './random.js';

export interface LeadTime {
  readonly meanDays: number;
  readonly sdDays: number;
}

export interface CatalogOptions {
  /** Time of every item, RFC 3339. */
  readonly time: string;
  /** SKUs that the catalog must hold, upper case. */
  readonly skus: ReadonlySet<string>;
  /** Sales before the demo starts, for the classes A, B and C. */
  readonly revenue: ReadonlyMap<string, number>;
  /** One a supplier. */
  readonly leadTimes: readonly LeadTime[];
}

/** Real lead times of months become days and weeks: what a wholesaler nearby would need. */
const LEAD_TIME_SCALE = 0.1;
/** And vary half as much: clinics' supplies by sea and charter vary more than pallets by road. */
const LEAD_TIME_SD_SCALE = 0.05;
const MIN_DELIVERIES = 30;
/** Assumed: goods cost half of their median price. */
const COST_SHARE = 0.5;
/** Assumed: one more line in an order that goes to the supplier anyway, GBP. */
const LINE_COST = 0.5;

/**
 * Lead time of each vendor with at least 30 deliveries of known lead time, in order of their
 * number: mean of the observed days times .1, standard deviation times .05.
 */
export function supplierLeadTimes(deliveries: readonly CsvRecord[]): LeadTime[] {
  const byVendor = new Map<string, number[]>();
  for (const { vendor, lead_days } of deliveries) {
    const days = Number(lead_days);
    if (lead_days === '' || !(days > 0)) continue;
    const known = byVendor.get(vendor as string) ?? [];
    known.push(days);
    byVendor.set(vendor as string, known);
  }
  const enough = [...byVendor].filter(([, days]) => days.length >= MIN_DELIVERIES);
  enough.sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  return enough.map(([, days]) => scaledLeadTime(days));
}

function scaledLeadTime(days: readonly number[]): LeadTime {
  const mean = days.reduce((sum, day) => sum + day, 0) / days.length;
  const squares = days.reduce((sum, day) => sum + (day - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (days.length - 1));
  return { meanDays: round1(mean * LEAD_TIME_SCALE), sdDays: round1(sd * LEAD_TIME_SD_SCALE) };
}

/** One `catalog.item` a SKU, in order of the codes. */
export function catalogEvents(
  products: readonly CsvRecord[],
  options: CatalogOptions,
): CatalogItem[] {
  const byCode = new Map<string, CsvRecord>();
  for (const product of products) {
    const sku = (product.sku as string).trim().toUpperCase();
    const known = byCode.get(sku);
    // Of two spellings of one code the one sold more names the product.
    if (!known || Number(product.sale_lines) > Number(known.sale_lines)) byCode.set(sku, product);
  }
  const classes = revenueClasses(options.revenue);
  return [...options.skus].sort().map((sku) => {
    return catalogItem(sku, byCode.get(sku), classes.get(sku) ?? 'C', options);
  });
}

type RevenueClass = 'A' | 'B' | 'C';

/** A: the SKUs of the first 80 % of revenue; B: of the next 15 %; C: the rest. */
function revenueClasses(revenue: ReadonlyMap<string, number>): Map<string, RevenueClass> {
  const sorted = [...revenue].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const total = sorted.reduce((sum, [, amount]) => sum + amount, 0);
  const classes = new Map<string, RevenueClass>();
  let before = 0;
  for (const [sku, amount] of sorted) {
    classes.set(sku, before < 0.8 * total ? 'A' : before < 0.95 * total ? 'B' : 'C');
    before += amount;
  }
  return classes;
}

function catalogItem(
  sku: string,
  product: CsvRecord | undefined,
  revenueClass: RevenueClass,
  options: CatalogOptions,
): CatalogItem {
  const price = Number(product?.median_price ?? 0);
  const supplier = hashText(sku.slice(0, 3)) % options.leadTimes.length;
  const packSize = packOf(price);
  return {
    id: `ci-${sku}`,
    type: 'catalog.item',
    time: options.time,
    sku,
    ...(product?.description ? { name: product.description } : {}),
    status: 'active',
    supplier: `supplier-${String(supplier + 1).padStart(2, '0')}`,
    ...(price > 0
      ? { unitPrice: price, unitCost: Math.round(price * COST_SHARE * 100) / 100 }
      : {}),
    leadTime: options.leadTimes[supplier] as LeadTime,
    minimumOrderQuantity: 2 * packSize,
    packSize,
    orderingCost: LINE_COST,
    holdingRate: 0.25,
    serviceLevel: { cycle: { A: 0.98, B: 0.95, C: 0.9 }[revenueClass] },
    policy: policyOf(revenueClass),
  };
}

/** What sells steadily is ordered in lots, the rest up to a level. */
function policyOf(revenueClass: RevenueClass): CatalogItem['policy'] {
  return { kind: revenueClass === 'C' ? 'sS' : 'sQ' } as CatalogItem['policy'];
}

/** Assumed pack: the cheaper the goods, the more in one. */
function packOf(price: number): number {
  if (price < 1) return 24;
  if (price < 3) return 12;
  if (price < 8) return 6;
  return 2;
}

function round1(days: number): number {
  return Math.round(days * 10) / 10;
}
