// The broker: connection, streams, source of events and publisher of results, from the settings.
import type { NatsConnection } from 'nats';
import { type Settings, SettingsError } from '../config/settings.js';
import { connectNats } from '../connectors/nats/connect.js';
import type { PositionGap } from '../connectors/nats/position-gap.js';
import { ResultPublisher } from '../connectors/nats/publisher.js';
import { NatsSource } from '../connectors/nats/source.js';
import { ensureStreams } from '../connectors/nats/streams.js';
import type { PartStatus } from '../dashboards/protocol.js';
import type { Logger } from './log.js';
import { natsOptions, streamPlans } from './nats-options.js';

const NO_URL =
  'nats.url is not set: name the server in the settings or in STOCKPULSE_NATS_URL, or try ' +
  '`stockpulse demo`, which starts one';

export class Broker {
  readonly source: NatsSource;
  readonly publisher: ResultPublisher;
  /** For what is not decided by events: one publisher's messages must follow each other. */
  readonly notices: ResultPublisher;
  /** Hears of positions that the stream dropped before they were read. */
  onGap: ((gap: PositionGap) => void) | null = null;
  #down: string | null = null;
  #trouble: string | null = null;
  #isClosing = false;

  /** Over a connection to a server whose streams are there; `open` makes both. */
  constructor(
    readonly connection: NatsConnection,
    settings: Settings,
    log: Logger,
  ) {
    this.source = new NatsSource(connection, {
      stream: settings.nats.streams.events,
      onTrouble: (reason) => {
        this.#trouble = reason;
        if (reason === null) log.info('events come again');
        else log.warn({ reason }, 'no events can be read at the moment');
      },
      stopAtGap: settings.recovery.onGap === 'stop',
      onGap: (gap) => this.onGap?.(gap),
    });
    this.publisher = new ResultPublisher(connection, { inFlight: settings.nats.maxInFlight });
    this.notices = new ResultPublisher(connection, { name: 'nats-notices', inFlight: 16 });
  }

  /**
   * Connects and makes sure that the streams are there; an abort of `signal` ends the tries.
   * @throws Error that says what to do
   */
  static async open(settings: Settings, log: Logger, signal?: AbortSignal): Promise<Broker> {
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
      const { created, warnings } = await ensureStreams(connection, streamPlans(settings.nats));
      if (created.length > 0) log.info({ streams: created }, 'streams made');
      for (const warning of warnings) log.warn(warning);
      broker = new Broker(connection, settings, log);
      return broker;
    } catch (error) {
      // A connection that stays open keeps a process alive that has failed.
      await connection.close();
      throw error;
    }
  }

  status(): PartStatus {
    const reason = this.#down ?? this.#trouble;
    if (reason !== null) return { name: 'nats', state: 'down', detail: reason };
    return { name: 'nats', state: 'up', detail: this.connection.getServer() };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.source.close();
    await this.publisher.close();
    await this.notices.close();
    await this.connection.close();
  }
}
