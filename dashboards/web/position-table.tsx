// Positions as a table whose rows open a SKU, and whose order rests while somebody points at it.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { PositionRow } from '../protocol.js';
import { CoverBar } from './cover-bar.js';
import { compactCount, place, quantity } from './format.js';
import { useHold } from './hold.js';
import { Icon } from './icons.js';
import {
  holdOrder,
  nextSorting,
  type SortColumn,
  type Sorting,
  sortPositions,
} from './position-order.js';
import { sameSku, skuHash, skuKey } from './route.js';
import { StatusBadges } from './status-badges.js';
import { selected } from './store.js';

interface Column {
  readonly id: SortColumn;
  readonly label: string;
  readonly numeric: boolean;
  /** Left out where the table has little room; the SKU's panel has it too. */
  readonly roomyOnly: boolean;
}

const columns: readonly Column[] = [
  { id: 'name', label: 'Item', numeric: false, roomyOnly: false },
  { id: 'available', label: 'Available', numeric: true, roomyOnly: false },
  { id: 'onOrder', label: 'On order', numeric: true, roomyOnly: true },
  { id: 'reorderPoint', label: 'Reorder at', numeric: true, roomyOnly: true },
  { id: 'cover', label: 'Cover of lead time', numeric: false, roomyOnly: false },
];

export function PositionTable({ rows }: { readonly rows: readonly PositionRow[] }) {
  const sorting = useSignal<Sorting | null>(null);
  const { held, release, handlers } = useHold();
  const all = useSignal(false);
  const order = useRef<readonly string[]>([]);
  const sorted = sortPositions(rows, sorting.value);
  const shown = held ? holdOrder(sorted, order.current) : sorted;
  order.current = shown.map(skuKey);
  return (
    <div class={`table-scroll${all.value ? ' all' : ''}`}>
      <table class="positions">
        <thead>
          <tr>
            {columns.map((column) => (
              <SortHeader key={column.id} {...column} sorting={sorting} release={release} />
            ))}
            <th class="wide-only">Status</th>
          </tr>
        </thead>
        <tbody {...handlers} onKeyDown={moveFocus}>
          {shown.map((row) => (
            <Row key={skuKey(row)} row={row} />
          ))}
        </tbody>
      </table>
      {shown.length > 8 && !all.value && (
        <button
          type="button"
          class="show-all"
          onClick={() => {
            all.value = true;
          }}
        >
          Show all {shown.length}
        </button>
      )}
    </div>
  );
}

interface SortHeaderProps extends Column {
  readonly sorting: { value: Sorting | null };
  readonly release: () => void;
}

function SortHeader({ id, label, numeric, roomyOnly, sorting, release }: SortHeaderProps) {
  const active = sorting.value?.column === id ? sorting.value : null;
  const direction = active === null ? 'none' : active.descending ? 'descending' : 'ascending';
  return (
    <th
      class={`${numeric ? 'numeric' : ''} ${roomyOnly ? 'roomy-only' : ''}`}
      aria-sort={direction}
    >
      <button
        type="button"
        onClick={() => {
          release();
          sorting.value = nextSorting(sorting.value, id);
        }}
      >
        {label}
        <span class={`sort-mark ${direction}`}>
          <Icon name={active?.descending ? 'down' : 'up'} />
        </span>
      </button>
    </th>
  );
}

function Row({ row }: { readonly row: PositionRow }) {
  const open = sameSku(selected.value, row);
  const target = skuHash(row);
  return (
    // A click anywhere in the row; by keyboard the link inside does the same.
    <tr
      class={open ? 'open' : ''}
      aria-current={open ? 'true' : undefined}
      onClick={() => {
        window.location.hash = target;
      }}
    >
      <th scope="row">
        <a href={target} class="item-name" title={row.name}>
          {row.name || row.sku}
        </a>
        <span class="item-id">
          {row.sku} · {place(row)}
        </span>
        <span class="narrow-only">
          <Owed row={row} />
          <StatusBadges row={row} brief />
        </span>
      </th>
      <td class="numeric">
        {quantity(row.available)}
        <Owed row={row} />
      </td>
      <td class="numeric roomy-only">{quantity(row.onOrder)}</td>
      <td class="numeric roomy-only">{quantity(row.reorderPoint)}</td>
      <td>
        <CoverBar daysOfCover={row.daysOfCover} leadTimeDays={row.leadTimeDays} />
      </td>
      <td class="wide-only">
        <StatusBadges row={row} brief />
      </td>
    </tr>
  );
}

function Owed({ row }: { readonly row: PositionRow }) {
  if (row.backordered === 0) return null;
  return <span class="owed">{compactCount(row.backordered)} backordered</span>;
}

/** Arrow keys walk the rows. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = document.activeElement?.closest('tr');
  if (step === undefined || !row) return;
  const next = step === 1 ? row.nextElementSibling : row.previousElementSibling;
  const link = next?.querySelector('a');
  if (!link) return;
  event.preventDefault();
  link.focus();
}
