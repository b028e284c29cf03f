// The scene of a torture run: a nats-server, an engine's process with its data, a shop that sends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../../config/settings.js';
import type { OutgoingEvent } from '../../connectors/nats/event-publisher.js';
import { Load } from '../engine/e2e/load.js';
import { Streams } from '../engine/e2e/stream.js';
import { startTestNats, type TestNats } from '../servers/nats.js';
import { Dice } from '../simulation/dice.js';
import { EngineLife } from './engine-life.js';
import { messages, type Sent } from './mishaps.js';
import { Shop, TOWNS } from './shop.js';

export interface SceneOptions {
  readonly seed: number;
  /** Messages a second, in the mean; the shop has busy and quiet times. */
  readonly rate: number;
  /** nats.duplicateWindow. Default: the setting's own. */
  readonly window?: string | undefined;
  readonly skus?: number;
  readonly happeningsADay?: number;
}

const CHUNKS_A_SECOND = 40;
/** The shop slows down when so many seconds of its events wait: a busy machine may be that far. */
const BACKLOG_S = 15;
/** Chunks of one length of time with the same rate: half a second. */
const PHASE = 20;

export class Scene {
  readonly life: EngineLife;
  /** What each message was sent as, by its id. */
  readonly sent = new Map<string, Sent>();
  /** Events in all that was sent; a line that is none counts, since it is refused. */
  events = 0;
  #load: Load | null = null;
  #isClosed = false;
  #restarting: Promise<void> = Promise.resolve();

  private constructor(
    readonly options: SceneOptions,
    readonly dir: string,
    readonly nats: TestNats,
    readonly streams: Streams,
    readonly settings: Settings,
    text: string,
  ) {
    this.life = new EngineLife({ dir, dataDir: this.dataDir, settings: text });
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const dir = await mkdtemp(join(tmpdir(), 'stockpulse-torture-'));
    let nats: TestNats | null = null;
    try {
      nats = await startTestNats();
      const streams = await Streams.connect(nats.url);
      const text = settingsText(join(dir, 'data'), nats.url, options);
      const settings = loadSettings({ file: 'torture.yaml', env: {}, readFile: () => text });
      return new Scene(options, dir, nats, streams, settings, text);
    } catch (error) {
      await nats?.stop();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get dataDir(): string {
    return join(this.dir, 'data');
  }

  /** The shop opens, and goes on until `endLoad`. */
  beginLoad(): void {
    const { seed, rate, skus = 120, happeningsADay = 700 } = this.options;
    const dice = new Dice(seed);
    const shop = new Shop(dice, { skus, happeningsADay });
    const sent = messages(shop.events(), dice);
    let chunks = 0;
    const chunk = (): number => {
      if (this.events - this.life.decided > rate * BACKLOG_S) return 1;
      const busy = dice.at('rate', Math.floor(chunks++ / PHASE));
      return Math.max(1, Math.round((rate / CHUNKS_A_SECOND) * (0.4 + 1.2 * busy)));
    };
    this.#load = new Load(this.streams, { messages: this.#noted(sent), chunk });
  }

  /** Resolves when all that was sent is acknowledged. */
  async endLoad(): Promise<void> {
    await this.#load?.stop();
  }

  /** After it was killed. */
  async restartNats(): Promise<void> {
    if (this.#isClosed) throw new Error('the scene is closed');
    this.#restarting = this.nats.restart();
    await this.#restarting;
  }

  /** Nothing is left of it, whatever it is in the middle of. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const stopped = this.#load?.stop().catch(() => undefined);
    await this.life.close();
    await this.streams.close();
    await stopped;
    await this.#restarting.catch(() => undefined);
    await this.nats.stop();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10 });
  }

  *#noted(all: Iterable<Sent>): Generator<OutgoingEvent> {
    for (const message of all) {
      this.sent.set(message.id, message);
      this.events += message.lines.length;
      const json = message.lines.map(({ text }) => text).join('\n');
      yield { id: message.id, kind: message.kind, json };
    }
  }
}

function settingsText(dataDir: string, url: string, { window }: SceneOptions): string {
  const settings = {
    data: { dir: dataDir },
    nats: { url, ...(window === undefined ? {} : { duplicateWindow: window }) },
    http: { port: 0 },
    log: { level: 'info', pretty: 'never' },
    clickhouse: { batchWait: '500ms' },
    snapshot: { interval: '1s' },
    // The broker's batches are small, so that a kill falls between many of them.
    batch: { max: 100 },
    // The snapshot of each second is not to be of bookings alone.
    ledger: { journal: 20_000 },
    locations: Object.fromEntries(
      Object.entries(TOWNS).map(([town, timeZone]) => [town, { timeZone }]),
    ),
  };
  // JSON is YAML.
  return JSON.stringify(settings, null, 1);
}
