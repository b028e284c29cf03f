// The row's own profile: when in a bucket its demand comes, drawn to that of all rows of its zone.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';

/** Parts of a bucket that are told apart: three hours of a day. */
const PARTS = 8;
/** Order lines that the zone's profile weighs as beside the row's own. */
const ZONE_LINES = 20;
/** Lines of a part at which all of the row's counts are halved, so that old ones fade. */
const MOST_LINES = 255;

/**
 * Share of a bucket's demand that has usually come by now:
 *   (20 zone + lines of the row up to now) / (20 + lines of the row).
 * A row with few lines goes by its zone, one with hundreds by itself. 8 bytes a row.
 */
export class RowProfile {
  private readonly lines: Column<Uint8Array>;

  constructor(table: Table) {
    this.lines = table.columns('row-profile').uint8('lines', PARTS);
  }

  /** An order line came when `elapsed` (0-1) of the bucket had passed. */
  learn(row: number, elapsed: number): void {
    const { values } = this.lines;
    const at = row * PARTS + Math.min(PARTS - 1, Math.max(0, Math.floor(elapsed * PARTS)));
    if (values[at] === MOST_LINES) this.halve(row);
    values[at] = (values[at] as number) + 1;
  }

  /** @param zone share by the zone's profile, 0-1 */
  shareBy(row: number, elapsed: number, zone: number): number {
    const { values } = this.lines;
    const at = elapsed * PARTS;
    let before = ZONE_LINES * zone;
    let total = ZONE_LINES;
    for (let part = 0; part < PARTS; part++) {
      const lines = values[row * PARTS + part] as number;
      total += lines;
      before += lines * Math.min(1, Math.max(0, at - part));
    }
    return before / total;
  }

  private halve(row: number): void {
    const { values } = this.lines;
    for (let at = row * PARTS; at < (row + 1) * PARTS; at++) {
      values[at] = (values[at] as number) >> 1;
    }
  }
}
