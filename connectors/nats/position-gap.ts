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
  /** Made anew while it was being read. */
  readonly isReplaced: boolean;
}

/** The stream is behind the position to go on from: it was restored, or made anew. */
export class StreamRewoundError extends Error {
  override readonly name = 'StreamRewoundError';

  constructor(
    stream: string,
    readonly rewound: Rewound,
  ) {
    const { read, first, last, isReplaced } = rewound;
    super(
      `stream ${stream} ${isReplaced ? 'was made anew' : 'is behind'}: it holds positions ` +
        `${first} to ${last}, and ${read} was already read; restore the stream, or set the ` +
        'snapshots aside to start from its first message',
    );
  }
}
