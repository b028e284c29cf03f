// An operator threw: which event it was, so that it can be set aside.

export interface FailedEvent {
  readonly id: string;
  readonly position: number;
  /** Which event of its message, from 0. */
  readonly index: number;
  /** The time step that failed (ms), which the event let pass; null: the event itself. */
  readonly stepMs: number | null;
}

/**
 * The operators may have changed half of their state: nothing of the core that threw it may be
 * used, saved or sent any more. Load the last snapshot into a new core, and replay.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';

  constructor(
    readonly event: FailedEvent,
    cause: unknown,
  ) {
    const { id, position, index, stepMs } = event;
    const when = stepMs === null ? '' : `, in the time step to ${new Date(stepMs).toISOString()}`;
    super(
      `event ${id} at position ${position}, number ${index} of its message${when}: ` +
        textOf(cause),
      { cause },
    );
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
