// Rolling windows: demand of the last 5 minutes, hour, day, week and four weeks per row.
import type { Column } from '../stream/columns.js';
import type { Table } from '../stream/table.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A window is made of panes; its sum is exact to the width of one pane. */
export const WINDOWS = [
  { name: '5m', paneMs: 30 * SECOND, panes: 10 },
  { name: '1h', paneMs: 5 * MINUTE, panes: 12 },
  { name: '24h', paneMs: HOUR, panes: 24 },
  { name: '7d', paneMs: 6 * HOUR, panes: 28 },
  { name: '28d', paneMs: DAY, panes: 28 },
] as const;

export type WindowName = (typeof WINDOWS)[number]['name'];

/** Panes of one window for all rows: a ring a row, pane p at place p mod panes. */
class PaneRing {
  private readonly units: Column<Float32Array>;
  /** Newest pane that the row has. */
  private readonly newest: Column<Float64Array>;

  constructor(
    table: Table,
    private readonly window: (typeof WINDOWS)[number],
  ) {
    const columns = table.columns(`window-${window.name}`);
    this.units = columns.float32('units', window.panes);
    this.newest = columns.float64('newest', 1, Number.NEGATIVE_INFINITY);
  }

  add(row: number, timeMs: number, units: number): void {
    const { paneMs, panes } = this.window;
    const pane = Math.floor(timeMs / paneMs);
    const newest = this.newest.values[row] as number;
    const ring = this.units.values;
    const base = row * panes;
    if (pane > newest) {
      const cleared = Math.min(panes, pane - newest);
      for (let p = pane - cleared + 1; p <= pane; p++) ring[base + place(p, panes)] = 0;
      this.newest.values[row] = pane;
    } else if (pane <= newest - panes) return;
    const at = base + place(pane, panes);
    ring[at] = Math.max(0, (ring[at] as number) + units);
  }

  sum(row: number, nowMs: number): number {
    const { paneMs, panes } = this.window;
    const newest = this.newest.values[row] as number;
    const now = Math.floor(nowMs / paneMs);
    let sum = 0;
    for (let p = Math.max(now - panes, newest - panes) + 1; p <= Math.min(now, newest); p++) {
      sum += this.units.values[row * panes + place(p, panes)] as number;
    }
    return sum;
  }
}

export class Windows {
  private readonly rings: readonly PaneRing[];

  constructor(table: Table) {
    this.rings = WINDOWS.map((window) => new PaneRing(table, window));
  }

  /** Adds demand at its own time; negative takes demand back out, a pane never below zero. */
  add(row: number, timeMs: number, units: number): void {
    for (const ring of this.rings) ring.add(row, timeMs, units);
  }

  /** Demand of the window that ends at `nowMs`, in units. */
  sum(row: number, window: WindowName, nowMs: number): number {
    const ring = this.rings[WINDOWS.findIndex((w) => w.name === window)] as PaneRing;
    return ring.sum(row, nowMs);
  }
}

function place(pane: number, panes: number): number {
  return ((pane % panes) + panes) % panes;
}
