// The feed of signals and alerts, newest first; it rests while somebody points at it.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { FeedItem } from '../protocol.js';
import { Decide } from './decide.js';
import { stillWaiting } from './feed-list.js';
import { ago, dateTime, kindName, place } from './format.js';
import { useHold } from './hold.js';
import { Icon, type IconName } from './icons.js';
import { skuHash } from './route.js';
import { feed, streamTimeMs } from './store.js';

type Filter = 'all' | 'signals' | 'alerts' | 'waiting';

const filters: readonly { id: Filter; label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'signals', label: 'Signals' },
  { id: 'alerts', label: 'Alerts' },
  { id: 'waiting', label: 'To approve' },
];

export function FeedPanel() {
  const filter = useSignal<Filter>('all');
  const { held, handlers } = useHold();
  const heldItems = useRef<readonly FeedItem[]>([]);
  const newest = feed.value;
  if (!held) heldItems.current = newest ?? [];
  const open = stillWaiting(newest ?? []);
  const shown = heldItems.current.filter((item) =>
    filter.value === 'waiting' ? open.has(item.number) : passes(item, filter.value),
  );
  const waiting = (newest?.[0]?.number ?? 0) - (heldItems.current[0]?.number ?? 0);
  return (
    <section class="card feed" aria-labelledby="feed-title">
      <div class="card-head">
        <h2 id="feed-title">Signals and alerts</h2>
        <p class="card-note">{held && waiting > 0 ? `${waiting} newer waiting` : ''}</p>
        <FilterChoice filter={filter} waiting={open.size} />
      </div>
      {shown.length === 0 ? (
        <p class="empty">{emptyText(newest, filter.value)}</p>
      ) : (
        <ol class="feed-list" {...handlers}>
          {shown.map((item) => (
            <Item key={item.number} item={item} isWaiting={open.has(item.number)} />
          ))}
        </ol>
      )}
      <NewestCritical />
    </section>
  );
}

interface FilterChoiceProps {
  readonly filter: { value: Filter };
  /** Signals that wait for approval. */
  readonly waiting: number;
}

function FilterChoice({ filter, waiting }: FilterChoiceProps) {
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">Show</legend>
      {filters.map(({ id, label }) => (
        <label key={id}>
          <input
            type="radio"
            name="feed-filter"
            checked={filter.value === id}
            onChange={() => {
              filter.value = id;
            }}
          />
          <span>{id === 'waiting' && waiting > 0 ? `${label} (${waiting})` : label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Item({ item, isWaiting }: { readonly item: FeedItem; readonly isWaiting: boolean }) {
  const { icon, label } = look(item);
  const now = streamTimeMs.value ?? item.timeMs;
  return (
    <li class={`feed-item ${icon}`}>
      <span class="feed-severity">
        <Icon name={icon} />
        {label}
      </span>
      <span class="feed-what">
        <strong>{item.title}</strong>
        <a href={skuHash(item)} title={item.name}>
          {item.name || item.sku}
        </a>
        <span class="muted">{place(item)}</span>
      </span>
      <time
        class="feed-time"
        dateTime={new Date(item.timeMs).toISOString()}
        title={`${dateTime(item.timeMs)}, in stream time`}
      >
        {ago(now - item.timeMs)}
      </time>
      <span class="feed-detail" title={item.detail}>
        {item.detail}
      </span>
      {isWaiting ? <Decide signalId={item.waiting as string} what={item.title} /> : null}
    </li>
  );
}

/** Critical alerts are spoken; the rest of the feed would talk all day. */
function NewestCritical() {
  const item = feed.value?.find((one) => one.severity === 'critical');
  return (
    <p class="visually-hidden" aria-live="polite">
      {item === undefined ? '' : `Critical: ${item.title}, ${item.name}, ${place(item)}`}
    </p>
  );
}

function look(item: FeedItem): { icon: IconName; label: string } {
  if (item.type === 'signal') return { icon: 'signal', label: 'Signal' };
  if (item.type === 'signal-closed') return { icon: 'closed', label: 'Closed' };
  return { icon: item.severity, label: kindName(item.severity) };
}

function passes(item: FeedItem, filter: Filter): boolean {
  return filter === 'all' || (filter === 'alerts') === (item.type === 'alert');
}

function emptyText(items: readonly FeedItem[] | null, filter: Filter): string {
  if (items === null) return 'Waiting for the engine…';
  if (items.length === 0) return 'No signals or alerts yet. They appear here as they are raised.';
  if (filter === 'waiting') return 'No signal waits for approval.';
  return `No ${filter} among the newest ${items.length}.`;
}
