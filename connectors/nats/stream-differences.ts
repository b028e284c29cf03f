// What in an existing stream's settings differs from the plan, and which of it matters how much.
import type { StreamConfig } from '@nats-io/jetstream';
import { millis } from 'nats';
import { subjectCovers } from './subject.js';

export interface StreamDifferences {
  /** The engine would lose or never see messages. */
  readonly fatal: readonly string[];
  /** It works, with other promises than planned. */
  readonly warnings: readonly string[];
}

export function streamDifferences(
  plan: Partial<StreamConfig>,
  existing: StreamConfig,
): StreamDifferences {
  return { fatal: fatalOnes(plan, existing), warnings: harmlessOnes(plan, existing) };
}

function fatalOnes(plan: Partial<StreamConfig>, existing: StreamConfig): string[] {
  const fatal: string[] = [];
  const subjects = existing.subjects ?? [];
  const missing = (plan.subjects ?? []).filter(
    (wanted) => !subjects.some((subject) => subjectCovers(subject, wanted)),
  );
  if (missing.length > 0) {
    fatal.push(
      `its subjects (${subjects.join(', ')}) lack ${missing.join(', ')}; add them with ` +
        `"nats stream edit ${existing.name} --subjects=..." or name another stream`,
    );
  }
  if (existing.retention !== 'limits') {
    fatal.push(
      `its retention is ${existing.retention}, which deletes messages before a restart could ` +
        'read them again; make a stream with retention "limits"',
    );
  }
  if (existing.no_ack === true) {
    fatal.push('it acknowledges nothing (no_ack), so that a lost message would go unnoticed');
  }
  if (existing.sealed) fatal.push('it is sealed and takes no messages');
  return fatal;
}

function harmlessOnes(plan: Partial<StreamConfig>, existing: StreamConfig): string[] {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['storage', plan.storage, existing.storage],
    ['replicas', plan.num_replicas, existing.num_replicas],
    ['maximum age', duration(plan.max_age), duration(existing.max_age)],
    ['maximum bytes', limit(plan.max_bytes), limit(existing.max_bytes)],
    ['maximum messages', 'unlimited', limit(existing.max_msgs)],
    ['maximum messages per subject', 'unlimited', limit(existing.max_msgs_per_subject)],
    ['duplicate window', duration(plan.duplicate_window), duration(existing.duplicate_window)],
    ['what it discards when full', plan.discard, existing.discard],
  ];
  return rows
    .filter(([, wanted, found]) => wanted !== found)
    .map(([what, wanted, found]) => `${what} is ${String(found)}, planned ${String(wanted)}`);
}

function duration(value: number | undefined): string {
  return value === undefined || value === 0 ? 'unlimited' : `${millis(value) / 1000} s`;
}

function limit(value: number | undefined): string {
  return value === undefined || value <= 0 ? 'unlimited' : String(value);
}
