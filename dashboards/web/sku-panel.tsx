// One SKU at one location: its figures, its chart, how it is forecast.
import type { PositionRow, SkuView } from '../protocol.js';
import { CoverBar } from './cover-bar.js';
import { count, percent, place, quantity } from './format.js';
import { Icon } from './icons.js';
import { type SkuRoute, sameSku } from './route.js';
import { SkuCharts } from './sku-charts.js';
import { SkuTable } from './sku-table.js';
import { StatusBadges } from './status-badges.js';
import { narrow, selected, watchedView } from './store.js';

export function SkuPanel() {
  const wanted = selected.value;
  const watched = watchedView.value;
  const arrived = wanted !== null && sameSku(watched, wanted) ? watched : null;
  return (
    <section class="card sku" aria-label="One SKU">
      {narrow.value && (
        <a class="back" href="#/">
          <Icon name="back" />
          All SKUs
        </a>
      )}
      {wanted === null ? (
        <p class="empty">Choose a row to see its stock and forecast.</p>
      ) : arrived === null ? (
        <p class="empty">Loading {wanted.sku}…</p>
      ) : arrived.view === null ? (
        <UnknownSku wanted={wanted} />
      ) : (
        <Sku view={arrived.view} />
      )}
    </section>
  );
}

function UnknownSku({ wanted }: { readonly wanted: SkuRoute }) {
  return (
    <p class="empty" role="alert">
      <strong>
        No SKU “{wanted.sku}” at “{wanted.location}”.
      </strong>
      <br />
      No event has named it yet. It appears here as soon as one does.
    </p>
  );
}

function Sku({ view }: { readonly view: SkuView }) {
  const { position } = view;
  return (
    <>
      <div class="sku-head">
        <h2>{position.name || position.sku}</h2>
        <p class="item-id">
          {position.sku} · {place(position)}
        </p>
        <StatusBadges row={position} />
      </div>
      <StockFigures row={position} />
      <SkuCharts view={view} />
      <DemandFigures view={view} />
      <SkuTable view={view} />
    </>
  );
}

function StockFigures({ row }: { readonly row: PositionRow }) {
  return (
    <dl class="figures">
      <Pair name="On hand" value={quantity(row.onHand)} />
      <Pair name="Allocated" value={quantity(row.allocated)} />
      <Pair name="Available" value={quantity(row.available)} strong />
      <Pair name="Backordered" value={quantity(row.backordered)} />
      <Pair name="On order" value={quantity(row.onOrder)} />
      <Pair name="In transit" value={quantity(row.inTransit)} />
      <Pair name="Position" value={quantity(row.inventoryPosition)} strong />
      <Pair name="Reorder at" value={quantity(row.reorderPoint)} />
      <Pair name="Order up to" value={quantity(row.orderUpToLevel)} />
      <div class="pair cover-pair">
        <dt>Cover of lead time</dt>
        <dd>
          <CoverBar daysOfCover={row.daysOfCover} leadTimeDays={row.leadTimeDays} />
        </dd>
      </div>
    </dl>
  );
}

function DemandFigures({ view }: { readonly view: SkuView }) {
  const { windows, carts } = view;
  return (
    <div class="demand-figures">
      <dl class="figures five">
        <Pair name="Demand 5 min" value={quantity(windows['5m'])} />
        <Pair name="Demand 1 h" value={quantity(windows['1h'])} />
        <Pair name="Demand 24 h" value={quantity(windows['24h'])} />
        <Pair name="Demand 7 d" value={quantity(windows['7d'])} />
        <Pair name="Demand 28 d" value={quantity(windows['28d'])} />
        <Pair name="Cart adds today" value={count(carts.added)} />
        <Pair name="Removals today" value={count(carts.removed)} />
        <Pair name="Abandoned today" value={count(carts.abandoned)} />
        <Pair name="Mean per day" value={quantity(view.position.demandPerDay)} />
        <Pair name="WAPE" value={percent(view.wape)} />
      </dl>
      <Experts view={view} />
    </div>
  );
}

/** Who makes the forecast: the names with most weight. */
function Experts({ view }: { readonly view: SkuView }) {
  const { experts } = view;
  if (experts.length === 0) return <p class="muted experts">No forecast yet</p>;
  return (
    <p class="muted experts">
      Forecast by{' '}
      {experts.map(({ expert, name, weight }, n) => (
        <span key={expert}>
          {n > 0 && ' · '}
          <strong>{name}</strong> {Math.round(100 * weight)} %
        </span>
      ))}
    </p>
  );
}

interface PairProps {
  readonly name: string;
  readonly value: string;
  readonly strong?: boolean;
}

function Pair({ name, value, strong = false }: PairProps) {
  return (
    <div class={`pair${strong ? ' strong' : ''}`}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
