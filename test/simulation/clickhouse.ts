// A ClickHouse in memory: tables, tokens of blocks it has seen, and what goes wrong at an insert.
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import { type Block, Copies } from './copies.js';
import type { Process, World } from './process.js';

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** `ORDER BY` and version column of the tables, as in config/clickhouse. */
const KEYS: Readonly<
  Record<string, { readonly key: readonly string[]; readonly version?: string }>
> = {
  events: { key: ['position', 'entry'] },
  positions: { key: ['sku', 'location', 'position'] },
  buckets: { key: ['sku', 'location', 'bucket', 'start'], version: 'position' },
  signals: { key: ['sku', 'location', 'kind', 'id'], version: 'version' },
  alerts: { key: ['sku', 'location', 'kind', 'time', 'id', 'state'] },
};
/** `non_replicated_deduplication_window`. */
const TOKENS_KEPT = 1_000;

interface Insert extends Block {
  readonly token: string;
  readonly rows: readonly Row[];
}

export class SimulatedClickHouse {
  readonly copies = new Copies();
  readonly #tables = new Map<string, Row[]>();
  readonly #tokens = new Map<string, string[]>();
  #startedAtMs: number;
  #downUntilMs = Number.NEGATIVE_INFINITY;
  /** Counts its starts: what was under way before is gone. */
  #epoch = 0;

  constructor(private readonly world: World) {
    this.#startedAtMs = world.scheduler.nowMs - 3_600_000;
  }

  /** The client of one engine, by its number, in a process. */
  for(process: Process, engine: number): ClickHouseClient {
    const client = {
      exec: (params: ExecParams) => this.#exec(process, engine, params),
      query: () => this.#uptime(process),
      close: () => Promise.resolve(),
    };
    return client as unknown as ClickHouseClient;
  }

  /** Rows with `FINAL`: of those of one key the newest version, the last of equals. */
  final(table: string): Row[] {
    const { key, version } = KEYS[table] as (typeof KEYS)[string];
    const standing = new Map<string, Row>();
    for (const row of this.#tables.get(table) ?? []) {
      const name = JSON.stringify(key.map((column) => row[column]));
      const other = standing.get(name);
      const isNewer =
        other === undefined ||
        version === undefined ||
        (row[version] as number) >= (other[version] as number);
      if (isNewer) standing.set(name, row);
    }
    return [...standing.values()];
  }

  async #exec(process: Process, engine: number, params: ExecParams): Promise<{ stream: Readable }> {
    const bytes = Buffer.concat((await params.values.toArray()) as Buffer[]);
    const insert = parse(params, bytes.toString('utf8'), engine);
    this.copies.tried(insert, this.world.scheduler.nowMs);
    await new Promise<void>((done, failed) => {
      const { abort_signal: signal } = params;
      const onAbort = (): void => failed(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const told: Told = {
        done: () => {
          signal.removeEventListener('abort', onAbort);
          done();
        },
        failed: (error) => {
          signal.removeEventListener('abort', onAbort);
          failed(error);
        },
      };
      const what = `insert ${insert.rows.length} into ${insert.table}`;
      process.do(what, () => this.#underWay(process, insert, told));
    });
    return { stream: Readable.from([]) };
  }

  #uptime(process: Process): Promise<{ json: () => Promise<object[]> }> {
    return new Promise((done, failed) => {
      process.do('ask for the uptime', () => {
        const { faults, scheduler } = this.world;
        process.answer(faults.dice.next('clickhouse/ms') * 10, () => {
          if (!this.#isUp) return failed(new Error('simulated: ECONNREFUSED'));
          const seconds = Math.floor((scheduler.nowMs - this.#startedAtMs) / 1_000);
          done({ json: () => Promise.resolve([{ seconds }]) });
        });
      });
    });
  }

  get #isUp(): boolean {
    return this.world.faults.isQuiet || this.world.scheduler.nowMs >= this.#downUntilMs;
  }

  /** The server works on it whether or not the process lives to hear of it. */
  #underWay(process: Process, insert: Insert, tell: Told): void {
    const { faults, scheduler } = this.world;
    const { dice } = faults;
    const slowMs = faults.strikes('clickhouse.slow')
      ? dice.between('clickhouse/slow', 50, 20_000)
      : 0;
    const epoch = this.#epoch;
    const fail = (error: Error): void => process.answer(1, () => tell.failed(error));
    scheduler.after(slowMs + dice.next('clickhouse/ms') * 20, () => {
      if (epoch !== this.#epoch) return fail(new Error('simulated: ECONNRESET'));
      if (!this.#isUp || faults.strikes('clickhouse.away')) {
        if (this.#isUp) this.#goAway();
        return fail(new Error('simulated: ECONNREFUSED'));
      }
      if (faults.strikes('clickhouse.dies')) return fail(this.#die(insert));
      if (faults.strikes('clickhouse.error')) {
        if (dice.is('clickhouse/token-noted', 0.5)) this.#note(insert);
        this.copies.excuse(scheduler.nowMs);
        return fail(new ClickHouseError({ message: 'simulated', code: '241', type: 'MEMORY' }));
      }
      if (faults.strikes('clickhouse.lose-answer')) {
        const laterMs = dice.is('clickhouse/later', 0.5) ? dice.next('clickhouse/ms') * 5_000 : 0;
        scheduler.after(laterMs, () => {
          if (epoch === this.#epoch) this.#put(insert);
        });
        return fail(new Error('simulated: ECONNRESET'));
      }
      this.#put(insert);
      process.answer(dice.next('clickhouse/ms') * 5, tell.done);
    });
  }

  #goAway(): void {
    const { faults, scheduler } = this.world;
    this.#downUntilMs = scheduler.nowMs + faults.dice.between('clickhouse/away', 100, 20_000);
  }

  /** A server that dies may have the rows, or nothing, or the token noted and no rows. */
  #die(insert: Insert): Error {
    const { faults, scheduler } = this.world;
    const where = faults.dice.between('clickhouse/dies', 0, 2);
    if (where === 1) this.#note(insert);
    if (where === 2) this.#put(insert);
    this.#epoch += 1;
    this.#goAway();
    this.#startedAtMs = Math.max(this.#downUntilMs, scheduler.nowMs);
    this.copies.excuse(this.#startedAtMs);
    return new Error('simulated: socket hang up');
  }

  #put(insert: Insert): void {
    const isNew = this.#note(insert);
    const size = `${insert.rows.length} rows of ${insert.table}`;
    this.world.trace(`  ClickHouse ${isNew ? 'takes' : 'has seen the token of'} ${size}`);
    if (!isNew) return;
    this.copies.landed(insert, insert.rows.length);
    const rows = this.#tables.get(insert.table) ?? [];
    rows.push(...insert.rows);
    this.#tables.set(insert.table, rows);
  }

  /** False: a block of this token was seen before. */
  #note({ table, token }: Insert): boolean {
    const tokens = this.#tokens.get(table) ?? [];
    if (tokens.includes(token)) return false;
    tokens.push(token);
    this.#tokens.set(table, tokens.slice(-TOKENS_KEPT));
    return true;
  }
}

interface ExecParams {
  readonly query: string;
  readonly values: Readable;
  readonly abort_signal: AbortSignal;
  readonly clickhouse_settings: Readonly<Record<string, unknown>>;
}

interface Told {
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

function parse({ query, clickhouse_settings }: ExecParams, text: string, engine: number): Insert {
  const [, table, list] = /^INSERT INTO `?(\w+)`? \((.*)\) FORMAT JSONCompactEachRow$/.exec(
    query,
  ) as unknown as [string, string, string];
  const columns = list.split(', ').map((name) => name.replaceAll('`', ''));
  const token = String(clickhouse_settings.insert_deduplication_token);
  return { engine, table, text, token, rows: rowsOf(columns, text) };
}

/** Lines of JSONCompactEachRow as rows. */
export function rowsOf(columns: readonly string[], text: string): Row[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const cells = JSON.parse(line) as Cell[];
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? null]));
  });
}
