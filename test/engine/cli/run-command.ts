// Calls a command of the program as a shell would, and keeps what it writes.
import { Command } from 'commander';
import { vi } from 'vitest';
import { runProgram } from '../../../engine/cli/exit.js';

/** Exit status, standard output and errors; whoever calls restores the mocks after each test. */
export async function runCommand(register: (program: Command) => unknown, args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  const program = new Command('stockpulse');
  register(program);
  const write = (text: string) => err.push(text);
  const code = await runProgram(program, args, { err: { write } });
  return { code, out: out.join(''), err: err.join('') };
}
