// Types of nats-server.mjs, for the command line and the tests.

export interface NatsServerFound {
  readonly kind: 'url' | 'binary' | 'docker';
  /** What to add to the environment: STOCKPULSE_NATS_SERVER, or nothing where it was set. */
  readonly env: Readonly<Record<string, string>>;
  /** What was found and how, in words. */
  readonly detail: string;
}

/** Why a way led nowhere; empty where there is nothing to say. */
export interface NoWay {
  readonly no: string;
}

export interface WayOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

type Way = (options: WayOptions) => NatsServerFound | NoWay | Promise<NatsServerFound | NoWay>;

/**
 * Finds a nats-server, or fetches one: STOCKPULSE_NATS_URL, STOCKPULSE_NATS_SERVER, PATH, Docker,
 * Debian's package, the official release. Throws an Error with the three ways out if none works.
 */
export function ensureNatsServer(
  options?: Partial<WayOptions> & { readonly ways?: readonly Way[] },
): Promise<NatsServerFound>;

export const WAYS: readonly Way[];

export function onPath(options: {
  readonly env: NodeJS.ProcessEnv;
  /** Searched after PATH; those of Debian's package unless given. */
  readonly extraFolders?: readonly string[];
}): NatsServerFound | NoWay;

export function throughDocker(
  options: Omit<WayOptions, 'root'> & { readonly askLimitMs?: number },
): Promise<NatsServerFound | NoWay>;

export function throughApt(options: Omit<WayOptions, 'root'>): Promise<NatsServerFound | NoWay>;
