// State as named sections of numbers and texts: what a snapshot is made of.

/** Arrays that a section of state may hold. */
export type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

type NumbersName = 'Float64Array' | 'Float32Array' | 'Int32Array' | 'Uint32Array' | 'Uint8Array';

interface SectionHead {
  readonly name: string;
  readonly type: NumbersName | 'texts';
  readonly offset: number;
  readonly bytes: number;
}

/** Whatever keeps state between two events. `load` after `save` gives the same state again. */
export interface Stateful {
  save(out: StateWriter): void;
  load(from: StateReader): void;
}

const ALIGN = 8;
const HEAD_BYTES = 8;

/** Collects sections; arrays are taken as they are, so encode before the next event changes them. */
export class StateWriter {
  readonly sections = new Map<string, Numbers | readonly string[]>();

  /** @throws RangeError when the name was given before. */
  put(name: string, section: Numbers | readonly string[]): void {
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
  float64(name: string): Float64Array {
    return this.numbers(name, Float64Array);
  }
  int32(name: string): Int32Array {
    return this.numbers(name, Int32Array);
  }
  uint32(name: string): Uint32Array {
    return this.numbers(name, Uint32Array);
  }
  uint8(name: string): Uint8Array {
    return this.numbers(name, Uint8Array);
  }
  texts(name: string): readonly string[] {
    const section = this.sections.get(name);
    if (!Array.isArray(section)) throw wrongSection(name, 'texts', section);
    return section as readonly string[];
  }
  numbers<A extends Numbers>(name: string, type: new (n: number) => A): A {
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
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const heads: SectionHead[] = [];
  let offset = 0;
  for (const [name, section] of state.sections) {
    const isTexts = Array.isArray(section);
    const bytes = isTexts ? encoder.encode(JSON.stringify(section)) : bytesOf(section as Numbers);
    const type = isTexts ? 'texts' : ((section as Numbers).constructor.name as NumbersName);
    heads.push({ name, type, offset, bytes: bytes.length });
    parts.push(bytes);
    offset += align(bytes.length);
  }
  const head = encoder.encode(JSON.stringify(heads));
  const start = align(HEAD_BYTES + head.length);
  const out = new Uint8Array(start + offset);
  new DataView(out.buffer).setUint32(0, head.length, true);
  out.set(head, HEAD_BYTES);
  parts.forEach((part, i) => {
    out.set(part, start + (heads[i] as SectionHead).offset);
  });
  return out;
}

/** @throws RangeError when the bytes are not what `encodeState` made. */
export function decodeState(bytes: Uint8Array): StateReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headLength = view.getUint32(0, true);
  const decoder = new TextDecoder();
  const headText = decoder.decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + headLength));
  const heads = JSON.parse(headText) as SectionHead[];
  const start = align(HEAD_BYTES + headLength);
  const sections = new Map<string, Numbers | readonly string[]>();
  for (const head of heads) {
    const from = start + head.offset;
    if (from + head.bytes > bytes.length) throw new RangeError(`state is cut in '${head.name}'`);
    // A copy with a buffer of its own: aligned, and growable later without holding the snapshot.
    // Not by `slice`, which only looks into the same memory when it is given Node's Buffer.
    const part = new Uint8Array(head.bytes);
    part.set(bytes.subarray(from, from + head.bytes));
    sections.set(head.name, decodeSection(head, part));
  }
  return new StateReader(sections);
}

function decodeSection(head: SectionHead, part: Uint8Array) {
  const buffer = part.buffer as ArrayBuffer;
  switch (head.type) {
    case 'texts':
      return JSON.parse(new TextDecoder().decode(part)) as string[];
    case 'Float64Array':
      return new Float64Array(buffer);
    case 'Float32Array':
      return new Float32Array(buffer);
    case 'Int32Array':
      return new Int32Array(buffer);
    case 'Uint32Array':
      return new Uint32Array(buffer);
    case 'Uint8Array':
      return new Uint8Array(buffer);
    default:
      throw new RangeError(`state section '${head.name}' has unknown type '${head.type}'`);
  }
}

function bytesOf(numbers: Numbers): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function align(n: number): number {
  return Math.ceil(n / ALIGN) * ALIGN;
}
