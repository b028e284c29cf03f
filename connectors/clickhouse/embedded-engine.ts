// ClickHouse's engine inside this process, and the part of the chdb package that we use.
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface EngineResult {
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly elapsed: number;
  bytes(): Uint8Array;
}

export interface EngineInsert {
  readonly table: string;
  readonly columns?: readonly string[];
  readonly format: string;
  readonly values: Uint8Array;
}

export interface EngineSession {
  queryAsync(sql: string, options: { format: string }): Promise<EngineResult>;
  queryStream(
    sql: string,
    options: { format: string },
  ): AsyncIterable<{ readonly numRows: number; raw(): Uint8Array }>;
  insert(insert: EngineInsert): Promise<{ rowsWritten: number; bytesWritten: number }>;
  /** Lets go of the connection, once what still runs on it has ended. */
  close(): void;
}

interface EnginePackage {
  readonly Session: new (
    path: string,
    options: { connectionArgs: readonly string[] },
  ) => EngineSession;
  drainPending(): Promise<void>;
}

export interface Engine {
  readonly version: string;
  /** A connection of its own: what one request sets is not seen by another. Costs under 1 ms. */
  connect(): EngineSession;
  close(): Promise<void>;
}

/** Opens the data folder. The engine locks it: one process at a time. */
export async function openEngine(options: {
  readonly chdb: string;
  readonly dir: string;
  readonly memoryBytes: number;
}): Promise<Engine> {
  const require = createRequire(join(options.chdb, 'package.json'));
  const loaded: EnginePackage = require(options.chdb);
  const connectionArgs = [
    `--max_server_memory_usage=${options.memoryBytes}`,
    // Half of the memory for one query; the caches take what they need from the same limit.
    `--max_memory_usage=${Math.floor(options.memoryBytes / 2)}`,
    `--mark_cache_size=${Math.floor(options.memoryBytes / 8)}`,
  ];
  const connect = (): EngineSession => new loaded.Session(options.dir, { connectionArgs });
  // The engine lives as long as one connection does: this one.
  const root = connect();
  const answer = await root.queryAsync('SELECT version()', { format: 'TabSeparated' });
  return {
    version: Buffer.from(answer.bytes()).toString('utf8').trim(),
    connect,
    close: async () => {
      await loaded.drainPending();
      root.close();
    },
  };
}
