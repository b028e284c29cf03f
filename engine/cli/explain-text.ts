// An explanation as tables for people.
import type { CleanedBucket } from '../explain/cleaning.js';
import type { Explanation } from '../explain/explanation.js';
import { QUANTILES } from '../explain/target-forecasts.js';
import { table } from './terminal.js';

type Cell = string | number | null;

/** Features of the regression in words: what each goes by. */
const FEATURES: Readonly<Record<string, string>> = {
  level: "the SKU's level times the season of its category",
  constant: 'what levels are behind by, all SKUs alike',
  season: 'how strong the season is',
  youth: 'few buckets of life',
  longMean: 'the mean of many buckets against the level',
  shortMean: 'the mean of the last few',
  surprise: 'the last bucket against what was usual',
  price: 'its price against the usual one',
  promotion: 'a promotion',
  stockOut: 'stock that ran out',
  cartAdds: 'units put into carts, against the usual',
  cartRemovals: 'units taken out of carts',
  cartsAbandoned: 'units left in carts',
  views: 'times that it was looked at',
};

export function explanationText(told: Explanation): string {
  const parts = [head(told)];
  if (told.forecasts.length === 0) return [...parts, COLD].join('\n\n');
  parts.push(forecasts(told), experts(told));
  if (told.regression !== null) parts.push(regression(told.regression));
  return [...parts, distributions(told), asked(told), LEGEND].join('\n\n');
}

const COLD = `No forecast yet: it takes three closed buckets from the first demand on, or others that have
shown what their category or similar names sell.`;

const LEGEND = `chance: that there is any demand. Sizes above zero are lognormal with this log mean and sd,
then shaped as all rows really spread. asked: the level that is really asked of that distribution,
so that each level holds (adaptive conformal inference).`;

function head(told: Explanation): string {
  const { sku, location, name, category, learned, accuracy, cleaning, coldStart, neural } = told;
  const { withDemand } = learned;
  const rows: [string, Cell][] = [
    ['SKU', name === '' ? sku : `${sku}: ${name}`],
    ['location', location],
    ['category', category === '' ? null : category],
    ['as of', told.asOf],
    [
      'buckets',
      `${learned.buckets} known ${told.bucket}s of ${told.timeZone}, ${withDemand} with demand`,
    ],
    ['demand pattern', learned.pattern],
    ['last closed', lastBucket(told, cleaning.lastBucket)],
    ['running', runningText(told)],
    ['bulk order', bulk(cleaning.mostUnits)],
    ['error of late', accuracyText(accuracy)],
    ['cold start', priorText(coldStart)],
    ['neural network', neural === null ? 'switched off' : (neural.version ?? 'no model yet')],
  ];
  return table(['', ''], rows).trimStart();
}

function lastBucket(told: Explanation, last: CleanedBucket | null): string | null {
  if (last === null) return null;
  const { start, units, forecast, lower80, upper80, inStockShare, demand } = last;
  const before =
    forecast === null
      ? 'no forecast before it'
      : `forecast ${show(forecast)} (80 %: ${show(lower80)} to ${show(upper80)})`;
  const sold = `${local(start, told)}: ${show(units)} sold, ${before}`;
  if (inStockShare === null || inStockShare === 1) return sold;
  const taken = demand === null ? 'nothing to learn' : `taken as a demand of ${show(demand)}`;
  return `${sold}; in stock ${percent(inStockShare)} of the time: ${taken}`;
}

function runningText(told: Explanation): string | null {
  if (told.running === null) return null;
  const { start, units, expectedRest } = told.running;
  const rest = expectedRest === null ? '' : `, ${show(expectedRest)} still expected`;
  return `${local(start, told)}: ${show(units)} so far${rest}`;
}

function bulk(most: number | null): string | null {
  return most === null ? null : `what the next bucket brings beyond ${show(most)} units is damped`;
}

function accuracyText({ wape, errorSd }: Explanation['accuracy']): string | null {
  if (errorSd === null) return null;
  return `WAPE ${percent(wape)}, standard deviation ${show(errorSd)} units`;
}

function priorText(prior: Explanation['coldStart']): string | null {
  if (prior === null) return null;
  return `${show(prior.level)} units a bucket, times ${show(prior.seasonIndex)} for the next one`;
}

function forecasts({ forecasts: all, bucket }: Explanation): string {
  const head = ['forecast, units', 'mean', ...QUANTILES.map((level) => `P${100 * level}`)];
  const rows = all.map(({ buckets, mean, quantiles }) => [
    span(buckets, bucket),
    rounded(mean),
    ...QUANTILES.map((level) => rounded(quantiles[String(level)] as number)),
  ]);
  return table(head, rows);
}

function experts({ experts: all }: Explanation): string {
  const head = ['expert', 'goes by', 'next bucket', 'weight', 'further ahead'];
  const rows = all.map(({ expert, name, forecast, weight, weightAhead }) => {
    const said = forecast === null ? 'asleep' : show(forecast);
    return [expert, name, said, percent(weight), percent(weightAhead)];
  });
  return table(head, rows);
}

function regression(parts: NonNullable<Explanation['regression']>): string {
  const rows: Cell[][] = parts.features.map(({ feature, units }) => [
    feature,
    rounded(units),
    FEATURES[feature] ?? '',
  ]);
  const { byLimits, forecast } = parts;
  const limits = 'not below 0, not above twice the recent maximum';
  if (Math.abs(byLimits) > 1e-6) rows.push(['limits', rounded(byLimits), limits]);
  return table(['regression', 'units', ''], [...rows, ['in all', rounded(forecast), '']]);
}

function distributions({ forecasts: all, bucket }: Explanation): string {
  const head = ['distribution', 'chance', 'log mean', 'log sd', 'units'];
  const rows = all.map(({ buckets, distribution }) => {
    const { chanceOfDemand, logMean, logSd, isWhole } = distribution;
    const units = isWhole ? 'whole' : 'fractions';
    return [
      span(buckets, bucket),
      percent(chanceOfDemand),
      rounded(logMean),
      rounded(logSd),
      units,
    ];
  });
  return table(head, rows);
}

function asked({ forecasts: all, bucket }: Explanation): string {
  const levels = Object.keys(all[0]?.distribution.asked ?? {});
  const head = ['level asked, %', ...levels.map((level) => percentage(Number(level)))];
  const rows = all.map(({ buckets, distribution }) => [
    span(buckets, bucket),
    ...levels.map((level) => Number(percentage(distribution.asked[level] as number))),
  ]);
  return table(head, rows);
}

function span(buckets: number, bucket: 'hour' | 'day'): string {
  return buckets === 1 ? `next ${bucket}` : `next ${buckets} ${bucket}s in all`;
}

/** Local date of a day, date and time of an hour. */
function local(start: string, { bucket, timeZone }: Explanation): string {
  const hour = bucket === 'hour' ? ({ timeStyle: 'short' } as const) : {};
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', ...hour });
  return format.format(Date.parse(start));
}

/** Four digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function show(value: number | null): string {
  return value === null ? '-' : String(rounded(value));
}

function percentage(share: number): string {
  return String(rounded(100 * share));
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}
