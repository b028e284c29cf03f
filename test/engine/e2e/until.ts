// Waiting for a condition, with a deadline and a message that says what did not come.
import { setTimeout as pause } from 'node:timers/promises';

/** Generous: the machine that runs the tests may be busy with other things. */
const DEADLINE_MS = 120_000;

/** Gives the first value that is neither false nor null nor undefined. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`not within ${deadlineMs} ms: ${what} (at last: ${String(last)})`);
    }
    await pause(50);
  }
}
