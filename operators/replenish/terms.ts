// Terms: how each SKU-location is replenished, from the catalog and the defaults.
import type { DemandClass } from '../demand/classes.js';
import type { CatalogItem } from '../events/event.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { Items } from './items.js';
import type { Tier } from './quantity-discounts.js';
import type { AboveOrderUpTo } from './rounding.js';
import { levelOfClass, type ServiceByClass } from './service-by-class.js';

export type PolicyKind = CatalogItem['policy']['kind'];
export type LotSizing = NonNullable<CatalogItem['policy']['lotSizing']>;

/** What is asked of the stock: a service level in (0, 1), or what a unit that waits a year costs. */
export interface Service {
  readonly kind: 'cycle' | 'fill' | 'cost';
  readonly level: number;
}

/** Prices by quantity, as `quantity-discounts` takes them. */
export interface Discounts {
  readonly kind: 'allUnits' | 'incremental';
  readonly tiers: readonly Tier[];
}

/** What holds for a SKU that the catalog does not know, or where its item is silent. */
export interface DefaultTerms {
  readonly policy: PolicyKind;
  readonly leadTimeDays: number;
  readonly leadTimeSdDays: number;
  /** Cycle service level, in (0, 1). */
  readonly serviceLevel: number;
  /** Cycle service levels of classes, that win over it; absent: none. */
  readonly serviceByClass?: ServiceByClass;
  readonly reviewDays: number;
  readonly orderingCost: number;
  readonly holdingRate: number;
  /** Days of demand that an order covers where its cost is not known. */
  readonly coverDays: number;
  /** What to do where whole packs go beyond the order-up-to level. */
  readonly aboveOrderUpTo: AboveOrderUpTo;
}

export interface Terms {
  readonly name: string;
  readonly category: string;
  readonly isDiscontinued: boolean;
  readonly supplier: string | undefined;
  readonly demandClass: DemandClass;
  /** NaN: not known. */
  readonly unitCost: number;
  readonly unitPrice: number;
  /** Days that it keeps; NaN: it keeps. */
  readonly shelfLifeDays: number;
  /** What one unit brings that could not be sold in time. */
  readonly salvageValue: number;
  readonly discounts: Discounts | null;
  readonly lotSizing: LotSizing;
  readonly leadTimeDays: number;
  readonly leadTimeSdDays: number;
  /** Units; 0: none. */
  readonly minimumOrderQuantity: number;
  /** Units of a pack; 0: any quantity. */
  readonly packSize: number;
  readonly orderingCost: number;
  /** Share of unit cost per year. */
  readonly holdingRate: number;
  readonly service: Service;
  readonly coverDays: number;
  readonly aboveOrderUpTo: AboveOrderUpTo;
  readonly policy: PolicyKind;
  readonly reviewDays: number;
  /** Given by hand; NaN: computed. */
  readonly reorderPoint: number;
  readonly orderUpToLevel: number;
  readonly orderQuantity: number;
}

/** An item for a location wins over one for everywhere; the later of two items of a place wins. */
export class Catalog implements Stateful {
  /** Items by SKU number (everywhere) and by row. */
  private readonly bySku = new Items();
  private readonly byRow = new Items();
  private readonly terms: (Terms | undefined)[] = [];

  /** @param classOf class of a row's demand: it may change from bucket to bucket */
  constructor(
    private readonly table: Table,
    private readonly defaults: DefaultTerms,
    private readonly classOf: (row: number) => DemandClass,
  ) {}

  /** Takes an item; `row` -1: for every location of the SKU. An older item changes nothing. */
  put(sku: number, row: number, item: CatalogItem, timeMs: number): void {
    const items = row >= 0 ? this.byRow : this.bySku;
    const key = row >= 0 ? row : sku;
    if (!items.put(key, JSON.stringify(item), timeMs)) return;
    for (const r of row >= 0 ? [row] : this.table.rowsOf(sku)) this.terms[r] = undefined;
  }

  of(row: number): Terms {
    const known = this.terms[row];
    const demandClass = this.classOf(row);
    if (known?.demandClass === demandClass) return known;
    const text = this.byRow.get(row) ?? this.bySku.get(this.table.skuNumber(row));
    const item = text === undefined ? undefined : (JSON.parse(text) as CatalogItem);
    const terms = toTerms(item, this.defaults, demandClass);
    while (this.terms.length <= row) this.terms.push(undefined);
    this.terms[row] = terms;
    return terms;
  }

  /** Cubic metres of one unit; NaN: not known. */
  volumeOf(row: number): number {
    const text = this.byRow.get(row) ?? this.bySku.get(this.table.skuNumber(row));
    const item = text === undefined ? undefined : (JSON.parse(text) as CatalogItem);
    return item?.volume ?? Number.NaN;
  }

  save(out: StateWriter): void {
    this.bySku.save('catalog.sku', out);
    this.byRow.save('catalog.row', out);
  }

  load(from: StateReader): void {
    this.bySku.load('catalog.sku', from);
    this.byRow.load('catalog.row', from);
  }
}

/** Terms of an item; undefined: all defaults. */
export function toTerms(
  item: CatalogItem | undefined,
  defaults: DefaultTerms,
  demandClass: DemandClass = '',
): Terms {
  const policy = item?.policy;
  return {
    name: item?.name ?? '',
    category: item?.category ?? '',
    isDiscontinued: item?.status === 'discontinued',
    supplier: item?.supplier,
    demandClass,
    unitCost: item?.unitCost ?? Number.NaN,
    unitPrice: item?.unitPrice ?? Number.NaN,
    shelfLifeDays: item?.shelfLifeDays ?? Number.NaN,
    salvageValue: item?.salvageValue ?? 0,
    discounts: discountsOf(item),
    lotSizing: policy?.lotSizing ?? 'economic',
    leadTimeDays: item?.leadTime.meanDays ?? defaults.leadTimeDays,
    leadTimeSdDays: item?.leadTime.sdDays ?? defaults.leadTimeSdDays,
    minimumOrderQuantity: item?.minimumOrderQuantity ?? 0,
    packSize: item?.packSize ?? 0,
    orderingCost: item?.orderingCost ?? defaults.orderingCost,
    holdingRate: item?.holdingRate ?? defaults.holdingRate,
    service: serviceOf(item, defaults, demandClass),
    coverDays: defaults.coverDays,
    aboveOrderUpTo: defaults.aboveOrderUpTo,
    policy: policy?.kind ?? defaults.policy,
    reviewDays: policy?.reviewDays ?? defaults.reviewDays,
    reorderPoint: policy?.reorderPoint ?? Number.NaN,
    orderUpToLevel: policy?.orderUpToLevel ?? Number.NaN,
    orderQuantity: policy?.orderQuantity ?? Number.NaN,
  };
}

function discountsOf(item: CatalogItem | undefined): Discounts | null {
  if (item?.discounts === undefined) return null;
  const { kind, tiers } = item.discounts;
  return { kind, tiers: tiers.map(({ from, unitCost }) => ({ from, price: unitCost })) };
}

function serviceOf(
  item: CatalogItem | undefined,
  { serviceLevel, serviceByClass }: DefaultTerms,
  demandClass: DemandClass,
): Terms['service'] {
  const service = item?.serviceLevel;
  if (service === undefined) {
    const level = levelOfClass(serviceByClass, demandClass) ?? serviceLevel;
    return { kind: 'cycle', level };
  }
  if ('cycle' in service) return { kind: 'cycle', level: service.cycle };
  if ('shortageCost' in service) return { kind: 'cost', level: service.shortageCost };
  return { kind: 'fill', level: service.fill };
}
