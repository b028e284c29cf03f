// Counting in the simulated warehouse: the opening stock, cycle counts, recounts of bad figures.
import type { CatalogItem, InventoryEvent } from '../../operators/events/event.js';
import { formatTime } from '../../operators/events/time.js';
import type { Agenda } from './agenda.js';
import type { Picking, Task } from './picking.js';
import { hashText, Random } from './random.js';
import type { Shelf } from './shelf.js';
import { DAY_MS, dayNumber, HOUR_MS, isWorkday, workingTime } from './working-hours.js';

interface DayRange {
  readonly low: number;
  readonly high: number;
}

export interface CountingSettings {
  readonly seed: string;
  readonly location: string;
  /** Opening stock in days of the SKU's mean demand: of most, and of those that start low. */
  readonly coverDays: DayRange;
  readonly lowCoverDays: DayRange;
  readonly lowShare: number;
  /** Each SKU is counted once in so many days; no multiple of 7, else some are never due. */
  readonly countEveryDays: number;
  /** Share of counts that find less than the book says. */
  readonly shrinkageShare: number;
}

export interface Demand {
  /** Mean units a day by SKU. */
  readonly perDay: ReadonlyMap<string, number>;
  /** Units on top of the cover, for a warm-up in which nothing is reordered. */
  readonly prefill: ReadonlyMap<string, number>;
}

const COUNT_HOUR = 17.3;
const SHRINKAGE = { low: 0.004, high: 0.03 };

export class Counting {
  private readonly recounting = new Set<string>();

  constructor(
    private readonly settings: CountingSettings,
    private readonly shelf: Shelf,
    private readonly picking: Picking,
    private readonly agenda: Agenda<Task>,
  ) {
    if (settings.countEveryDays % 7 === 0) {
      const got = settings.countEveryDays;
      throw new RangeError(`countEveryDays must be no multiple of 7, got ${got}`);
    }
  }

  /** First counts of all SKUs at `atMs`; cycle counts are due from the next day on. */
  opening(items: Iterable<CatalogItem>, demand: Demand, atMs: number): InventoryEvent[] {
    const events: InventoryEvent[] = [];
    for (const item of items) {
      this.shelf.setOnHand(item.sku, this.openingUnits(item, demand));
      events.push(this.counted(item.sku, `sc-${item.sku}-opening`, atMs));
    }
    this.plan(dayNumber(atMs) + 1);
    return events;
  }

  /** A book below zero cannot be true: somebody goes and looks within the hour. */
  doubted(sku: string, atMs: number): void {
    if (this.recounting.has(sku)) return;
    this.recounting.add(sku);
    this.agenda.add(workingTime(atMs + HOUR_MS), (now) => {
      this.recounting.delete(sku);
      if (this.shelf.row(sku).onHand >= 0) return [];
      this.shelf.setOnHand(sku, 0);
      return [this.counted(sku, `sc-${sku}-${now}`, now)];
    });
  }

  private openingUnits(item: CatalogItem, { perDay, prefill }: Demand): number {
    const random = new Random(this.settings.seed, `opening/${item.sku}`);
    const isLow = random.chance(this.settings.lowShare);
    const { low, high } = isLow ? this.settings.lowCoverDays : this.settings.coverDays;
    const cover = Math.ceil((perDay.get(item.sku) ?? 0) * random.between(low, high));
    const units = isLow ? cover : Math.max(cover, item.packSize ?? 1);
    return units + (prefill.get(item.sku) ?? 0);
  }

  private plan(day: number): void {
    this.agenda.add(day * DAY_MS + COUNT_HOUR * HOUR_MS, (now) => {
      this.plan(day + 1);
      return isWorkday(day) ? this.cycle(day, now) : [];
    });
  }

  private cycle(day: number, atMs: number): InventoryEvent[] {
    const { seed, countEveryDays } = this.settings;
    const events: InventoryEvent[] = [];
    for (const sku of this.shelf.skus()) {
      if (hashText(`${seed}/${sku}`) % countEveryDays !== day % countEveryDays) continue;
      const found = this.found(sku, day);
      this.shelf.setOnHand(sku, found);
      this.picking.restocked(sku, atMs);
      events.push(this.counted(sku, `sc-${sku}-${day}`, atMs));
    }
    return events;
  }

  private found(sku: string, day: number): number {
    const random = new Random(this.settings.seed, `count/${sku}/${day}`);
    const onHand = this.shelf.pickable(sku);
    if (!random.chance(this.settings.shrinkageShare)) return onHand;
    const missing = Math.ceil(onHand * random.between(SHRINKAGE.low, SHRINKAGE.high));
    return Math.max(0, onHand - missing);
  }

  private counted(sku: string, id: string, atMs: number): InventoryEvent {
    const { location } = this.settings;
    const quantity = this.shelf.row(sku).onHand;
    return { id, type: 'stock.counted', time: formatTime(atMs), location, sku, quantity };
  }
}
