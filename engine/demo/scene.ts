// Sets the demo's scene: recorded orders, warehouse and carts on one timeline.
import { Carts } from './carts.js';
import {
  DEMO_END_MS,
  DEMO_LOCATION,
  DEMO_START_MS,
  type DemoFiles,
  demandOf,
  demoFiles,
  demoRecording,
  readCatalog,
  readEvents,
  WARMUP_START_MS,
} from './data.js';
import { Timeline } from './timeline.js';
import { Warehouse } from './warehouse.js';

export interface SceneOptions {
  /** Same seed, same signals at the same stream times: same events to the byte. */
  readonly seed: string;
  readonly files?: DemoFiles;
  /** Carts around orders of the demo proper; the warm-up has none. */
  readonly carts?: boolean;
}

export interface Scene {
  readonly timeline: Timeline;
  readonly warehouse: Warehouse;
  readonly skus: number;
}

export async function demoScene(options: SceneOptions): Promise<Scene> {
  const files = options.files ?? demoFiles();
  const { seed } = options;
  const location = DEMO_LOCATION;
  const catalog = await readCatalog(files.catalog);
  const demand = await demandOf(readEvents(files.warmup, files.autumn), {
    fromMs: WARMUP_START_MS,
    demoStartMs: DEMO_START_MS,
    toMs: DEMO_END_MS,
  });
  const warehouse = new Warehouse({ seed, location, catalog, demand });
  const skus = catalog.map(({ sku }) => sku);
  const timeline = new Timeline({
    recorded: demoRecording(files, catalog),
    warehouse,
    carts:
      options.carts === false ? null : new Carts({ seed, location, skus, fromMs: DEMO_START_MS }),
    startMs: WARMUP_START_MS,
  });
  return { timeline, warehouse, skus: skus.length };
}
