// The charts' numbers as a table, for screen readers and for exact reading.
import { useSignal } from '@preact/signals';
import type { SkuView } from '../protocol.js';
import { bucketName, quantity } from './format.js';

export function SkuTable({ view }: { readonly view: SkuView }) {
  const open = useSignal(false);
  return (
    <details
      class="numbers"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>
        Numbers of the chart, in {view.bucket}s of {view.timeZone}
      </summary>
      {open.value && <Numbers view={view} />}
    </details>
  );
}

function Numbers({ view }: { readonly view: SkuView }) {
  return (
    <table>
      <thead>
        <tr>
          <th>{view.bucket === 'day' ? 'Day' : 'Hour'}</th>
          <th class="numeric">Demand</th>
          <th class="numeric">Forecast</th>
          <th class="numeric">80 % interval</th>
          <th class="numeric">95 % interval</th>
          <th class="numeric">On hand at end</th>
        </tr>
      </thead>
      <tbody>
        {view.forecast.toReversed().map((bucket) => (
          <tr key={bucket.startMs} class="to-come">
            <th scope="row">{bucketName(bucket.startMs, view)}</th>
            <td class="numeric">to come</td>
            <td class="numeric">{quantity(bucket.mean)}</td>
            <td class="numeric">{interval(bucket.lower80, bucket.upper80)}</td>
            <td class="numeric">{interval(bucket.lower95, bucket.upper95)}</td>
            <td class="numeric">{quantity(null)}</td>
          </tr>
        ))}
        {view.history.toReversed().map((bucket) => (
          <tr key={bucket.startMs}>
            <th scope="row">{bucketName(bucket.startMs, view)}</th>
            <td class="numeric">{quantity(bucket.units)}</td>
            <td class="numeric">{quantity(bucket.forecast)}</td>
            <td class="numeric">{interval(bucket.lower80, bucket.upper80)}</td>
            <td class="numeric">{quantity(null)}</td>
            <td class="numeric">{quantity(bucket.onHandAtEnd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function interval(lower: number | null, upper: number | null): string {
  return lower === null || upper === null
    ? quantity(null)
    : `${quantity(lower)}–${quantity(upper)}`;
}
