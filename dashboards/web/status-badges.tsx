// Status of a position as badges: icon and words, never colour alone.
import type { ComponentChildren } from 'preact';
import type { PositionRow } from '../protocol.js';
import { kindName, quantity } from './format.js';
import { Icon, type IconName } from './icons.js';

const critical: ReadonlySet<string> = new Set(['stockout', 'negative-stock', 'phantom-stock']);

interface StatusProps {
  readonly row: PositionRow;
  /** One line for a table's row: the worst alert, and how many more there are. */
  readonly brief?: boolean;
}

export function StatusBadges({ row, brief = false }: StatusProps) {
  const alerts = [...row.alerts].sort((a, b) => Number(critical.has(b)) - Number(critical.has(a)));
  const shown = brief ? alerts.slice(0, 1) : alerts;
  const more = alerts.length - shown.length;
  return (
    <span class="badges">
      {shown.map((kind) => (
        <Badge key={kind} tone={critical.has(kind) ? 'critical' : 'warning'}>
          {kindName(kind)}
          {more > 0 && <span title={alerts.slice(1).map(kindName).join(', ')}> +{more}</span>}
        </Badge>
      ))}
      {!brief && row.backordered > 0 && (
        <Badge tone="warning">{quantity(row.backordered)} backordered</Badge>
      )}
      {row.openSignal && <Badge tone="signal">{brief ? 'Reorder' : 'Reorder open'}</Badge>}
    </span>
  );
}

interface BadgeProps {
  readonly tone: Extract<IconName, 'critical' | 'warning' | 'signal'>;
  readonly children: ComponentChildren;
}

function Badge({ tone, children }: BadgeProps) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={tone} />
      <span>{children}</span>
    </span>
  );
}
