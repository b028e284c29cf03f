// What a copy of a snapshot is called and how it is described, so that it need not be read.
import type { SnapshotHeader } from '../files/snapshot-format.js';
import type { StoredObject } from './object-bucket.js';

/** What is known of a copy without reading it. */
export interface SnapshotCopy {
  readonly name: string;
  readonly position: number;
  readonly fence: number;
  /** Null: what describes it cannot be read. */
  readonly schema: number | null;
  readonly bytes: number;
  readonly savedAt: string | null;
  readonly object: StoredObject;
}

const NAME = /^(\d{16})-(\d{16})\.snapshot$/;

/** `key/fence-position.snapshot`, digits filled up: an engine's name for it is no other engine's. */
export function objectName(key: string, { fence, position }: SnapshotHeader): string {
  const [first, second] = [String(fence).padStart(16, '0'), String(position).padStart(16, '0')];
  return `${key}/${first}-${second}.snapshot`;
}

/** Metadata of the object, for `nats object info` too. */
export function describing(header: SnapshotHeader): Record<string, string> {
  const { position, fence, schema, length } = header;
  const facts = { position, fence, layout: schema, bytes: length };
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)]));
}

/** Null: another key's, or nothing of ours. */
export function copyOf(key: string, object: StoredObject): SnapshotCopy | null {
  const prefix = `${key}/`;
  const name = object.name.startsWith(prefix) ? object.name.slice(prefix.length) : '';
  const [, fence, position] = NAME.exec(name) ?? [];
  if (fence === undefined || position === undefined) return null;
  const { info } = object;
  const schema = Number(info?.metadata?.layout ?? Number.NaN);
  return {
    name,
    fence: Number(fence),
    position: Number(position),
    schema: Number.isNaN(schema) ? null : schema,
    bytes: info?.size ?? 0,
    savedAt: info?.mtime ?? null,
    object,
  };
}

export function newestFirst(a: SnapshotCopy, b: SnapshotCopy): number {
  return b.fence - a.fence || b.object.revision - a.object.revision;
}
