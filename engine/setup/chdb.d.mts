// Types of chdb.mjs, for the command line and the embedded ClickHouse.

export const CHDB_VERSION: string;

export interface ChdbOptions {
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly say?: (line: string) => void;
  /** Ends an installation under way; nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The absolute path of the chdb package's folder, to be given on as STOCKPULSE_CHDB and loaded
 * with `createRequire(import.meta.url)(path)`. Installs it where it is missing (about 550 MB on
 * disk). Throws an Error that says what to do where there is none for this platform.
 */
export function ensureChdb(options?: ChdbOptions): Promise<string>;

/** The same without installing: null where it is not there. */
export function findChdb(options?: ChdbOptions): string | null;

/** Why chdb has no build for this machine; null where it has. */
export function whyNoChdb(): string | null;
