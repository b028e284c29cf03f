// Claims about the pictures of a backtest: they are whole, whatever the numbers and names are.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axesOf, niceStep } from '../../../../engine/backtest/plots/axes.js';
import { coveragePlot } from '../../../../engine/backtest/plots/coverage-plot.js';
import { fanPlot } from '../../../../engine/backtest/plots/fan-plot.js';
import { element, line, text } from '../../../../engine/backtest/plots/svg.js';
import { FIRST_DAY, sampleRecording } from '../sample-recording.js';

describe('SVG', () => {
  it('escapes what a series may be called', () => {
    expect(text('<b> & "c"\u0007', { x: 1 })).toBe(
      '<text x="1">&lt;b&gt; &amp; &quot;c&quot; </text>',
    );
    expect(element('rect', { fill: '"/><script>' })).not.toContain('<script>');
  });

  it('breaks a line where a point is missing', () => {
    const points = [0, 1, Number.NaN, 3, 4].map((y, x): [number, number] => [x, y]);
    expect(line(points, {})).toContain('d="M0 0L1 1M3 3L4 4"');
    expect(line([], {})).toBe('');
  });
});

describe('axes', () => {
  it.each([
    [0.3, 0.5],
    [1, 1],
    [1.1, 2],
    [4.2, 5],
    [70, 100],
    [0, 1],
  ])('step by 1, 2 or 5 times a power of ten: at least %d is %d', (rough, step) => {
    expect(niceStep(rough)).toBeCloseTo(step, 12);
  });

  it('keep all values inside the area, with a handful of labels', () => {
    const anyTop = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(anyTop, fc.integer({ min: 1, max: 5000 }), (most, buckets) => {
        const area = { left: 10, top: 20, width: 100, height: 50 };
        const [from, to] = [FIRST_DAY, FIRST_DAY + buckets];
        const label = String;
        const axes = axesOf({ area, bucket: 'day', from, to, least: 0, most, label });
        expect(axes.y(most)).toBeCloseTo(20, 6);
        expect(axes.y(0)).toBeCloseTo(70, 6);
        expect([axes.x(from), axes.x(to)]).toEqual([10, 110]);
        expect(axes.parts.length).toBeGreaterThan(4);
        expect(axes.parts.length).toBeLessThan(60);
      }),
    );
  });
});

describe('a fan', () => {
  const units = [4, 0, 0, Number.NaN, 7, 2, 5, 1, 0, 3];
  const recording = sampleRecording([{ units }]);
  const fan = {
    ...({ row: 0, pattern: 'lumpy', contender: 'ensemble', origin: FIRST_DAY + 8 } as const),
    points: [2, 2.5],
    bands: [9, 5, 3].map((high) => [1, 2].map((h) => ({ low: 0, high: high * h }))),
  };

  it('shows the past, what came, what was expected and each level', () => {
    const svg = fanPlot(fan, recording);
    expect(svg.match(/<polygon/g)).toHaveLength(3);
    // A bucket that is not known has no dot.
    expect(svg.match(/<circle/g)).toHaveLength(9);
    for (const name of ['s0', 'what came', 'expected', '95 %', '80 %', '50 %', '2026-01-13']) {
      expect(svg).toContain(name);
    }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('stands without levels where there are none', () => {
    const svg = fanPlot({ ...fan, bands: [[], [], []] }, recording);
    expect(svg).not.toContain('<polygon');
    expect(svg).not.toContain('95 %');
  });
});

describe('coverage over time', () => {
  const stretch = { from: FIRST_DAY, to: FIRST_DAY + 7, forecasts: 3 };
  const coverage = { 50: 0.5, 80: 0.81, 95: 0.94, 99: 1 };

  it('shows each level beside what it promised', () => {
    const stretches = [0, 7, 14].map((days) => ({
      ...{ ...stretch, from: stretch.from + days, to: stretch.to + days, coverage },
    }));
    const svg = coveragePlot({ contender: 'ensemble', bucket: 'day', stretches });
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(4);
    expect(svg.match(/<circle/g)).toHaveLength(12);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('is no picture where nothing was scored', () => {
    expect(coveragePlot({ contender: 'x', bucket: 'day', stretches: [] })).toBe('');
  });
});
