// The footer: where the data comes from, and how the engine's parts are.
import type { PartStatus } from '../protocol.js';
import { Icon } from './icons.js';
import { overview } from './store.js';

export function Footer() {
  const now = overview.value;
  return (
    <footer class="bottom">
      <p class="provenance">{now?.provenance ?? ''}</p>
      <ul class="parts" aria-label="Parts of the engine">
        {(now?.parts ?? []).map((part) => (
          <Part key={part.name} part={part} />
        ))}
      </ul>
    </footer>
  );
}

const icons = { up: 'closed', degraded: 'warning', down: 'critical' } as const;

function Part({ part }: { readonly part: PartStatus }) {
  return (
    <li class={`part ${part.state}`} title={part.detail}>
      <Icon name={icons[part.state]} />
      <span>
        {part.name} {part.state}
        {part.state !== 'up' && part.detail !== '' && `: ${part.detail}`}
      </span>
    </li>
  );
}
