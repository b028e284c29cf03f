// Types of children.mjs.

interface Where {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export function stopSignal(): NodeJS.Signals | null;
export function passSignalsOn(): void;
export function runHere(command: string, args: readonly string[], where: Where): Promise<number>;
export function runQuiet(
  command: string,
  args: readonly string[],
  options: Where & { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<{ readonly code: number; readonly output: string; readonly timedOut: boolean }>;
