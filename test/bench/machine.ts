// Where a measurement was made: machine, Node.js and the commit.
import { execFileSync } from 'node:child_process';
import { cpus, freemem, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly freeGiB: number;
  /** Load of the last minute: above the number of cores, others work here too. */
  readonly load: number;
  readonly node: string;
  readonly commit: string;
  readonly at: string;
}

export function machine(): Machine {
  const gib = (bytes: number): number => Math.round((10 * bytes) / 1024 ** 3) / 10;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: gib(totalmem()),
    freeGiB: gib(freemem()),
    load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
    node: process.version,
    commit: commit(),
    at: new Date().toISOString(),
  };
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? ' and changes' : '');
  } catch {
    // No git, or no clone: the figures are worth printing all the same.
    return 'unknown';
  }
}
