// The metrics' names, labels and units, as Prometheus' text format shows them.
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createMeters, type Meters, type MetersOptions } from '../../connectors/prometheus.js';
import { CountingHistogram } from '../../connectors/prometheus-histogram.js';

const open: Meters[] = [];

function meters(options: Partial<MetersOptions> = {}): Meters {
  const made = createMeters({ version: '1.2.3', ...options });
  open.push(made);
  return made;
}

afterEach(() => {
  for (const made of open.splice(0)) made.close();
});

/** Samples by name and labels, exactly as written. */
async function samples(from: Meters): Promise<Map<string, number>> {
  const lines = (await from.metricsText()).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(' ');
      return [line.slice(0, cut), Number(line.slice(cut + 1))];
    }),
  );
}

describe('metrics', () => {
  it('count events, refusals, signals, alerts and rows under their names', async () => {
    const m = meters();
    m.events('order.placed', 12);
    m.events('order.placed');
    m.refused('bad-json', 2);
    m.late('order.shipped');
    m.duplicates(3);
    m.signals('reorder', 4);
    m.alerts('stockout', 'raised', 2);
    m.alerts('stockout', 'cleared');
    m.sinkRows('clickhouse.events', 50_000);
    m.sinkFailures('clickhouse.events');
    m.queueRows('spool', 7);
    m.limitReached('cart.max');
    const read = await samples(m);
    expect(read.get('stockpulse_events_total{kind="order.placed"}')).toBe(13);
    expect(read.get('stockpulse_refused_total{reason="bad-json"}')).toBe(2);
    expect(read.get('stockpulse_late_total{kind="order.shipped"}')).toBe(1);
    expect(read.get('stockpulse_duplicates_total')).toBe(3);
    expect(read.get('stockpulse_signals_total{kind="reorder"}')).toBe(4);
    expect(read.get('stockpulse_alerts_total{kind="stockout",state="raised"}')).toBe(2);
    expect(read.get('stockpulse_alerts_total{kind="stockout",state="cleared"}')).toBe(1);
    expect(read.get('stockpulse_sink_rows_total{sink="clickhouse.events"}')).toBe(50_000);
    expect(read.get('stockpulse_sink_failures_total{sink="clickhouse.events"}')).toBe(1);
    expect(read.get('stockpulse_queue_rows{queue="spool"}')).toBe(7);
    expect(read.get('stockpulse_limit_reached_total{limit="cart.max"}')).toBe(1);
    const node = process.versions.node;
    expect(read.get(`stockpulse_build_info{version="1.2.3",node="${node}"}`)).toBe(1);
  });

  it('are in seconds where the engine counts milliseconds', async () => {
    const m = meters({ nowMs: () => 1_700_000_012_500 });
    m.watermark(1_700_000_000_000);
    m.lag(5, 0.25);
    m.snapshotSaved({ savedAtMs: 1_700_000_000_000, durationMs: 250 });
    const read = await samples(m);
    expect(read.get('stockpulse_watermark_seconds')).toBe(1_700_000_000);
    expect(read.get('stockpulse_lag_events')).toBe(5);
    expect(read.get('stockpulse_lag_seconds')).toBe(0.25);
    expect(read.get('stockpulse_snapshot_age_seconds')).toBe(12.5);
    expect(read.get('stockpulse_snapshot_duration_seconds')).toBe(0.25);
  });

  it('that are unknown are absent, not zero', async () => {
    const m = meters();
    const names = ['forecast_wape', 'fill_rate', 'lag_events', 'snapshot_age_seconds'];
    const before = await samples(m);
    for (const name of names) expect(before.has(`stockpulse_${name}`), name).toBe(false);
    m.wape(0.31);
    m.fillRate(0);
    m.coverage(0.8, 0.79);
    m.coverageRecent(0.8, 0.81);
    const known = await samples(m);
    expect(known.get('stockpulse_forecast_wape')).toBe(0.31);
    expect(known.get('stockpulse_fill_rate')).toBe(0);
    expect(known.get('stockpulse_forecast_coverage{level="0.8"}')).toBe(0.79);
    expect(known.get('stockpulse_forecast_coverage_recent{level="0.8"}')).toBe(0.81);
    m.wape(null);
    m.fillRate(Number.NaN);
    m.coverage(0.8, null);
    m.coverageRecent(0.8, null);
    const after = await samples(m);
    expect(after.has('stockpulse_forecast_wape')).toBe(false);
    expect(after.has('stockpulse_fill_rate')).toBe(false);
    expect(after.has('stockpulse_forecast_coverage{level="0.8"}')).toBe(false);
    expect(after.has('stockpulse_forecast_coverage_recent{level="0.8"}')).toBe(false);
  });

  it('never have more label values than the limit', async () => {
    const m = meters({ maxLabelValues: 3 });
    for (let i = 0; i < 100; i++) m.refused(`reason-${i}`);
    const refused = [...(await samples(m))].filter(([name]) =>
      name.startsWith('stockpulse_refused_total'),
    );
    expect(refused).toHaveLength(4);
    expect(new Map(refused).get('stockpulse_refused_total{reason="other"}')).toBe(97);
  });

  it('have a name, a help and a type each, by the conventions', async () => {
    const m = meters();
    m.latency(1);
    const text = await m.metricsText();
    expect(m.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    const types = [...text.matchAll(/^# TYPE (stockpulse_\S+) (\S+)$/gm)];
    expect(types.length).toBeGreaterThanOrEqual(22);
    for (const [, name, type] of types) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
      expect(name!.endsWith('_total'), name).toBe(type === 'counter');
    }
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('show the delay of the event loop since the scrape before', async () => {
    const m = meters();
    const name = 'stockpulse_event_loop_delay_seconds{quantile="1"}';
    // The sampler compares its ticks after a scrape, so the blockages come between scrapes.
    const blocking = setInterval(() => {
      const until = performance.now() + 60;
      while (performance.now() < until);
    }, 100);
    const read = async (): Promise<number> => (await samples(m)).get(name)!;
    await expect.poll(read, { timeout: 20_000, interval: 400 }).toBeGreaterThan(0.02);
    clearInterval(blocking);
  });

  it('of two engines in one process do not mix', async () => {
    const [a, b] = [meters(), meters()];
    a.events('order.placed', 5);
    expect((await samples(b)).has('stockpulse_events_total{kind="order.placed"}')).toBe(false);
  });
});

describe('the counting histogram', () => {
  const buckets = [0.001, 0.01, 0.1, 1];

  it('counts a value on a bound into that bound, and one above all into +Inf', async () => {
    const registry = new Registry();
    const histogram = new CountingHistogram({ name: 'x', help: 'x', buckets, registry });
    histogram.add(0.01);
    histogram.add(2, 3);
    const text = await registry.metrics();
    expect(text).toContain('x_bucket{le="0.001"} 0\nx_bucket{le="0.01"} 1\n');
    expect(text).toContain('x_bucket{le="1"} 1\nx_bucket{le="+Inf"} 4\nx_sum 6.01\nx_count 4');
  });

  it("is the library's own histogram, value for value", async () => {
    const values = fc.array(
      fc.oneof(fc.constantFrom(...buckets), fc.double({ min: -1, max: 10, noNaN: true })),
    );
    await fc.assert(
      fc.asyncProperty(values, async (observed) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const mine = new CountingHistogram({ name: 'x', help: 'x', buckets, registry: ours });
        const other = new Histogram({ name: 'x', help: 'x', buckets, registers: [theirs] });
        mine.observeAll(observed, observed.length, 1);
        for (const value of observed) other.observe(value);
        expect(await ours.metrics()).toBe(await theirs.metrics());
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out what is not a number', async () => {
    const registry = new Registry();
    const histogram = new CountingHistogram({ name: 'x', help: 'x', buckets, registry });
    histogram.observeAll([Number.NaN, Number.POSITIVE_INFINITY, 500], 3, 0.001);
    expect(await registry.metrics()).toContain('x_sum 0.5\nx_count 1');
  });
});
