// Which processes run below another one, by what the system says; to see that none is left.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Child {
  readonly pid: number;
  readonly command: string;
}

/** Children of a process, and their children; `ps` itself is none. */
export async function childrenOf(pid: number): Promise<Child[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const [, child, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (child === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(child), parent: Number(parent), command: command ?? '' }];
  });
  const found: Child[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    const next = all.filter(({ parent }) => parents.includes(parent));
    found.push(...next.filter(({ command }) => !command.startsWith('ps -A')));
    parents = next.map((child) => child.pid);
  }
  return found.map(({ pid: child, command }) => ({ pid: child, command }));
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: that is the answer.
    return false;
  }
}
