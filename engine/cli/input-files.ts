// The files that a command shall read: looked at before anything is begun.
import { access, constants, stat } from 'node:fs/promises';
import { UsageError } from './exit.js';

/**
 * Throws a UsageError that names each file that is not there to be read; `-` is standard input.
 * Not opened: to open and close a pipe would end whoever writes into it.
 */
export async function requireFiles(files: readonly string[]): Promise<void> {
  const problems = await Promise.all(files.map(problemOf));
  const named = problems.filter((problem) => problem !== null);
  if (named.length > 0) throw new UsageError(named.join('\n'));
}

async function problemOf(file: string): Promise<string | null> {
  if (file === '-') return null;
  try {
    if ((await stat(file)).isDirectory()) return `${file}: is a folder; name the files in it`;
    await access(file, constants.R_OK);
    return null;
  } catch (error) {
    return `${file}: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ('code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'this user has no right to read it';
    default:
      return error.message;
  }
}
