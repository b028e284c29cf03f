// The broker: connection, streams, source of events and publisher of results, from the settings.
import type { NatsConnection } from 'nats';
import { type Settings, SettingsError } from '../config/settings.js';
import { connectNats } from '../connectors/nats/connect.js';
import { Lease, type LeaseLostError } from '../connectors/nats/lease.js';
import type { PositionGap } from '../connectors/nats/position-gap.js';
import { ResultPublisher } from '../connectors/nats/publisher.js';
import { NatsSource } from '../connectors/nats/source.js';
import { ensureStreams } from '../connectors/nats/streams.js';
import type { Position } from '../connectors/source.js';
import type { PartStatus } from '../dashboards/protocol.js';
import { AlreadyStored } from './already-stored.js';
import type { Logger } from './log.js';
import { leaseOptions, natsOptions, streamPlans } from './nats-options.js';

const NO_URL =
  'nats.url is not set: name the server in the settings or in STOCKPULSE_NATS_URL, or try ' +
  '`stockpulse demo`, which starts one';

export interface BrokerOptions {
  readonly settings: Settings;
  readonly log: Logger;
  readonly signal?: AbortSignal | undefined;
  readonly ownsFolder?: boolean | undefined;
  /** Another engine publishes to these streams, and this one waits; called again and again. */
  readonly onStandBy: (holder: string) => void;
}

export class Broker {
  readonly source: NatsSource;
  readonly publisher: ResultPublisher;
  /** For what is not decided by events: one publisher's messages must follow each other. */
  readonly notices: ResultPublisher;
  /** Hears of positions that the stream dropped before they were read. */
  onGap: ((gap: PositionGap) => void) | null = null;
  /** Hears once that another engine publishes from now on, and that this one no longer can. */
  onLost: ((error: LeaseLostError) => void) | null = null;
  /** That it was lost, also before anybody listened. */
  lost: LeaseLostError | null = null;
  #down: string | null = null;
  #trouble: string | null = null;
  #isClosing = false;
  readonly #patienceMs: number;

  /**
   * Over a connection to a server whose streams are there; `open` makes both. Without a lease
   * nothing keeps a second engine from publishing too.
   */
  constructor(
    readonly connection: NatsConnection,
    private readonly settings: Settings,
    private readonly log: Logger,
    readonly lease: Lease | null = null,
    /** For how long the streams of results know an id again. */
    private readonly duplicateWindowMs = settings.nats.duplicateWindow,
  ) {
    this.source = new NatsSource(connection, {
      stream: settings.nats.streams.events,
      onTrouble: (reason) => {
        this.#trouble = reason;
        if (reason === null) log.warn('events come again');
        else log.warn({ reason }, 'no events can be read at the moment');
      },
      stopAtGap: settings.recovery.onGap === 'stop',
      onGap: (gap) => this.onGap?.(gap),
    });
    const fenced = lease === null ? {} : fencedBy(lease);
    this.#patienceMs = Math.min(PATIENCE_MS, duplicateWindowMs / 2);
    const common = { ...fenced, giveUpAfterMs: this.#patienceMs };
    const { maxInFlight } = settings.nats;
    this.publisher = new ResultPublisher(connection, { ...common, inFlight: maxInFlight });
    this.notices = new ResultPublisher(connection, { ...common, ...NOTICES });
    if (lease !== null) lease.onLost = (error) => void this.#lose(error);
    lease?.keep();
  }

  /**
   * Connects, makes sure that the streams are there, and waits while another engine publishes to
   * them; an abort of `signal` ends that.
   * @throws Error that says what to do
   */
  static async open(given: BrokerOptions): Promise<Broker> {
    const { settings, log, signal, onStandBy, ownsFolder = false } = given;
    const { url } = settings.nats;
    if (url === null) throw new SettingsError([NO_URL]);
    let broker: Broker | null = null;
    const connection = await connectNats({
      ...natsOptions(settings.nats, url),
      signal,
      onStatus: (status) => {
        const reason = status.state === 'down' ? status.reason : null;
        // What ends because we end it is no news.
        if (broker !== null) {
          if (broker.#isClosing) return;
          broker.#down = reason;
        }
        if (status.state === 'up') log.info({ server: status.server }, 'NATS is connected');
        else log.warn({ reason }, 'NATS connection lost');
      },
    });
    try {
      const ensured = await ensureStreams(connection, streamPlans(settings.nats));
      const { created, warnings } = ensured;
      if (created.length > 0) log.info({ streams: created }, 'streams made');
      for (const warning of warnings) log.warn(warning);
      const options = await leaseOptions(settings, ownsFolder);
      const waiting = { onWait: onStandBy, ...(signal === undefined ? {} : { signal }) };
      const lease = await Lease.acquire(connection, options, waiting);
      log.info(
        { fence: lease.fence, holder: options.holder },
        'this engine is the one that writes',
      );
      const { signals, refused } = settings.nats.streams;
      const windows = [signals, refused].map((name) => ensured.duplicateWindowMs.get(name) ?? 0);
      broker = new Broker(connection, settings, log, lease, Math.min(...windows));
      return broker;
    } catch (error) {
      // A connection that stays open keeps a process alive that has failed.
      await connection.close();
      throw error;
    }
  }

  /** Results that are out although the events behind `after` are decided again; null: none. */
  async alreadyStored(after: Position | null, signal?: AbortSignal): Promise<AlreadyStored | null> {
    const { events, signals, refused } = this.settings.nats.streams;
    const results = [signals, refused];
    const { duplicateWindowMs } = this;
    const patienceMs = this.#patienceMs;
    const run = { events, after, results, duplicateWindowMs, patienceMs };
    const given = signal === undefined ? run : { ...run, signal };
    const stored = await AlreadyStored.read(this.connection, given);
    if (stored !== null && stored.ids > 0) {
      this.log.info(
        { after: after ?? 0, results: stored.ids },
        'results that are out are read back; they are not published again',
      );
    }
    return stored;
  }

  status(): PartStatus {
    const reason = this.#down ?? this.#trouble;
    if (reason !== null) return { name: 'nats', state: 'down', detail: reason };
    return { name: 'nats', state: 'up', detail: this.connection.getServer() };
  }

  /** Whether this engine may write; null without a lease. */
  leaseStatus(): PartStatus | null {
    if (this.lease === null) return null;
    const { state, fence } = this.lease;
    const detail = {
      held: `this engine writes, fence ${fence}`,
      expired: 'not renewed in time: nothing is published until it is',
      lost: 'another engine writes',
    }[state];
    return { name: 'lease', state: state === 'held' ? 'up' : 'down', detail };
  }

  /** Gives the lease back only when nothing more can be published. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.source.close();
    await this.publisher.close();
    await this.notices.close();
    // A lease that cannot be given back runs out.
    await this.lease?.release().catch(() => undefined);
    await this.connection.close();
  }

  async #lose(error: LeaseLostError): Promise<void> {
    this.lost = error;
    // First of all: what fails for closed publishers fails for this.
    this.onLost?.(error);
    await this.publisher.close(error);
    await this.notices.close(error);
  }
}

/** A result that cannot be delivered for so long ends the engine. */
const PATIENCE_MS = 300_000;
const NOTICES = { name: 'nats-notices', inFlight: 16 };

/** Readers can tell an engine that was replaced by the older number on what it still sends. */
function fencedBy(lease: Lease) {
  return {
    headers: { 'Stockpulse-Fence': String(lease.fence) },
    mayWrite: () => lease.state === 'held',
  };
}
