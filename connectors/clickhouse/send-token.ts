// Which deduplication token a try carries: the batch's own, unless the server died since.
import type { ClickHouseClient } from '@clickhouse/client';
import type { FrozenBatch } from './batch.js';

/** uptime() is in whole seconds. */
const MARGIN_MS = 2_000;

/**
 * ClickHouse notes the token of a batch before it makes the batch's part visible (seen in 26.7 by
 * watching its files, and in its sources). When it dies in between, the token is known and the
 * rows are not there: tried again with that token they would be dropped, and lost. So a batch
 * that was tried before the server's last start gets a new token. Then there may be two copies
 * until ClickHouse merges them; under FINAL there is one either way.
 */
export class SendToken {
  readonly #client: ClickHouseClient;
  readonly #run: string;
  #last: { readonly batch: string; token: string; triedAtMs: number } | null = null;
  /** The first batch of a spool may have been tried by the process before, nobody knows when. */
  #inherited: boolean;
  #renewals = 0;

  constructor(
    client: ClickHouseClient,
    options: {
      readonly inherited: boolean;
      /** Names this run of the process: the first renewal of the run before is not ours. */
      readonly run: string;
    },
  ) {
    this.#client = client;
    this.#run = options.run;
    this.#inherited = options.inherited;
  }

  async of(batch: FrozenBatch): Promise<string> {
    const known = this.#last?.batch === batch.token ? this.#last : null;
    const last = known ?? {
      batch: batch.token,
      token: batch.token,
      triedAtMs: this.#inherited ? 0 : Date.now(),
    };
    this.#last = last;
    if (known === null && !this.#inherited) return last.token;
    const startedAtMs = Date.now() - 1000 * (await this.#uptimeSeconds());
    this.#inherited = false;
    if (startedAtMs + MARGIN_MS > last.triedAtMs) this.renew();
    return last.token;
  }

  /** Also when the server itself says that it failed, perhaps after it noted the token. */
  renew(): void {
    if (this.#last === null) return;
    this.#renewals += 1;
    this.#last.token = `${this.#last.batch}-${this.#run}-${this.#renewals}`;
    this.#last.triedAtMs = Date.now();
  }

  async #uptimeSeconds(): Promise<number> {
    const query = 'SELECT uptime() AS seconds';
    const result = await this.#client.query({ query, format: 'JSONEachRow' });
    const [row] = await result.json<{ seconds: number }>();
    return Number(row?.seconds ?? 0);
  }
}
