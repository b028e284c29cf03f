// Rolling windows of demand, driven through the whole core.
import { describe, expect, it } from 'vitest';
import { coreWith, rowOf, runEvents } from '../../oracle/drive.js';
import { placed } from '../events/samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const small = { 'ledger.journal': 4096, 'time.disorder': 0, 'time.allowedLateness': '1h' };

describe('rolling windows', () => {
  it('hold the demand of the last 5 minutes, hour, day, 7 and 28 days, to a pane', () => {
    const core = coreWith(small);
    const now = Date.parse('2011-09-29T12:00:00Z');
    const ages = [
      0,
      4 * MINUTE,
      50 * MINUTE,
      20 * HOUR,
      6 * 24 * HOUR,
      27 * 24 * HOUR,
      40 * 24 * HOUR,
    ];
    const orders = ages.map((age, n) => placed(`${n}`, { A: 10 ** n }, { time: now - age }));
    runEvents(core, orders.reverse());
    const sum = (name: '5m' | '1h' | '24h' | '7d' | '28d', at = now) =>
      core.demand.windows.sum(rowOf(core, 'A', 'x'), name, at);
    expect([sum('5m'), sum('1h'), sum('24h'), sum('7d'), sum('28d')]).toEqual([
      11, 111, 1111, 11111, 111111,
    ]);
    expect(sum('5m', now + 5 * MINUTE)).toBe(0);
    expect(sum('28d', now + 28 * 24 * HOUR)).toBe(0);
  });
});
