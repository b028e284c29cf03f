// Where a nats-server binary is, for those who start one of their own.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Debian's package puts it in /usr/sbin, which is not on a plain user's PATH. */
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/**
 * `STOCKPULSE_NATS_SERVER` (a path or `docker:nats:<tag>`) wins; else the first nats-server on
 * PATH, /usr/sbin or /usr/local/sbin; null when there is none.
 */
export async function findNatsServer(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const named = env.STOCKPULSE_NATS_SERVER;
  if (named !== undefined && named !== '') return named;
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...path, ...EXTRA_FOLDERS]) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Absent or not ours to run: the next folder may have one.
    return false;
  }
}
