// Snapshots: how long `core.save` holds the engine, how large the state is, how long loading takes.
import { loadSettings } from '../../config/settings.js';
import { type Core, createCore } from '../../engine/core.js';
import { Batch } from '../../operators/stream/batch.js';
import { type Spread, show, showSpread, textTable, timeInTurn } from './figures.js';
import { deliveries, inBatches, orders, preparationJson } from './messages.js';
import type { Report } from './report.js';

const SIZES = [10_000, 100_000];
const ROUNDS = 5;
const BATCH = 4_096;
const LIMIT_MS = 10_000;

export function benchSnapshot(): Report {
  const measured = SIZES.map(measure);
  const rows = measured.map((m) => [
    String(m.rows),
    show(m.bytes / 1024 ** 2),
    show(m.bytes / m.rows),
    showSpread(m.saveMs),
    showSpread(m.loadMs),
  ]);
  const head = ['SKU-locations', 'MiB', 'bytes each', 'pause of save, ms', 'load, ms'];
  return {
    title: `Snapshots: median (least … most) of ${ROUNDS}; an open order each SKU-location`,
    text: [textTable(head, rows)],
    figures: { measured },
  };
}

function measure(skus: number) {
  const settings = loadSettings({ env: {} });
  const core = filled(createCore(settings), skus);
  const bytes = core.save();
  const { save, load } = timeInTurn(
    { save: () => void core.save(), load: () => createCore(settings).load(bytes) },
    { rounds: ROUNDS, limitMs: LIMIT_MS },
  );
  return {
    rows: core.table.rows,
    bytes: bytes.byteLength,
    saveMs: inMs(save),
    loadMs: inMs(load),
  };
}

/** Catalog and count of each SKU, then an order each, all within two hours. */
function filled(core: Core, skus: number): Core {
  const numbers = Array.from({ length: skus }, (_, sku) => sku);
  apply(core, preparationJson(numbers));
  apply(core, orders(skus, skus, 7_200_000 / skus));
  return core;
}

function apply(core: Core, events: readonly string[]): void {
  for (const batch of inBatches(events, BATCH)) {
    const columns = new Batch();
    core.decoder.decode(deliveries(batch), columns);
    core.chain.run(columns);
    core.outbox.take();
  }
}

function inMs(seconds: Spread): Spread {
  const { median, min, max } = seconds;
  return { median: median * 1000, min: min * 1000, max: max * 1000 };
}
