// The copies of snapshots on the broker, for people: what there is, and one of them.
import type { Settings } from '../config/settings.js';
import { LAYOUTS, layoutCheck } from './migrations.js';
import { withCopies } from './snapshot-bucket.js';
import { ANY_LAYOUT, type ListedSnapshot, type NamedSnapshot } from './snapshot-folder.js';

/** As the broker describes them, their chunks counted and not read; the newest first. */
export async function listCopies(settings: Settings): Promise<ListedSnapshot[]> {
  return withCopies(settings, async (copies) => {
    const listed: ListedSnapshot[] = [];
    for (const copy of (await copies?.list()) ?? []) {
      const { name, position, fence, schema: layout, bytes, savedAt } = copy;
      const refused = (await copies?.glance(copy, layoutCheck(LAYOUTS))) ?? null;
      listed.push({ name, savedAt, bytes, position, layout, fence, refused });
    }
    return listed;
  });
}

/** By its name, or the newest, read and checked. Null: none. @throws Error when it is refused */
export async function findCopy(
  settings: Settings,
  name: string | undefined,
): Promise<NamedSnapshot | null> {
  return withCopies(settings, async (copies) => {
    const listed = (await copies?.list()) ?? [];
    const wanted = name === undefined ? listed[0] : listed.find((copy) => copy.name === name);
    if (copies === null || wanted === undefined) return null;
    const snapshot = await copies.read(wanted, ANY_LAYOUT);
    if (typeof snapshot === 'string') {
      throw new Error(`copy ${wanted.name} is refused: ${snapshot}`);
    }
    return { name: wanted.name, snapshot };
  });
}
