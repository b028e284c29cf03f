// Forecasts: what the end of a bucket costs a SKU-location, and how many bytes it keeps.
import { loadSettings } from '../../config/settings.js';
import { type Core, createCore } from '../../engine/core.js';
import { Bank } from '../../operators/forecast/bank.js';
import { ColdStart } from '../../operators/forecast/cold-start.js';
import { Course } from '../../operators/forecast/course.js';
import { Ensemble } from '../../operators/forecast/ensemble.js';
import type { DemandBucket, OnlineForecaster } from '../../operators/forecast/forecaster.js';
import { Learner } from '../../operators/forecast/learner.js';
import { Neural } from '../../operators/forecast/neural/neural.js';
import { Outlook } from '../../operators/forecast/outlook.js';
import { Regression } from '../../operators/forecast/regression.js';
import { Batch } from '../../operators/stream/batch.js';
import { Table } from '../../operators/stream/table.js';
import { BankAlone } from './bank-alone.js';
import { type Spread, show, showSpread, spreadOf, textTable } from './figures.js';
import { deliveries, inBatches, orders, preparationJson } from './messages.js';
import { MixedDemand } from './mixed-demand.js';
import type { Report } from './report.js';

const ROWS = 100_000;
/** Behind them forecasts of the farthest horizon come due as often as new ones are made. */
const WARM_DAYS = 30;
const DAYS = 7;
const LEARNER_LIMIT_MS = 300_000;
const EXPERTS_LIMIT_MS = 120_000;
const OPERATOR_LIMIT_MS = 200_000;
const OPERATOR_DAYS = 15;
/** From 8 to 8: two thirds of them before a day's end. */
const ORDERS_A_DAY = 30_000;
const ORDER_STEP_MS = 86_400_000 / ORDERS_A_DAY;
const UNTIL_MIDNIGHT = (2 * ORDERS_A_DAY) / 3;
const BATCH = 4_096;
const SEASONS = 7;
const HORIZONS = { near: 7, far: 28 };
const CATEGORIES = 50;
const categoryOf = (row: number): number => 1 + (row % CATEGORIES);
/** As the learner has them; they decide nothing here. */
const POOLED = { categoryOf, nameOf: () => '', withCarts: true, forgetting: 0.995, ridge: 10 };

export function benchForecast(): Report {
  const times = {
    'bank: ten experts learn': expertsOf((table, course) => new Bank(table, course)),
    'bank, its ensemble and intervals': learnerTimes(
      (table) => new BankAlone(table, { seasons: SEASONS, horizons: HORIZONS }),
    ),
    'bank, regression, cold start learn': expertsOf(allExperts),
    'learner: all experts, ensemble, intervals': learnerTimes(newLearner),
  };
  const operator = operatorTimes();
  const bytes = bytesOfParts();
  return {
    title: `Forecasts: ${ROWS.toLocaleString('en')} SKU-locations, daily buckets of mixed demand`,
    text: [timeTable(times, operator), '', bytesTable(bytes)],
    figures: { rows: ROWS, microsPerRow: times, operator, bytesPerRow: bytes },
  };
}

/** Time of the processor: nothing here waits, and what else the machine does counts less. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function tableOf(rows: number): Table {
  const table = new Table();
  const location = table.locations.intern('berlin');
  for (let row = 0; row < rows; row++) table.row(table.skus.intern(`SKU-${row}`), location);
  return table;
}

type Learns = Pick<OnlineForecaster, 'learn'>;

function allExperts(table: Table, course: Course): Learns & { readonly count: number } {
  const bank = new Bank(table, course);
  const regression = new Regression(table, course, POOLED);
  const coldStart = new ColdStart(table, course, POOLED);
  const learn = (row: number, bucket: DemandBucket): void => {
    bank.learn(row, bucket);
    regression.learn(row, bucket);
    coldStart.learn(row, bucket);
  };
  return { learn, count: bank.experts.length + 2 };
}

function newLearner(table: Table): Learner {
  const { nameOf } = POOLED;
  const shared = { categoryOf, nameOf, withCarts: true, withCensoring: true, neural: null };
  return new Learner(table, { seasons: SEASONS, horizons: HORIZONS, ...shared });
}

function expertsOf(make: (table: Table, course: Course) => Learns): Spread {
  const table = tableOf(ROWS);
  const course = new Course(table, SEASONS);
  const experts = make(table, course);
  return timesOf(EXPERTS_LIMIT_MS, (demand) => {
    for (let row = 0; row < ROWS; row++) {
      const bucket = demand.bucket(row);
      experts.learn(row, bucket);
      course.advance(row, bucket);
    }
  });
}

function learnerTimes(make: (table: Table) => Learns & Pick<Learner, 'apply'>): Spread {
  const learner = make(tableOf(ROWS));
  return timesOf(LEARNER_LIMIT_MS, (demand) => {
    for (let row = 0; row < ROWS; row++) learner.learn(row, demand.bucket(row));
    learner.apply();
  });
}

/** Microseconds a row of a bucket's end, once warm, or as warm as it is at the limit. */
function timesOf(limitMs: number, close: (demand: MixedDemand) => void): Spread {
  const demand = new MixedDemand(ROWS);
  const micros: number[] = [];
  const endMs = performance.now() + limitMs;
  for (let day = 0; day < WARM_DAYS + DAYS; day++) {
    demand.nextDay();
    const began = cpuMicros();
    close(demand);
    micros.push((cpuMicros() - began) / ROWS);
    if (performance.now() > endMs) break;
  }
  return spreadOf(micros.slice(-DAYS));
}

/** The forecast operator in a core where a part of the SKUs is ordered each day. */
function operatorTimes() {
  const core = createCore(loadSettings({ env: {} }));
  const watch = new ForecastWatch(core);
  const skus = Array.from({ length: ROWS }, (_, sku) => sku);
  apply(core, preparationJson(skus));
  const [forecastMicros, allMicros]: [number[], number[]] = [[], []];
  const endMs = performance.now() + OPERATOR_LIMIT_MS;
  for (let day = 0; day < OPERATOR_DAYS && performance.now() < endMs; day++) {
    const made = orders(ORDERS_A_DAY, ROWS, ORDER_STEP_MS, day * ORDERS_A_DAY);
    apply(core, made.slice(0, UNTIL_MIDNIGHT));
    watch.micros = 0;
    const began = cpuMicros();
    const time = new Date(Date.UTC(2026, 0, 6 + day, 2)).toISOString();
    apply(core, [`{"id":"tick-${day}","type":"control.tick","time":"${time}"}`]);
    allMicros.push((cpuMicros() - began) / ROWS);
    forecastMicros.push(watch.micros / ROWS);
    apply(core, made.slice(UNTIL_MIDNIGHT));
  }
  const last = -Math.min(DAYS, allMicros.length);
  return {
    days: allMicros.length,
    forecast: spreadOf(forecastMicros.slice(last)),
    all: spreadOf(allMicros.slice(last)),
  };
}

/** Time that the forecast operator takes of the ends of buckets. */
class ForecastWatch {
  micros = 0;

  constructor({ forecast }: Core) {
    const onTime = forecast.onTime.bind(forecast);
    forecast.onTime = (moment, sliceRows) => this.timed(onTime(moment, sliceRows));
  }

  *timed(steps: ReturnType<Core['forecast']['onTime']>): typeof steps {
    for (;;) {
      const began = cpuMicros();
      const { done } = steps.next();
      this.micros += cpuMicros() - began;
      if (done === true) return;
      yield;
    }
  }
}

function apply(core: Core, events: readonly string[]): void {
  for (const batch of inBatches(events, BATCH)) {
    const columns = new Batch();
    core.decoder.decode(deliveries(batch), columns);
    for (const _ of core.chain.steps(columns)) {
      if (core.outbox.waitingBuckets > BATCH) core.outbox.takeBuckets();
    }
    core.outbox.take();
  }
}

function bytesOfParts(): Readonly<Record<string, number>> {
  const experts = allExperts(new Table(), new Course(new Table(), SEASONS)).count + 1;
  const course = bytesOf((table) => new Course(table, SEASONS));
  const beside = (make: (table: Table, course: Course) => unknown): number =>
    bytesOf((table) => make(table, new Course(table, SEASONS))) - course;
  const parts = {
    'season and age, shared by experts': course,
    'bank: ten experts': beside((table, of) => new Bank(table, of)),
    ensemble: beside((table) => new Ensemble(table, experts)),
    'distribution and conformal levels': beside((table, of) => {
      const predictor = { predict: () => false };
      return new Outlook({ table, course: of, predictor, horizons: HORIZONS, scope: 'outlook' });
    }),
    regression: beside((table, of) => new Regression(table, of, POOLED)),
    'cold start': beside((table, of) => new ColdStart(table, of, POOLED)),
  };
  const learner = bytesOf(newLearner);
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  return {
    ...parts,
    'last forecasts, accuracy': learner - sum,
    'learner in all': learner,
    'network, where it is enabled': bytesOf((table) => new Neural(table, { seasons: SEASONS })),
  };
}

function bytesOf(make: (table: Table) => unknown): number {
  const table = new Table();
  const before = table.bytesPerRow;
  make(table);
  return table.bytesPerRow - before;
}

function timeTable(
  times: Readonly<Record<string, Spread>>,
  operator: ReturnType<typeof operatorTimes>,
): string {
  const { days, forecast, all } = operator;
  const rows = Object.entries(times).map(([name, spread]) => [name, showSpread(spread)]);
  const young = `at ${days} days of age`;
  rows.push([`forecast operator with its network asleep, ${young}`, showSpread(forecast)]);
  rows.push([`all operators, ${young}`, showSpread(all)]);
  return textTable(
    ['end of a bucket', 'µs of processor a SKU-location: median (least … most)'],
    rows,
  );
}

function bytesTable(bytes: Readonly<Record<string, number>>): string {
  const rows = Object.entries(bytes).map(([name, count]) => [name, show(count)]);
  return textTable(['state', 'bytes a SKU-location'], rows);
}
