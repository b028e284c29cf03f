// What the engine tells the screens: the shapes behind the HTTP interface and the WebSocket.

export interface Overview {
  /** Greatest event time seen, ms since 1970; null before the first event. */
  readonly streamTimeMs: number | null;
  readonly eventsTotal: number;
  readonly eventsPerSecond: number;
  /** From stored by the broker to decided, over the last minute; null without events. */
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
  readonly lagEvents: number;
  readonly lagSeconds: number;
  readonly refusedTotal: number;
  readonly skuLocations: number;
  readonly openSignals: number;
  readonly signalsTotal: number;
  readonly openAlerts: number;
  readonly criticalAlerts: number;
  /** Share of recent demand that could be allocated from the shelf, 0-1; null without demand. */
  readonly fillRate: number | null;
  /** Of each level of the forecast intervals, rising: .5, .8, .95, .99. */
  readonly coverage: readonly LevelCoverage[];
  /** Sum of absolute errors over sum of demand, all SKUs; null at first. */
  readonly wape: number | null;
  readonly parts: readonly PartStatus[];
  /** What of the data is real and what simulated, in plain words; empty outside the demo. */
  readonly provenance: string;
}

/** Share of demand that came inside the interval of a level: 0-1, null at first. */
export interface LevelCoverage {
  readonly level: number;
  /** Since the first event. */
  readonly share: number | null;
  /** In the last 50 buckets or so. */
  readonly recent: number | null;
}

export interface PartStatus {
  readonly name: string;
  readonly state: 'up' | 'down' | 'degraded';
  readonly detail: string;
}

export interface PositionRow {
  readonly sku: string;
  readonly location: string;
  /** Setting `locations.<id>.name`, for people; the id where none is set. */
  readonly locationName: string;
  readonly name: string;
  readonly onHand: number;
  readonly allocated: number;
  readonly backordered: number;
  readonly available: number;
  readonly onOrder: number;
  readonly inTransit: number;
  readonly inventoryPosition: number;
  /** Null where nothing is planned for this SKU (no forecast yet, stock unknown, policy none). */
  readonly reorderPoint: number | null;
  readonly orderUpToLevel: number | null;
  readonly demandPerDay: number | null;
  readonly daysOfCover: number | null;
  readonly leadTimeDays: number;
  readonly openSignal: boolean;
  readonly alerts: readonly string[];
}

export interface SkuHistoryBucket {
  readonly startMs: number;
  readonly units: number;
  /** The forecast made before the bucket; null while cold. */
  readonly forecast: number | null;
  readonly lower80: number | null;
  readonly upper80: number | null;
  readonly onHandAtEnd: number;
}

export interface SkuForecastBucket {
  readonly startMs: number;
  readonly mean: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly lower95: number;
  readonly upper95: number;
}

/** A forecaster whose forecast counts, among others. */
export interface SkuExpert {
  readonly expert: string;
  /** For people. */
  readonly name: string;
  /** Share of its forecast in that of the next bucket, .005 to 1. */
  readonly weight: number;
}

export interface SkuView {
  readonly position: PositionRow;
  readonly bucket: 'hour' | 'day';
  /** IANA zone of the location: its days are the buckets' days. */
  readonly timeZone: string;
  /** Oldest first; the last one is the newest closed bucket. */
  readonly history: readonly SkuHistoryBucket[];
  /** The running bucket first. */
  readonly forecast: readonly SkuForecastBucket[];
  readonly windows: Readonly<Record<'5m' | '1h' | '24h' | '7d' | '28d', number>>;
  readonly carts: { readonly added: number; readonly removed: number; readonly abandoned: number };
  /** Those with most weight, heaviest first, three at most; empty while there is no forecast. */
  readonly experts: readonly SkuExpert[];
  readonly wape: number | null;
}

/** One line of the feed. `record` is the signal or alert as published on NATS. */
export interface FeedItem {
  /** Rises by one an item; lets a screen see a gap. */
  readonly number: number;
  readonly type: 'signal' | 'alert' | 'signal-closed';
  readonly timeMs: number;
  readonly sku: string;
  readonly location: string;
  readonly locationName: string;
  readonly name: string;
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  readonly detail: string;
  readonly record: unknown;
  /** Id of the signal that waits for approval. */
  readonly waiting?: string;
}

/** What a person decides on an open signal. */
export interface Decision {
  readonly signalId: string;
  readonly decision: 'approve' | 'reject';
  readonly by?: string;
}

/** Not taken: the signal is not open. */
export type DecisionAnswer =
  | { readonly taken: true; readonly eventId: string }
  | { readonly taken: false };

/** What the HTTP server and the WebSocket hub ask of the engine. Cheap: called several times/s. */
export interface ScreenModel {
  overview(): Overview;
  /** The SKU-locations most at risk of a stockout, worst first. */
  atRisk(limit: number): readonly PositionRow[];
  /** Null: no such SKU at that location. */
  sku(sku: string, location: string): SkuView | null;
  /** SKU-locations whose SKU or name contains `text`, at most `limit`. */
  search(text: string, limit: number): readonly PositionRow[];
  /** Items after number `after` (0: all that is kept), oldest first, at most `limit` newest. */
  feed(after: number, limit: number): readonly FeedItem[];
}

/** Server to screen, JSON, one object a WebSocket message. */
export type ServerMessage =
  | { readonly kind: 'overview'; readonly overview: Overview }
  | { readonly kind: 'at-risk'; readonly rows: readonly PositionRow[] }
  /** `reset`: these are all there are, forget those before (on connect, and after a gap). */
  | { readonly kind: 'feed'; readonly reset: boolean; readonly items: readonly FeedItem[] }
  /** Names what was asked for, so that a null view says which SKU is unknown. */
  | {
      readonly kind: 'sku';
      readonly sku: string;
      readonly location: string;
      readonly view: SkuView | null;
    };

/** Body of every HTTP answer that is not a 2xx. `error` is for programs, `message` for people. */
export interface ErrorBody {
  readonly error: string;
  readonly message: string;
}

/** What the server and the hub write to the log; a pino logger fits. */
export interface ScreenLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Screen to server. */
export type ClientMessage =
  | { readonly kind: 'watch-sku'; readonly sku: string; readonly location: string }
  | { readonly kind: 'unwatch-sku' };
