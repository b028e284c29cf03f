// The table of SKU-locations most at risk: sorted, searched, opened by click or Enter.
import { useSignal } from '@preact/signals';
import type { PositionRow } from '../protocol.js';
import { count } from './format.js';
import { Icon } from './icons.js';
import { useSearch } from './position-search.js';
import { PositionTable } from './position-table.js';
import { atRisk, overview } from './store.js';

export function AtRisk() {
  const text = useSignal('');
  const search = useSearch(text.value);
  const rows = search.kind === 'off' ? atRisk.value : search.rows;
  return (
    <section class="card at-risk" aria-labelledby="at-risk-title">
      <div class="card-head">
        <h2 id="at-risk-title">{search.kind === 'off' ? 'Most at risk' : 'Search'}</h2>
        <p class="card-note">{note(rows, search.kind !== 'off')}</p>
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">Search all SKUs by name or number</span>
          <input
            type="search"
            placeholder="Search all SKUs"
            maxLength={100}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
      </div>
      {search.kind === 'failed' ? (
        <p class="empty" role="alert">
          The search failed: {search.reason}. It is tried again.
        </p>
      ) : (
        <Rows rows={rows} searched={search.kind === 'off' ? '' : text.value} />
      )}
    </section>
  );
}

interface RowsProps {
  readonly rows: readonly PositionRow[] | null;
  readonly searched: string;
}

function Rows({ rows, searched }: RowsProps) {
  if (rows === null)
    return <p class="empty">{searched === '' ? 'Waiting for the engine…' : ' '}</p>;
  if (rows.length > 0) return <PositionTable rows={rows} />;
  if (searched !== '') {
    return <p class="empty">No SKU has “{searched}” in its name or number.</p>;
  }
  return (
    <p class="empty">No positions yet. They appear with the first order, stock or catalog event.</p>
  );
}

function note(rows: readonly PositionRow[] | null, searching: boolean): string {
  const all = overview.value?.skuLocations ?? null;
  if (rows === null || all === null) return '';
  if (searching) return `${count(rows.length)} found`;
  return `${count(rows.length)} of ${count(all)} SKU-locations`;
}
