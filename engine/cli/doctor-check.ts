// One line of `stockpulse doctor`: a part, how it is, what to do about it.

export interface Check {
  readonly part: string;
  /** failed: the engine does not run like this. note: it runs, and this is worth knowing. */
  readonly state: 'ok' | 'note' | 'failed';
  /** What was found, in words. */
  readonly found: string;
  /** What to do; null where nothing is. */
  readonly todo: string | null;
}

/** Runs a check; an error in it is a finding of its own, never the end of the others. */
export async function checked(part: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { part, state: 'failed', found, todo: 'the message names what to change' };
  }
}

export function ok(part: string, found: string): Check {
  return { part, state: 'ok', found, todo: null };
}

export function note(part: string, found: string, todo: string | null = null): Check {
  return { part, state: 'note', found, todo };
}

export function failed(part: string, found: string, todo: string): Check {
  return { part, state: 'failed', found, todo };
}
