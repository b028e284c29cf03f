// Types of nats-server.mjs, for the command line.

export interface NatsServerFound {
  readonly kind: 'url' | 'binary' | 'docker';
  /** What to add to the environment: STOCKPULSE_NATS_SERVER, or nothing where it was set. */
  readonly env: Readonly<Record<string, string>>;
  /** What was found and how, in words. */
  readonly detail: string;
}

/**
 * Finds a nats-server, or fetches one: STOCKPULSE_NATS_URL, STOCKPULSE_NATS_SERVER, PATH, Docker,
 * Debian's package, the official release. Throws an Error with the three ways out if none works.
 */
export function ensureNatsServer(options?: {
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly say?: (line: string) => void;
}): Promise<NatsServerFound>;
