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

/**
 * The state of layout 2 held the last known demand of each season, day of the week or hour of it.
 * The new experts learn that twice over, so that they go on from the level and the seasons that
 * were known and not from nothing. They know better with each bucket that closes.
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
  const last = old.view('seasonal-naive.last', Float64Array);
  const learned = old.view('seasonal-naive.learned', Int32Array);
  const next = old.view('seasonal-naive.nextSeason', Int32Array);
  const bucket = emptyBucket();
  for (let ago = LESSONS * seasons; ago > 0; ago--) {
    bucket.startMs -= 1;
    for (let row = 0; row < rows; row++) {
      // Before its first demand a row knew nothing of some seasons.
      const isKnown = ago <= LESSONS * Math.min(seasons, learned[row] as number);
      if (!isKnown) continue;
      const season = ((next[row] as number) - ago + LESSONS * seasons) % seasons;
      bucket.season = season;
      bucket.units = last[row * seasons + season] as number;
      learner.learn(row, bucket);
    }
    learner.apply();
  }
}
