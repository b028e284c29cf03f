// The header: name, stream time, connection, theme.
import { dateTime, duration } from './format.js';
import { Icon } from './icons.js';
import { connection, lastMessageMs, nowMs, streamTimeMs } from './store.js';
import { theme, toggleTheme } from './theme.js';

export function Header() {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <header class="top">
      <h1>
        <img src="/icon.svg" alt="" width="24" height="24" />
        stockpulse
      </h1>
      <p class="stream-time" title="The greatest event time seen: where the stream is">
        <span class="label">Stream time</span>
        <span class="number">{dateTime(streamTimeMs.value)}</span>
      </p>
      <Connection />
      <button
        type="button"
        class="icon-button"
        onClick={toggleTheme}
        aria-label={`Switch to ${other} colours`}
        title={`Switch to ${other} colours`}
      >
        <Icon name={other === 'dark' ? 'moon' : 'sun'} />
      </button>
    </header>
  );
}

function Connection() {
  const state = connection.value;
  const last = lastMessageMs.value;
  const age = last === null ? null : duration(nowMs.value - last);
  return (
    <p class={`connection ${state.kind}`} role="status">
      <span class="dot" aria-hidden="true" />
      <ConnectionText kind={state.kind} age={age} />
      {state.kind === 'reconnecting' && state.reason !== '' && (
        <span class="visually-hidden">, {state.reason}</span>
      )}
    </p>
  );
}

interface ConnectionTextProps {
  readonly kind: typeof connection.value.kind;
  readonly age: string | null;
}

/** The age ticks every second: kept away from screen readers, which would read each tick. */
function ConnectionText({ kind, age }: ConnectionTextProps) {
  if (kind === 'connecting') return <strong>Connecting</strong>;
  if (kind === 'locked') {
    return (
      <strong>
        <a href="/">Token needed</a>
      </strong>
    );
  }
  return (
    <>
      <strong>{kind === 'live' ? 'Live' : 'Reconnecting'}</strong>
      <span class="age" aria-hidden="true" title="Age of the last message from the server">
        {age === null ? 'no message yet' : `${age} ago`}
      </span>
    </>
  );
}
