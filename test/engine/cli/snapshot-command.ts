// `stockpulse snapshot …` run in this process: what it says, and how it ends.
import { Command } from 'commander';
import { expect, vi } from 'vitest';
import { runProgram } from '../../../engine/cli/exit.js';
import { registerSnapshot } from '../../../engine/cli/snapshot.js';

/** The test restores all mocks when it has finished. */
export async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  const program = new Command('stockpulse');
  registerSnapshot(program);
  const write = (text: string) => err.push(text);
  const code = await runProgram(program, ['snapshot', ...args], { err: { write } });
  return { code, out: out.join(''), err: err.join('') };
}

export async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await run(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}
