// A table of 64-bit fingerprints with a time each: open addressing, grows and forgets by itself.

export interface IdColumns {
  readonly high: Uint32Array<ArrayBuffer>;
  readonly low: Uint32Array<ArrayBuffer>;
  /** When the id was taken; NaN: a free place. */
  readonly takenAtMs: Float64Array<ArrayBuffer>;
}

const FIRST_CAPACITY = 64;
const MAX_LOAD = 0.7;

export class IdTable {
  size = 0;
  columns: IdColumns;
  /** Number of the save since which the columns are this table's own. */
  private owned = 0;

  /** The columns are taken as they are, and are changed. */
  constructor(columns: IdColumns = emptyColumns(FIRST_CAPACITY)) {
    this.columns = columns;
    for (const at of columns.takenAtMs) if (!Number.isNaN(at)) this.size++;
  }

  /** When the id was taken; NaN: never, or forgotten. */
  takenAtMs(high: number, low: number): number {
    return this.columns.takenAtMs[this.place(high, low)] as number;
  }

  /** False: there is no room for so many, and nothing has changed; `rebuild` makes some. */
  put(high: number, low: number, takenAtMs: number, maxIds = Number.POSITIVE_INFINITY): boolean {
    const place = this.place(high, low);
    const { columns } = this;
    if (Number.isNaN(columns.takenAtMs[place])) {
      if (this.size >= Math.min(maxIds, Math.floor(columns.high.length * MAX_LOAD))) return false;
      this.size++;
    }
    columns.high[place] = high;
    columns.low[place] = low;
    columns.takenAtMs[place] = takenAtMs;
    return true;
  }

  /** Columns that a save refers to are left to it: what changes from here on is a copy. */
  own(save: number): void {
    if (this.owned === save) return;
    const { high, low, takenAtMs } = this.columns;
    this.columns = { high: high.slice(), low: low.slice(), takenAtMs: takenAtMs.slice() };
    this.owned = save;
  }

  /**
   * Drops ids taken before `fromMs`; grows when most is still inside. Where more than `maxIds` are
   * left the older half goes too. @returns how many went although they were inside
   */
  rebuild(fromMs: number, maxIds: number): number {
    const { high, low, takenAtMs } = this.columns;
    let from = fromMs;
    let kept = takenAtMs.reduce((n, at) => (at >= from ? n + 1 : n), 0);
    const inside = kept;
    if (kept >= maxIds) {
      const times = takenAtMs.filter((at) => at >= from).sort();
      from = nextUp(times[times.length >> 1] as number);
      kept = takenAtMs.reduce((n, at) => (at >= from ? n + 1 : n), 0);
    }
    let capacity = FIRST_CAPACITY;
    while (kept > capacity * (MAX_LOAD / 2)) capacity *= 2;
    this.columns = emptyColumns(capacity);
    this.size = 0;
    for (let i = 0; i < takenAtMs.length; i++) {
      const at = takenAtMs[i] as number;
      if (at >= from) this.put(high[i] as number, low[i] as number, at);
    }
    return inside - kept;
  }

  /** Where the fingerprint stands, or the free place where it would. */
  private place(high: number, low: number): number {
    const { columns } = this;
    const mask = columns.takenAtMs.length - 1;
    let place = low & mask;
    while (!Number.isNaN(columns.takenAtMs[place] as number)) {
      if (columns.low[place] === low && columns.high[place] === high) return place;
      place = (place + 1) & mask;
    }
    return place;
  }
}

function emptyColumns(capacity: number): IdColumns {
  return {
    high: new Uint32Array(capacity),
    low: new Uint32Array(capacity),
    takenAtMs: new Float64Array(capacity).fill(Number.NaN),
  };
}

/** Just above a time in ms: times are kept in whole and fractional ms, a quarter is enough. */
function nextUp(ms: number): number {
  return ms + 0.25;
}
