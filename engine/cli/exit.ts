// How a command ends: exit codes, errors in one clean line, and Ctrl-C.
import { type Command, CommanderError } from 'commander';
import { SettingsError } from '../../config/settings.js';
import { withoutSecrets } from '../secrets.js';
import type { Output } from './terminal.js';

export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly err?: Output;
}

/**
 * Runs a program to its end and gives its exit code: 0 done, 1 failed, 2 called wrongly (unknown
 * option, missing argument, wrong settings). `args` are the arguments alone, without node and
 * script. A failure is one message; its stack shows where the log level is debug.
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  const { env = process.env, err = process.stderr } = options;
  throwInsteadOfExit(program, err);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    // Commander has said what is wrong itself; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    err.write(`${program.name()}: ${withoutSecrets(failureText(error, env))}\n`);
    const wrongUse = error instanceof UsageError || error instanceof SettingsError;
    return wrongUse ? exitCodes.usage : exitCodes.failed;
  }
}

function throwInsteadOfExit(command: Command, err: Output): void {
  command.exitOverride();
  command.configureOutput({ writeErr: (text) => void err.write(text) });
  for (const sub of command.commands) throwInsteadOfExit(sub, err);
}

function failureText(error: unknown, env: RunOptions['env'] = {}): string {
  if (!(error instanceof Error)) return String(error);
  const wantsStack = ['debug', 'trace'].includes(env.STOCKPULSE_LOG_LEVEL ?? '');
  if (wantsStack && error.stack !== undefined) return error.stack;
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return cause === '' || error.message.includes(cause)
    ? error.message
    : `${error.message}: ${cause}`;
}

export interface Interruption {
  /** Aborted by Ctrl-C or SIGTERM: finish what is begun and return. */
  readonly signal: AbortSignal;
  /** Lets the signals have their usual effect again. */
  dispose(): void;
}

/** Turns the first Ctrl-C (or SIGTERM) into an abort; the second one ends the process at once. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    dispose: () => void process.off('SIGINT', stop).off('SIGTERM', stop),
  };
}
