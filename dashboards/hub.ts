// The WebSocket hub: every screen gets the newest state, serialised once for all of them.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { readClientMessage } from './client-message.js';
import { defaultHubLimits, type HubLimits, type HubStats } from './hub-limits.js';
import type { ScreenLog, ScreenModel, ServerMessage } from './protocol.js';
import { type Frame, frame, ScreenClient } from './screen-client.js';

export interface HubOptions {
  readonly model: ScreenModel;
  readonly log: ScreenLog;
  readonly limits?: Partial<HubLimits> | undefined;
}

export class Hub {
  readonly #model: ScreenModel;
  readonly #log: ScreenLog;
  readonly #limits: HubLimits;
  readonly #server: WebSocketServer;
  readonly #clients = new Set<ScreenClient>();
  #stateTimer: NodeJS.Timeout | null = null;
  #pingTimer: NodeJS.Timeout | null = null;
  #feedTimer: NodeJS.Timeout | null = null;
  #feedFlushedAtMs = 0;
  #atRiskPulledAtMs = 0;
  #atRisk: Frame | null = null;
  #refusedClients = 0;
  #droppedFrames = 0;
  #resyncs = 0;

  constructor(options: HubOptions) {
    this.#model = options.model;
    this.#log = options.log;
    this.#limits = { ...defaultHubLimits, ...options.limits };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.#limits.maxMessageBytes,
    });
  }

  stats(): HubStats {
    return {
      clients: this.#clients.size,
      refusedClients: this.#refusedClients,
      droppedFrames: this.#droppedFrames,
      resyncs: this.#resyncs,
    };
  }

  /** Takes over an upgrade request that was found allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#connected(opened));
  }

  /** The engine says that the feed has grown. Cheap; may be called per batch. */
  feedChanged(): void {
    if (this.#clients.size === 0 || this.#feedTimer !== null) return;
    const waitMs = this.#feedFlushedAtMs + this.#limits.feedEveryMs - Date.now();
    this.#feedTimer = setTimeout(
      () => {
        this.#feedTimer = null;
        this.#guarded('feed', () => this.#flushFeed());
      },
      Math.max(0, waitMs),
    );
  }

  async close(): Promise<void> {
    this.#stopTimers();
    for (const client of this.#clients) client.close(1001, 'the server is going away');
    // A screen that does not answer the close must not hold the shutdown up.
    const deadline = Date.now() + 500;
    while (this.#clients.size > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const client of this.#clients) client.terminate();
    this.#clients.clear();
    this.#server.close();
  }

  #connected(socket: WebSocket): void {
    socket.on('error', (error) =>
      this.#log.warn({ reason: error.message }, 'screen: socket error'),
    );
    if (this.#clients.size >= this.#limits.maxClients) {
      this.#refusedClients += 1;
      socket.close(1013, `already ${this.#limits.maxClients} screens, the limit`);
      return;
    }
    const client = new ScreenClient(socket, this.#limits.maxBufferedBytes);
    this.#clients.add(client);
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('message', (data, isBinary) => this.#received(client, data, isBinary));
    socket.on('close', () => {
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#stopTimers();
    });
    this.#startTimers();
    this.#guarded('connect', () => this.#sendEverything(client));
  }

  #received(client: ScreenClient, data: RawData, isBinary: boolean): void {
    if (!client.mayAsk(Date.now(), this.#limits.maxMessagesPerSecond)) {
      client.close(1008, `more than ${this.#limits.maxMessagesPerSecond} messages a second`);
      return;
    }
    if (isBinary) {
      client.close(1003, 'binary messages are not understood');
      return;
    }
    const read = readClientMessage(data.toString());
    if (!read.ok) {
      client.close(1008, `message refused: ${read.reason}`);
      return;
    }
    client.skuSent = null;
    client.watched = read.message.kind === 'watch-sku' ? read.message : null;
    this.#guarded('sku', () => this.#sendSku(client, new Map()));
  }

  #startTimers(): void {
    this.#stateTimer ??= setInterval(
      () => this.#guarded('state', () => this.#tick()),
      this.#limits.overviewEveryMs,
    );
    this.#pingTimer ??= setInterval(() => {
      for (const client of this.#clients) client.checkAlive();
    }, this.#limits.pingEveryMs);
  }

  #stopTimers(): void {
    if (this.#stateTimer !== null) clearInterval(this.#stateTimer);
    if (this.#pingTimer !== null) clearInterval(this.#pingTimer);
    if (this.#feedTimer !== null) clearTimeout(this.#feedTimer);
    this.#stateTimer = null;
    this.#pingTimer = null;
    this.#feedTimer = null;
  }

  #tick(): void {
    const overview = this.#overview();
    this.#refreshAtRisk();
    const views = new Map<string, Frame>();
    for (const client of this.#clients) {
      if (client.congested) {
        this.#droppedFrames += 1;
        continue;
      }
      client.send(overview);
      this.#sendAtRisk(client);
      this.#sendSku(client, views);
    }
    // Also what was held back while a screen was congested.
    this.#flushFeed();
  }

  #overview(): Frame {
    return message({ kind: 'overview', overview: this.#model.overview() });
  }

  /** A new frame only when the rows changed, so that a frame's identity is its version. */
  #refreshAtRisk(): void {
    // Half a tick of tolerance: timers fire a little early or late.
    const dueMs = this.#atRiskPulledAtMs + this.#limits.atRiskEveryMs;
    if (this.#atRisk !== null && Date.now() < dueMs - this.#limits.overviewEveryMs / 2) return;
    this.#atRiskPulledAtMs = Date.now();
    const rows = this.#model.atRisk(this.#limits.atRiskRows);
    const next = message({ kind: 'at-risk', rows });
    if (next.text !== this.#atRisk?.text) this.#atRisk = next;
  }

  #sendAtRisk(client: ScreenClient): void {
    if (this.#atRisk === null || client.atRiskSent === this.#atRisk) return;
    client.send(this.#atRisk);
    client.atRiskSent = this.#atRisk;
  }

  /** `views`: frames made in this round, so that one SKU on many screens is serialised once. */
  #sendSku(client: ScreenClient, views: Map<string, Frame>): void {
    if (client.watched === null || client.congested) return;
    const { sku, location } = client.watched;
    const key = JSON.stringify([sku, location]);
    let view = views.get(key);
    if (view === undefined) {
      view = message({ kind: 'sku', sku, location, view: this.#model.sku(sku, location) });
      views.set(key, view);
    }
    if (client.skuSent === view.text) return;
    client.send(view);
    client.skuSent = view.text;
  }

  /** Each screen gets what it is owed; screens at the same place share one frame. */
  #flushFeed(): void {
    this.#feedFlushedAtMs = Date.now();
    const owed = new Map<number, { frame: Frame; last: number } | 'nothing' | 'gap'>();
    for (const client of this.#clients) {
      if (client.congested) continue;
      let next = owed.get(client.feedSent);
      if (next === undefined) {
        next = this.#feedAfter(client.feedSent);
        owed.set(client.feedSent, next);
      }
      if (next === 'nothing') continue;
      if (next === 'gap') {
        this.#resyncs += 1;
        this.#sendEverything(client);
        continue;
      }
      client.send(next.frame);
      client.feedSent = next.last;
    }
  }

  #feedAfter(after: number): { frame: Frame; last: number } | 'nothing' | 'gap' {
    const items = this.#model.feed(after, this.#limits.feedItems);
    const first = items[0];
    const last = items.at(-1);
    if (first === undefined || last === undefined) return 'nothing';
    if (first.number !== after + 1) return 'gap';
    return { frame: message({ kind: 'feed', reset: false, items }), last: last.number };
  }

  /** The whole state: on connect, and when a screen fell too far behind in the feed. */
  #sendEverything(client: ScreenClient): void {
    client.send(this.#overview());
    this.#refreshAtRisk();
    client.atRiskSent = null;
    this.#sendAtRisk(client);
    const items = this.#model.feed(0, this.#limits.feedItems);
    client.send(message({ kind: 'feed', reset: true, items }));
    client.feedSent = items.at(-1)?.number ?? 0;
    client.skuSent = null;
    this.#sendSku(client, new Map());
  }

  /** A fault in a view of the state must not end the engine: it is logged, the next round tries. */
  #guarded(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error({ err: error, what }, 'screen hub: could not send the state');
    }
  }
}

function message(value: ServerMessage): Frame {
  return frame(value);
}
