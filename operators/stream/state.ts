// State as named sections of numbers and texts: what a snapshot is made of.
import { StateEncoder } from './state-encoder.js';
import {
  align,
  HEAD_BYTES,
  type Numbers,
  type Pages,
  type Section,
  type SectionHead,
  TEXTS_BREAK,
  type Texts,
} from './state-sections.js';

/** Whatever keeps state between two events. `load` after `save` gives the same state again. */
export interface Stateful {
  save(out: StateWriter): void;
  load(from: StateReader): void;
}

/** Sections as they were saved, by name. */
export type DecodedSections = Map<string, Numbers | readonly string[]>;

/**
 * Collects sections, all between two events. Numbers are taken as they are and copied before the
 * next event; texts and pages are asked for later, while events go on, and must stay what they are.
 */
export class StateWriter {
  readonly sections = new Map<string, Section>();

  /** @throws RangeError when the name was given before. */
  put(name: string, section: Numbers | Texts | Pages): void {
    if (this.sections.has(name)) throw new RangeError(`state section '${name}' is put twice`);
    this.sections.set(name, section);
  }
}

/** Gives sections back by name; a missing one or one of another type is a clear error. */
export class StateReader {
  constructor(private readonly sections: ReadonlyMap<string, Numbers | readonly string[]>) {}

  /** For sections that are left out while there is nothing to say. */
  has(name: string): boolean {
    return this.sections.has(name);
  }
  // Each a copy of its own, growable later without holding the snapshot.
  float64(name: string): Float64Array<ArrayBuffer> {
    return new Float64Array(this.view(name, Float64Array));
  }
  int32(name: string): Int32Array<ArrayBuffer> {
    return new Int32Array(this.view(name, Int32Array));
  }
  uint32(name: string): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.view(name, Uint32Array));
  }
  uint8(name: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view(name, Uint8Array));
  }
  texts(name: string): readonly string[] {
    const section = this.sections.get(name);
    if (!Array.isArray(section)) throw wrongSection(name, 'texts', section);
    return section as readonly string[];
  }
  /** Laid over the snapshot's own bytes: to copy from at once, never to keep or change. */
  view<A extends Numbers>(name: string, type: new (n: number) => A): A {
    const section = this.sections.get(name);
    if (!(section instanceof type)) throw wrongSection(name, type.name, section);
    return section;
  }
}

function wrongSection(name: string, wanted: string, found: unknown): RangeError {
  const got = found === undefined ? 'nothing' : (found as object).constructor.name;
  return new RangeError(`state section '${name}' should be ${wanted}, found ${got}`);
}

/**
 * One block of bytes: head length, head (JSON list of sections), then each section, aligned to 8.
 * Numbers are in the machine's byte order (little-endian wherever Node.js runs).
 */
export function encodeState(state: StateWriter): Uint8Array {
  const steps = new StateEncoder().begin(state.sections);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** @throws RangeError when the bytes are not what `encodeState` made. */
export function decodeState(bytes: Uint8Array): StateReader {
  return new StateReader(decodeSections(bytes));
}

/** Numbers are laid over the bytes. @throws RangeError when `encodeState` did not make them. */
export function decodeSections(bytes: Uint8Array): DecodedSections {
  const whole = aligned(bytes);
  const { heads, start } = decodeHeads(whole);
  const sections: DecodedSections = new Map();
  for (const head of heads) {
    const from = start + head.offset;
    if (from + head.bytes > whole.length) throw new RangeError(`state is cut in '${head.name}'`);
    sections.set(head.name, decodeSection(head, whole.subarray(from, from + head.bytes)));
  }
  return sections;
}

/** What sections there are, and where they begin. @throws RangeError when the head is damaged. */
export function decodeHeads(bytes: Uint8Array): {
  readonly heads: readonly SectionHead[];
  readonly start: number;
} {
  if (bytes.byteLength < HEAD_BYTES) throw new RangeError('state is cut in its head');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + length));
  try {
    return { heads: JSON.parse(text) as SectionHead[], start: align(HEAD_BYTES + length) };
  } catch (error) {
    throw new RangeError('state has no list of sections', { cause: error });
  }
}

/** Arrays of numbers cannot stand anywhere in a buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === align(bytes.byteOffset) ? bytes : new Uint8Array(bytes);
}

function decodeSection(head: SectionHead, part: Uint8Array) {
  const { buffer, byteOffset, byteLength } = part;
  switch (head.type) {
    case 'texts':
      return decodeTexts(part);
    case 'Float64Array':
      return new Float64Array(buffer, byteOffset, byteLength / 8);
    case 'Float32Array':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'Int32Array':
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    case 'Uint32Array':
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case 'Uint16Array':
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 'Uint8Array':
      return part;
    default:
      throw new RangeError(`state section '${head.name}' has unknown type '${head.type}'`);
  }
}

/** Piece by piece: a whole list may be longer than a string can be. */
function decodeTexts(part: Uint8Array): string[] {
  const decoder = new TextDecoder();
  const texts: string[] = [];
  const end = part.length - 1;
  for (let from = 1; from < end; ) {
    const at = part.indexOf(LINE_BREAK, from);
    const isLast = at < 0;
    const piece = part.subarray(from, isLast ? end : at + 1 - TEXTS_BREAK.length);
    for (const text of JSON.parse(`[${decoder.decode(piece)}]`) as string[]) texts.push(text);
    from = isLast ? end : at + 1;
  }
  return texts;
}

const LINE_BREAK = 0x0a;
