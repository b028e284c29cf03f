// The limits of the WebSocket hub, and what it counts for the metrics.

export interface HubLimits {
  readonly maxClients: number;
  readonly maxMessageBytes: number;
  readonly maxMessagesPerSecond: number;
  /** Above this many unsent bytes a screen gets nothing more until they are sent. */
  readonly maxBufferedBytes: number;
  /** Time between two overviews, and between two views of the watched SKU. */
  readonly overviewEveryMs: number;
  readonly atRiskEveryMs: number;
  /** Feed items go out at once, but two messages of them are at least this far apart. */
  readonly feedEveryMs: number;
  readonly pingEveryMs: number;
  readonly atRiskRows: number;
  /** Feed items in one message; a screen that is further behind starts afresh. */
  readonly feedItems: number;
}

export const defaultHubLimits: HubLimits = {
  maxClients: 64,
  maxMessageBytes: 2048,
  maxMessagesPerSecond: 20,
  maxBufferedBytes: 262_144,
  overviewEveryMs: 500,
  atRiskEveryMs: 1000,
  feedEveryMs: 100,
  pingEveryMs: 15_000,
  atRiskRows: 60,
  feedItems: 200,
};

/** For the metrics: how the screens fare. */
export interface HubStats {
  readonly clients: number;
  readonly refusedClients: number;
  /** Overviews not sent because a screen had not taken the ones before. */
  readonly droppedFrames: number;
  /** Times that a screen was too far behind in the feed and started afresh. */
  readonly resyncs: number;
}
