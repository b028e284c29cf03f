// From layout 2 to 3: two forecasters became a bank of experts, taught what the two still knew.
import { SEASONS } from '../operators/demand/calendar.js';
import { HORIZONS } from '../operators/forecast/forecast.js';
import { emptyBucket } from '../operators/forecast/forecaster.js';
import { Learner } from '../operators/forecast/learner.js';
import {
  type DecodedSections,
  decodeSections,
  encodeState,
  StateReader,
  StateWriter,
} from '../operators/stream/state.js';
import { Table } from '../operators/stream/table.js';

/** Scopes of layout 2 that are no more. */
const GONE = /^(seasonal-naive|holt-winters|accuracy|forecast)\./;
/** Seasons that a new learner is taught: with two it tells a pattern from noise. */
const LESSONS = 2;
/** Parts of a row's profile of the day, which is new: nothing is known of it. */
const PROFILE_PARTS = 8;

/**
 * The state of layout 2 held the last known demand of each season, day of the week or hour of it,
 * and a level and seasons by Holt-Winters. The new experts learn what came, then what Holt-Winters
 * made of it: so they go on from what was known and not from nothing, and none looks as if it had
 * never erred, as one would that repeats a week if that came twice. A row younger than a round of
 * seasons has its few buckets alone. They know better with each bucket that closes.
 */
export function forecastsAnew(sections: DecodedSections): void {
  const old = new StateReader(sections);
  const learner = learnerOf(old);
  for (const name of sections.keys()) if (GONE.test(name)) sections.delete(name);
  for (const [name, section] of learner) sections.set(name, section);
  const { length } = old.view('buckets.units', Float64Array);
  for (const measure of ['revenue', 'pricedUnits']) {
    sections.set(`buckets.${measure}`, new Float64Array(length));
  }
  const rows = old.view('table.skuOf', Int32Array).length;
  sections.set('row-profile.lines', new Uint8Array(rows * PROFILE_PARTS));
}

/** Sections of a learner that has learned what the old forecasters still knew. */
function learnerOf(old: StateReader): DecodedSections {
  const rows = old.view('table.skuOf', Int32Array).length;
  const last = old.view('seasonal-naive.last', Float64Array);
  const seasons = rows > 0 ? last.length / rows : SEASONS.day;
  const table = new Table();
  const location = table.locations.intern('');
  for (let row = 0; row < rows; row++) table.row(table.skus.intern(String(row)), location);
  const learner = new Learner(table, {
    seasons,
    horizons: HORIZONS[seasons === SEASONS.hour ? 'hour' : 'day'],
    categoryOf: () => 0,
    nameOf: () => '',
    withCarts: true,
    withCensoring: true,
    neural: null,
  });
  teach(learner, { old, rows, seasons });
  const writer = new StateWriter();
  table.save(writer);
  learner.save(writer);
  const made = decodeSections(encodeState(writer));
  for (const name of made.keys()) if (name.startsWith('table.')) made.delete(name);
  return made;
}

function teach(
  learner: Learner,
  { old, rows, seasons }: { old: StateReader; rows: number; seasons: number },
): void {
  const known = new Known(old, seasons);
  const bucket = emptyBucket();
  for (let ago = LESSONS * seasons; ago > 0; ago--) {
    bucket.startMs -= 1;
    for (let row = 0; row < rows; row++) {
      if (!known.has(row, ago)) continue;
      bucket.season = known.season(row, ago);
      bucket.units = known.units(row, ago);
      learner.learn(row, bucket);
    }
    learner.apply();
  }
}

/** What the old forecasters knew of the buckets of the last two rounds of seasons. */
class Known {
  private readonly last: Float64Array;
  private readonly learned: Int32Array;
  private readonly next: Int32Array;
  private readonly level: Float64Array;
  private readonly offset: Float64Array;

  constructor(
    old: StateReader,
    private readonly seasons: number,
  ) {
    this.last = old.view('seasonal-naive.last', Float64Array);
    this.learned = old.view('seasonal-naive.learned', Int32Array);
    this.next = old.view('seasonal-naive.nextSeason', Int32Array);
    this.level = old.view('holt-winters.level', Float64Array);
    this.offset = old.view('holt-winters.season', Float64Array);
  }

  /** @param ago buckets: 1 is the last one that was learned */
  has(row: number, ago: number): boolean {
    const learned = this.learned[row] as number;
    return learned >= this.seasons || ago <= learned;
  }

  season(row: number, ago: number): number {
    return ((this.next[row] as number) - ago + LESSONS * this.seasons) % this.seasons;
  }

  /** What came; in the last round what is expected now, as whole as that; of the young, what came. */
  units(row: number, ago: number): number {
    const from = row * this.seasons;
    const at = from + this.season(row, ago);
    const isYoung = (this.learned[row] as number) < this.seasons;
    if (ago > this.seasons || isYoung) return this.last[at] as number;
    const expected = Math.max(0, (this.level[row] as number) + (this.offset[at] as number));
    const isWhole = this.last.subarray(from, from + this.seasons).every(Number.isInteger);
    return isWhole ? Math.round(expected) : expected;
  }
}
