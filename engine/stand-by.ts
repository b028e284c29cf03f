// What is shown while another engine writes: the page without figures, and /readyz saying why.
import type { Settings } from '../config/settings.js';
import type { Meters } from '../connectors/prometheus.js';
import type { Screen, ScreenServer } from '../dashboards/server.js';
import { createCore } from './core.js';
import type { Logger } from './log.js';
import { BucketRing } from './screens/bucket-ring.js';
import { Feed } from './screens/feed.js';
import { EngineScreens } from './screens/model.js';
import { Traffic } from './traffic.js';

export class StandBy {
  #holder = '';
  #opening: Promise<ScreenServer | null> | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly serve: (screen: Screen) => Promise<ScreenServer>,
    private readonly meters: Pick<Meters, 'lease' | 'metricsText'>,
    private readonly log: Logger,
  ) {}

  /** May be called again and again: the page opens at the first, the log tells of each holder. */
  begin(holder: string): void {
    this.#opening ??= this.#open();
    if (holder === this.#holder) return;
    this.#holder = holder;
    this.log.info({ holder }, 'standing by: another engine writes');
  }

  /** Closes the page, so that the engine can open its own. */
  async end(): Promise<void> {
    await (await this.#opening)?.close();
  }

  async #open(): Promise<ScreenServer | null> {
    // Not the engine's: what is shown keeps columns in it, which would then be saved.
    const core = createCore(this.settings);
    this.meters.lease(null);
    const parts = () => [{ name: 'lease', state: 'down' as const, detail: this.#detail() }];
    const model = new EngineScreens({
      core,
      traffic: new Traffic(Date.now),
      feed: new Feed(core, 1),
      buckets: new BucketRing(core.table),
      provenance: '',
      parts,
    });
    try {
      const server = await this.serve({ model, parts, metrics: () => this.meters.metricsText() });
      this.log.info({ url: server.url }, 'the page of the stand-by is up');
      return server;
    } catch (error) {
      // The engine will say so again, and end for it, when its turn comes.
      this.log.error({ err: error }, 'the page of the stand-by cannot be opened');
      return null;
    }
  }

  #detail(): string {
    return `standing by: ${this.#holder} writes; this engine takes over when that one is gone`;
  }
}
