// What must come out: the messages of a stream once through a new core, without any trouble.
import type { Settings } from '../../../config/settings.js';
import { type Core, createCore } from '../../../engine/core.js';
import { messageOf, positionLines, run } from '../../oracle/drive.js';
import type { StoredMessage } from './stream.js';

export interface Expected {
  /** In order; without withdrawals. */
  readonly signals: readonly string[];
  readonly withdrawn: readonly string[];
  readonly alerts: readonly string[];
  /** A line of JSON a row. */
  readonly positions: readonly string[];
}

export function straightRun(settings: Settings, messages: readonly StoredMessage[]): Expected {
  const core = createCore(settings);
  const { signals, told, alerts } = run(
    core,
    messages.map(({ data, position, subject }) => messageOf(data, position, { subject })),
    1_000,
  );
  return {
    signals: signals.map(({ id }) => id),
    withdrawn: told.filter(({ state }) => state === 'withdrawn').map(({ id }) => id),
    alerts: alerts.map(({ id }) => id),
    positions: finalPositions(core),
  };
}

export function finalPositions(core: Core): string[] {
  return positionLines(core);
}

/** Ids on SIGNALS, apart. Withdrawals, of which history has no row, are no signals of their own. */
export function resultIds(messages: readonly StoredMessage[]): {
  readonly signals: readonly string[];
  readonly alerts: readonly string[];
} {
  const of = (isOne: (subject: string) => boolean): string[] =>
    messages.filter(({ subject }) => isOne(subject)).map(({ id }) => id);
  return {
    signals: of((subject) => subject.startsWith('signals.') && !isWithdrawal(subject)),
    alerts: of((subject) => subject.startsWith('alerts.')),
  };
}

/** Ids of withdrawals on SIGNALS, in order. */
export function withdrawnIds(messages: readonly StoredMessage[]): string[] {
  return messages.filter(({ subject }) => isWithdrawal(subject)).map(({ id }) => id);
}

export function isWithdrawal(subject: string): boolean {
  return subject.startsWith('signals.withdrawn.');
}
