// What must come out: the messages of a stream once through a new core, without any trouble.
import type { Settings } from '../../../config/settings.js';
import { type Core, createCore } from '../../../engine/core.js';
import { messageOf, positionLines, run } from '../../oracle/drive.js';
import type { StoredMessage } from './stream.js';

export interface Expected {
  /** In order. */
  readonly signals: readonly string[];
  readonly alerts: readonly string[];
  /** A line of JSON a row. */
  readonly positions: readonly string[];
}

export function straightRun(settings: Settings, messages: readonly StoredMessage[]): Expected {
  const core = createCore(settings);
  const { signals, alerts } = run(
    core,
    messages.map(({ data, position, subject }) => messageOf(data, position, { subject })),
    1_000,
  );
  return {
    signals: signals.map(({ id }) => id),
    alerts: alerts.map(({ id }) => id),
    positions: finalPositions(core),
  };
}

export function finalPositions(core: Core): string[] {
  return positionLines(core);
}

/** Ids on SIGNALS, apart. */
export function resultIds(messages: readonly StoredMessage[]): {
  readonly signals: readonly string[];
  readonly alerts: readonly string[];
} {
  const of = (kind: string): string[] =>
    messages.filter(({ subject }) => subject.startsWith(`${kind}.`)).map(({ id }) => id);
  return { signals: of('signals'), alerts: of('alerts') };
}
