// The legend of the charts, with the values of the bucket that is pointed at.
import type { SkuView } from '../protocol.js';
import type { ChartColumns } from './chart-data.js';
import { bucketName, quantity } from './format.js';

interface ReadoutProps {
  readonly view: SkuView;
  readonly columns: ChartColumns;
  /** Null: nothing is pointed at, so the last closed bucket is read out. */
  readonly index: number | null;
}

export function ChartReadout({ view, columns, index }: ReadoutProps) {
  const at = index ?? Math.max(0, columns.firstOpen - 1);
  const start = columns.start[at];
  const value = (column: readonly (number | null)[]) => quantity(column[at] ?? null);
  const closed = at < columns.firstOpen;
  return (
    <figcaption class="readout">
      <span class="readout-when">
        {start === undefined ? 'No closed bucket yet' : bucketName(start * 1000, view)}
        <span class="muted"> {when(at, columns.firstOpen, index)}</span>
      </span>
      {closed && (
        <span class="key units">
          Demand <b>{value(columns.units)}</b>
        </span>
      )}
      <span class="key forecast">
        Forecast <b>{value(columns.forecast)}</b>
      </span>
      <span class="key band">
        80 %{' '}
        <b>
          {value(columns.lower80)}–{value(columns.upper80)}
        </b>
      </span>
      {!closed && (
        <span class="key wide-band">
          95 %{' '}
          <b>
            {value(columns.lower95)}–{value(columns.upper95)}
          </b>
        </span>
      )}
      <span class={`key ${closed ? 'on-hand' : 'projected'}`}>
        {closed ? 'On hand' : 'If nothing arrives'}{' '}
        <b>{value(closed ? columns.onHand : columns.projected)}</b>
      </span>
    </figcaption>
  );
}

function when(at: number, firstOpen: number, index: number | null): string {
  if (at === firstOpen) return 'running';
  if (at > firstOpen) return 'to come';
  return index === null ? 'last closed' : 'closed';
}
