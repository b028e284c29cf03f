// Buckets: what happened in each open local hour or day per row, and which buckets are due.
import type { Column } from '../stream/columns.js';
import { inSlices, type Steps } from '../stream/slices.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import type { Table } from '../stream/table.js';
import { type BucketLength, SEASONS, SHORTEST_MS, seasonOf } from './calendar.js';
import { Zone } from './zone.js';

export interface BucketOptions {
  readonly length: BucketLength;
  readonly disorderMs: number;
  readonly allowedLatenessMs: number;
  /** A silence longer than this many buckets is a gap in the data, not zero demand. */
  readonly maxGap: number;
  /** IANA time zone of a location. */
  timeZoneOf(location: string): string;
}

/** What is counted per row and bucket. */
const MEASURES = [
  'units',
  'cartAdds',
  'cartRemovals',
  'cartsAbandoned',
  'views',
  /** Money of the units whose price was told, and those units. */
  'revenue',
  'pricedUnits',
  /** Time in which stock was known, and in which there was some to sell (ms). */
  'observedMs',
  'stockedMs',
] as const;
export type Measure = (typeof MEASURES)[number];

/** A bucket of a zone that closes now; its numbers stay readable until the step is over. */
export interface Closing {
  readonly zone: number;
  readonly bucket: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly season: number;
  /** Set when it closes: null, or the gap in the data that begins with it or behind it. */
  gap: Gap | null;
}

export interface Gap {
  /** True: the bucket itself saw no event, so its demand is unknown and not zero. */
  readonly beginsHere: boolean;
  /** Season of the last bucket that is skipped. */
  readonly lastSeason: number;
}

export class Buckets implements Stateful {
  private readonly zones: Zone[] = [];
  /** Silences longer than `maxGap` since this process began. */
  gaps = 0;
  private readonly zoneOfLocation: number[] = [];
  /** Rows of each zone, in order; rows from `listed` on are not in yet. */
  private readonly rowsByZone: number[][] = [];
  private listed = 0;
  private readonly slots: number;
  private readonly measures: Readonly<Record<Measure, Column<Float64Array>>>;
  /** First bucket with demand: empty ones from there on are zeros, those before say nothing. */
  private readonly aliveFrom: Column<Float64Array>;

  constructor(
    private readonly table: Table,
    private readonly options: BucketOptions,
  ) {
    const columns = table.columns('buckets');
    const openMs = options.disorderMs + options.allowedLatenessMs;
    this.slots = Math.ceil(openMs / SHORTEST_MS[options.length]) + 2;
    this.measures = Object.fromEntries(
      MEASURES.map((name) => [name, columns.float64(name, this.slots)]),
    ) as Record<Measure, Column<Float64Array>>;
    this.aliveFrom = columns.float64('aliveFrom', 1, Number.POSITIVE_INFINITY);
  }

  /** Number of the row's zone; made when its time zone is new. */
  zoneOf(row: number): number {
    const location = this.table.locationNumber(row);
    const known = this.zoneOfLocation[location];
    if (known !== undefined) return known;
    const { length, allowedLatenessMs } = this.options;
    const timeZone = this.options.timeZoneOf(this.table.locations.text(location));
    let zone = this.zones.findIndex((z) => z.options.timeZone === timeZone);
    if (zone < 0) {
      zone = this.zones.length;
      this.zones.push(new Zone({ timeZone, length, allowedLatenessMs }));
    }
    this.zoneOfLocation[location] = zone;
    return zone;
  }

  /** Rows of a zone, in order of first sight. */
  rowsOf(zone: number): readonly number[] {
    for (; this.listed < this.table.rows; this.listed++) {
      const of = this.zoneOf(this.listed);
      while (this.rowsByZone.length <= of) this.rowsByZone.push([]);
      this.rowsByZone[of]?.push(this.listed);
    }
    return this.rowsByZone[zone] ?? [];
  }

  /** False: nothing was counted in the row's zone, so it has no buckets; asking starts none. */
  isStarted(row: number): boolean {
    const timeZone = this.options.timeZoneOf(this.table.location(row));
    return this.zones.some((zone) => zone.options.timeZone === timeZone && zone.isStarted);
  }

  /** Open bucket of the row's zone that holds `timeMs`; -1: it is closed. */
  bucketOf(row: number, timeMs: number, watermarkMs: number): number {
    const zone = this.zones[this.zoneOf(row)] as Zone;
    zone.start(watermarkMs);
    return zone.bucketOf(timeMs);
  }

  /** The row is looked at, at stream time `nowMs`: its buckets up to now are opened. */
  openUntil(row: number, nowMs: number): void {
    // Not behind the watermark: an order dated before now may still come in time.
    this.bucketOf(row, nowMs, nowMs - this.options.disorderMs);
  }

  /** Adds to a measure of an open bucket; a measure never falls below zero. */
  add(row: number, bucket: number, measure: Measure, units: number): void {
    const { values } = this.measures[measure];
    const at = this.at(row, bucket);
    values[at] = Math.max(0, (values[at] as number) + units);
    if (measure !== 'units' || !(units > 0)) return;
    this.aliveFrom.values[row] = Math.min(this.aliveFrom.values[row] as number, bucket);
  }

  read(row: number, bucket: number, measure: Measure): number {
    return this.measures[measure].values[this.at(row, bucket)] as number;
  }

  /** True: the row had demand in this bucket or before it. */
  isAlive(row: number, bucket: number): boolean {
    return bucket >= (this.aliveFrom.values[row] as number);
  }

  startMs(row: number, bucket: number): number {
    return (this.zones[this.zoneOf(row)] as Zone).startMs(bucket);
  }
  endMs(row: number, bucket: number): number {
    return (this.zones[this.zoneOf(row)] as Zone).endMs(bucket);
  }
  /** Oldest open bucket of a row's zone. */
  first(row: number): number {
    return (this.zones[this.zoneOf(row)] as Zone).first;
  }

  nextTimeMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const zone of this.zones) next = Math.min(next, zone.closesAtMs());
    return next;
  }

  /** The buckets that are due to close at `nowMs`, at most one a zone. */
  due(nowMs: number): Closing[] {
    const closings: Closing[] = [];
    this.zones.forEach((zone, number) => {
      if (zone.closesAtMs() > nowMs) return;
      const bucket = zone.first;
      const startMs = zone.startMs(bucket);
      const season = seasonOf(startMs, zone.options.timeZone, this.options.length);
      closings.push({
        zone: number,
        bucket,
        startMs,
        endMs: zone.endMs(bucket),
        season,
        gap: null,
      });
    });
    return closings;
  }

  /** From here on the bucket takes nothing more. */
  *close(closing: Closing, watermarkMs: number, sliceRows: number): Steps {
    const maxGapMs = this.options.maxGap * SHORTEST_MS[this.options.length];
    const zone = this.zones[closing.zone] as Zone;
    if (!zone.close(watermarkMs, maxGapMs)) return;
    this.gaps++;
    const { length } = this.options;
    const nextSeason = seasonOf(zone.startMs(zone.first), zone.options.timeZone, length);
    const lastSeason = (nextSeason + SEASONS[length] - 1) % SEASONS[length];
    closing.gap = { beginsHere: !zone.hasDataSince(closing.startMs), lastSeason };
    for (let slot = 1; slot < this.slots; slot++) {
      yield* this.release({ ...closing, bucket: closing.bucket + slot }, sliceRows);
    }
  }

  /** An event was counted for the row at `timeMs`. */
  sawData(row: number, timeMs: number): void {
    (this.zones[this.zoneOf(row)] as Zone).sawData(timeMs);
  }

  /** Makes the slot of a closed bucket free for a coming one. */
  release(closing: Closing, sliceRows: number): Steps {
    const rows = this.rowsOf(closing.zone);
    return inSlices(rows.length, sliceRows, (i) => {
      const at = this.at(rows[i] as number, closing.bucket);
      for (const measure of MEASURES) this.measures[measure].values[at] = 0;
    });
  }

  save(out: StateWriter): void {
    const saved = this.zones.map((zone) => [zone.options.timeZone, ...zone.save()].join(' '));
    out.put('buckets.zones', saved);
    out.put('buckets.slots', Float64Array.of(this.slots));
  }

  /** @throws RangeError when the settings made other buckets than those saved. */
  load(from: StateReader): void {
    const slots = from.float64('buckets.slots')[0];
    if (slots !== this.slots) {
      const hint = 'start without the snapshot to rebuild the state from the stream';
      throw new RangeError(`time.allowedLateness or demand.bucket has changed: ${hint}`);
    }
    for (const text of from.texts('buckets.zones')) {
      const [timeZone, ...numbers] = text.split(' ');
      const { length, allowedLatenessMs } = this.options;
      const zone = new Zone({ timeZone: timeZone as string, length, allowedLatenessMs });
      zone.restore(numbers.map(Number));
      this.zones.push(zone);
    }
  }

  private at(row: number, bucket: number): number {
    return row * this.slots + (bucket % this.slots);
  }
}
