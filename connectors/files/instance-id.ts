// A name for an engine that stays the same over its restarts: kept in its data folder.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The text in `file`; a new one is made and kept where there is none. */
export async function instanceId(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{8}$/.test(found.trim())) return found.trim();
  const made = randomBytes(4).toString('hex');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${made}\n`);
  return made;
}
