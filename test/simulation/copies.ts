// Watches for batches that are in a table twice: FINAL hides them, but they cost, and need no excuse.

/** How old a server must be for its tokens to be trusted: uptime() is in whole seconds. */
const YOUNG_MS = 4_000;

export interface Block {
  /** Number of the engine that wrote it. */
  readonly engine: number;
  readonly table: string;
  readonly text: string;
}

/**
 * Within one engine's run the token of a batch stays the same, so that a try whose answer got lost leaves
 * one copy. Excuses are a server that was started since, or said itself that it failed: then the
 * token may be known without its rows, and the batch gets another one. An engine that finds batches
 * in its spool is not watched: it sends them, and then the same rows once more from the replay.
 */
export class Copies {
  readonly problems: string[] = [];
  readonly #triedAtMs = new Map<string, number>();
  readonly #landed = new Set<string>();
  readonly #excusesMs: number[] = [];
  readonly #heirs = new Set<number>();

  excuse(atMs: number): void {
    this.#excusesMs.push(atMs);
  }

  inherits(engine: number): void {
    this.#heirs.add(engine);
  }

  tried(block: Block, atMs: number): void {
    const name = nameOf(block);
    if (!this.#triedAtMs.has(name)) this.#triedAtMs.set(name, atMs);
  }

  landed(block: Block, rows: number): void {
    const name = nameOf(block);
    const sinceMs = (this.#triedAtMs.get(name) ?? 0) - YOUNG_MS;
    const isExcused = this.#excusesMs.some((atMs) => atMs >= sinceMs);
    if (this.#landed.has(name) && !isExcused && !this.#heirs.has(block.engine)) {
      this.problems.push(`${block.table}: the same ${rows} rows are there twice without FINAL`);
    }
    this.#landed.add(name);
  }
}

function nameOf({ engine, table, text }: Block): string {
  return `${engine} ${table} ${text}`;
}
