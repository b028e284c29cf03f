// What a section of state may hold, and where it stands in the bytes of a snapshot.

/** Arrays that a section of state may hold. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** Texts asked for one by one, later than `save`: what `at` gives must be what it was then. */
export interface Texts {
  readonly length: number;
  /** Text i, 0 … length - 1. */
  readonly at: (i: number) => string | undefined;
}

export type NumbersName =
  | 'Float64Array'
  | 'Float32Array'
  | 'Int32Array'
  | 'Uint32Array'
  | 'Uint16Array'
  | 'Uint8Array';

export interface SectionHead {
  readonly name: string;
  readonly type: NumbersName | 'texts';
  /** From the end of the head, which is aligned like the sections. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Arrays that follow each other as one, copied later than `save`: whoever put them changes a copy,
 * not them, until they are released.
 */
export interface Pages {
  readonly type: NumbersName;
  readonly pages: readonly Numbers[];
  /** They are copied, or never will be. May be called twice. */
  readonly release: () => void;
}

export type Section = Numbers | Texts | Pages;

/** Inside a JSON text a line break is always escaped, so it tells where a list can be cut. */
export const TEXTS_BREAK = ',\n';
/** Length of the head, at the beginning. */
export const HEAD_BYTES = 8;
const ALIGN = 8;

/** The next place at which any array of numbers may stand. */
export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGN) * ALIGN;
}
