// Made-up demand for simulations: order lines at noon.
import {
  DAY_MS,
  type RecordedDemand,
  type Series,
} from '../../../engine/simulate/recorded-demand.js';

export const START_MS = Date.UTC(2026, 0, 5);

/** Series a, b, … of which day d asks for `units[s][d]`. */
export function dailyDemand(units: readonly (readonly number[])[]): RecordedDemand {
  const days = Math.max(...units.map((of) => of.length));
  const lines: { s: number; timeMs: number; units: number }[] = [];
  for (let d = 0; d < days; d++) {
    units.forEach((of, s) => {
      const some = of[d] ?? 0;
      if (some > 0) lines.push({ s, timeMs: START_MS + (d + 0.5) * DAY_MS, units: some });
    });
  }
  return {
    bucket: 'day',
    series: units.map((of, s) =>
      seriesOf(
        s,
        of.findIndex((some) => some > 0),
      ),
    ),
    ...{ fromMs: START_MS, toMs: START_MS + days * DAY_MS },
    lines: {
      series: Int32Array.from(lines, ({ s }) => s),
      timeMs: Float64Array.from(lines, ({ timeMs }) => timeMs),
      units: Float64Array.from(lines, (line) => line.units),
    },
  };
}

function seriesOf(s: number, firstDay: number): Series {
  return {
    ...{ sku: String.fromCharCode(97 + s), location: 'shop', category: null, price: Number.NaN },
    firstMs: START_MS + Math.max(0, firstDay) * DAY_MS,
  };
}
