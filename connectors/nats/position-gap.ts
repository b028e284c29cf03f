// What a stream no longer holds: gaps before what comes next, and a stream behind its reader.
import type { Position } from '../source.js';

/** Positions that are gone: purged, expired, pushed out by newer ones or deleted. */
export interface PositionGap {
  readonly from: Position;
  readonly through: Position;
}

/** Positions are missing, and the reader was told to stop there. */
export class PositionGapError extends Error {
  override readonly name = 'PositionGapError';

  constructor(
    stream: string,
    readonly gap: PositionGap,
  ) {
    const { from, through } = gap;
    super(
      `stream ${stream} no longer holds ${through - from + 1} messages that were not read yet, ` +
        `positions ${from} to ${through}; restore the stream, or let \`recovery.onGap\` be ` +
        '`continue` to go on without them',
    );
  }
}

export interface Rewound {
  /** The last position that was read. */
  readonly read: Position;
  readonly first: Position;
  readonly last: Position;
  /**
   * Shorter than what was read; holding other messages than were read, though it is as long; or
   * made anew while it was being read.
   */
  readonly how: 'behind' | 'other' | 'made-anew';
  /** How many of the messages that were read it does not hold any more, those at the end. */
  readonly missing: number;
}

const WHAT = { behind: 'is behind', other: 'is not as it was', 'made-anew': 'was made anew' };

/** The stream is not the one whose positions were read: it was restored, set back or made anew. */
export class StreamRewoundError extends Error {
  override readonly name = 'StreamRewoundError';

  constructor(
    stream: string,
    readonly rewound: Rewound,
  ) {
    const { read, first, last, how, missing } = rewound;
    super(
      `stream ${stream} ${WHAT[how]}: it holds positions ${first} to ${last}, and ${read} was ` +
        `already read; the last ${missing} that were read are gone; restore the stream, or set ` +
        'the snapshots aside to start from its first message',
    );
  }
}
