// Readers of our output that go away, as `head` does: the command goes on to its own end.

interface ErrorSource {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * Nobody reads on: what is still written is lost, and that is all. So a log that nobody takes ends
 * no engine, and a command that prints ends with the exit code that it would have had.
 * Any other error of standard output is one: results would be missing unseen.
 */
export function surviveClosedOutput(out: ErrorSource, err: ErrorSource): void {
  out.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // A full disk under the log, or a terminal that is gone: there is nowhere left to say it.
  err.on('error', () => undefined);
}
