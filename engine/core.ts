// The core: all operators put together from the settings, with one state to save and load.
import type { Settings } from '../config/settings.js';
import { Alerts } from '../operators/anomaly/alerts.js';
import { StockAlerts } from '../operators/anomaly/stock-alerts.js';
import { SEASONS } from '../operators/demand/calendar.js';
import { ABC } from '../operators/demand/classes.js';
import { Demand } from '../operators/demand/demand.js';
import { Decoder } from '../operators/events/decode.js';
import { Forecast } from '../operators/forecast/forecast.js';
import { Models } from '../operators/forecast/neural/models.js';
import { Neural } from '../operators/forecast/neural/neural.js';
import { Ledger } from '../operators/ledger/ledger.js';
import { namesIn } from '../operators/replenish/approval.js';
import { Replenish, type ReplenishOptions } from '../operators/replenish/replenish.js';
import { serviceByClass } from '../operators/replenish/service-by-class.js';
import { Catalog } from '../operators/replenish/terms.js';
import { Clock } from '../operators/stream/clock.js';
import { Dedupe } from '../operators/stream/dedupe.js';
import { LastMessage } from '../operators/stream/last-message.js';
import { Chain } from '../operators/stream/operator.js';
import { Outbox } from '../operators/stream/outbox.js';
import { SetAside } from '../operators/stream/set-aside.js';
import {
  decodeState,
  encodeState,
  type Stateful,
  StateReader,
  StateWriter,
} from '../operators/stream/state.js';
import { Table } from '../operators/stream/table.js';
import { Touched } from '../operators/stream/touched.js';

/** Version of the state's layout: raised whenever a column or section changes its meaning. */
export const STATE_SCHEMA = 4;

export type Core = ReturnType<typeof createCore>;

export interface CoreLimits {
  /** Rows, lines or documents that the core works through between two yields. */
  readonly sliceRows?: number;
}

/** A core without any state. The same settings and events give the same results. */
export function createCore(settings: Settings, limits: CoreLimits = {}) {
  const table = new Table();
  const touched = new Touched();
  const outbox = new Outbox();
  const clock = new Clock({ disorderMs: settings.time.disorder, tickMs: settings.time.tick });
  const { window: windowMs, maxIds } = settings.dedupe;
  const dedupe = new Dedupe({ windowMs, maxIds });
  const ledger = new Ledger(table, touched, {
    decrementOn: settings.stock.decrementOn,
    journalBookings: settings.ledger.journal,
    keepClosedMs: settings.orders.keepClosed,
  });
  const demand = new Demand(table, touched, ledger, demandOptions(settings));
  const length = settings.demand.bucket;
  const neural = settings.neural.enabled ? new Neural(table, { seasons: SEASONS[length] }) : null;
  const catalog = new Catalog(
    table,
    { ...settings.replenish, serviceByClass: serviceByClass(settings.replenish.serviceByClass) },
    (row) => demand.statistics.classOf(row),
  );
  const facts = {
    category: (row: number) => catalog.of(row).category,
    name: (row: number) => catalog.of(row).name,
  };
  const forecast = new Forecast({ table, demand, outbox, facts }, { length, neural });
  const parts = { table, touched, ledger, demand, forecast, catalog, outbox };
  const replenish = new Replenish(parts, replenishOptions(settings));
  const alerts = new Alerts(table, outbox);
  const stockAlerts = new StockAlerts(
    { touched, ledger, demand, replenish, catalog, alerts },
    { clearMargin: settings.alerts.clearMargin, lateGraceMs: settings.alerts.lateGrace },
  );
  const models = neural === null ? [] : [new Models(neural)];
  const operators = [ledger, demand, ...models, forecast, replenish, stockAlerts];
  const setAside = new SetAside();
  const lastMessage = new LastMessage();
  const around = { clock, dedupe, outbox, setAside, lastMessage };
  const chain = new Chain({ ...around, operators, ...limits });
  const decoder = new Decoder(table, { maxAheadMs: settings.time.maxAhead });
  const stateful: readonly Stateful[] = [table, ...Object.values(around), ...operators];
  const sections = (): StateWriter => {
    if (chain.isBusy) throw new Error('the state can only be saved between two batches');
    return sectionsOf(stateful);
  };
  return {
    ...parts,
    ...around,
    replenish,
    alerts,
    stockAlerts,
    chain,
    decoder,
    /** Null: the settings do without. */
    neural,
    settings,
    /** The whole state as bytes. @throws Error within a batch, when it is half-changed */
    save: (): Uint8Array => encodeState(sections()),
    /** The whole state, section by section: for an encoder, before the next event. */
    sections: () => sections().sections,
    /** Takes a saved state; only into a new core. @throws RangeError when it does not fit. */
    load: (saved: Uint8Array | StateReader): void => {
      const reader = saved instanceof StateReader ? saved : decodeState(saved);
      for (const part of stateful) part.load(reader);
    },
  };
}

function demandOptions(settings: Settings) {
  return {
    buckets: {
      length: settings.demand.bucket,
      disorderMs: settings.time.disorder,
      allowedLatenessMs: settings.time.allowedLateness,
      maxGap: settings.demand.maxGap,
      timeZoneOf: zoneIn(settings),
    },
    carts: { abandonAfterMs: settings.cart.abandonAfter, maxCarts: settings.cart.max },
  };
}

function zoneIn({ locations, time }: Settings): (location: string) => string {
  return (location) => locations[location]?.timeZone ?? time.zone;
}

function replenishOptions(settings: Settings): ReplenishOptions {
  const { signals, replenish, suppliers, locations } = settings;
  const timeZoneOf = zoneIn(settings);
  const { approve, doubt, updateAbove, reduceAbove } = signals;
  const { auto, upToValue } = approve;
  const named = namesIn(approve.classes);
  const classes = ABC.every((name) => named?.has(name)) ? null : named;
  return {
    updateAbove,
    reduceAbove,
    approval: { auto, upToValue, suppliers: namesIn(approve.suppliers), classes },
    leadTimes: {
      leadTimes: replenish.leadTimes,
      calendars: { suppliers, locations, timeZoneOf },
    },
    doubt: { times: doubt.times, units: doubt.units, holdMs: doubt.hold },
  };
}

function sectionsOf(stateful: readonly Stateful[]): StateWriter {
  const writer = new StateWriter();
  for (const part of stateful) part.save(writer);
  return writer;
}
