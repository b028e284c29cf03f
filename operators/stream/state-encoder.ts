// State to bytes: numbers are copied at once, pages and texts afterwards in small steps.
import {
  align,
  HEAD_BYTES,
  type Numbers,
  type NumbersName,
  type Pages,
  type Section,
  type SectionHead,
  TEXTS_BREAK,
  type Texts,
} from './state-sections.js';

/** Texts of one step, at most; they are encoded within a millisecond or so. */
const STEP_TEXTS = 1024;
/** UTF-16 units of one step, unless a single text is longer. */
const STEP_UNITS = 64 * 1024;
/** Bytes copied or made ready in one step. */
const STEP_BYTES = 1024 * 1024;
/** Room kept beyond what was needed last, since state grows. */
const HEADROOM = 1.25;
/** A text of a section never seen before takes about as much. */
const BYTES_A_TEXT = 64;
/** Digits of the largest offset that a double holds exactly. */
const LARGEST = Number.MAX_SAFE_INTEGER;

type Sections = ReadonlyMap<string, Section>;

/**
 * Keeps its memory from one snapshot to the next: pages that the system hands out anew cost five
 * times as much as the copy itself.
 */
export class StateEncoder {
  private memory = new Uint8Array(0);
  private textBytes = 0;

  /** False: `begin` would have to ask for memory, and hold up its caller for longer. */
  hasRoom(sections: Sections): boolean {
    return this.needed(sections) <= this.memory.length;
  }

  /**
   * Makes room for these sections and some growth, in steps. It copies what will be copied, for
   * nothing: arrays that nobody has read or written yet have no pages either.
   */
  *reserve(sections: Sections): Generator<void, void, void> {
    release(sections);
    if (this.hasRoom(sections)) return;
    this.memory = new Uint8Array(0);
    const memory = new Uint8Array(Math.ceil(this.needed(sections) * HEADROOM));
    let end = 0;
    for (const section of sections.values()) {
      if (!isNumbers(section)) continue;
      yield* copy(bytesOf(section), memory.subarray(end));
      end += section.byteLength;
    }
    for (let at = end; at < memory.length; at += STEP_BYTES) {
      memory.fill(0, at, at + STEP_BYTES);
      yield;
    }
    this.memory = memory;
  }

  /**
   * Copies all numbers before it returns; from then on the state may change. Pages and texts are
   * written step by step. The bytes are good until the next call of `begin` or `reserve`.
   */
  begin(sections: Sections): Generator<void, Uint8Array, void> {
    const needed = this.needed(sections);
    if (needed > this.memory.length) this.widen(needed, sections);
    const heads: SectionHead[] = [];
    const start = headRoom(sections);
    let end = 0;
    for (const [name, section] of sections) {
      if (!isNumbers(section)) continue;
      const bytes = bytesOf(section);
      const type = section.constructor.name as NumbersName;
      heads.push({ name, type, offset: end, bytes: bytes.length });
      this.memory.set(bytes, start + end);
      end = this.pad(start, end + bytes.length);
    }
    return this.writeRest(sections, heads, end);
  }

  private *writeRest(
    sections: Sections,
    heads: SectionHead[],
    end: number,
  ): Generator<void, Uint8Array, void> {
    const start = headRoom(sections);
    let offset = end;
    try {
      for (const [name, section] of sections) {
        if (!isPages(section)) continue;
        const bytes = yield* this.writePages(section, start + offset);
        heads.push({ name, type: section.type, offset, bytes });
        offset = this.pad(start, offset + bytes);
      }
    } finally {
      release(sections);
    }
    const texts = offset;
    for (const [name, section] of sections) {
      if (isNumbers(section) || isPages(section)) continue;
      const written = yield* this.writeSection(section, start + offset);
      heads.push({ name, type: 'texts', offset, bytes: written });
      offset = this.pad(start, offset + written);
    }
    this.textBytes = offset - texts;
    this.writeHead(heads, start);
    return this.memory.subarray(0, start + offset);
  }

  private *writePages({ pages }: Pages, from: number): Generator<void, number, void> {
    let at = from;
    let rest = STEP_BYTES;
    for (const page of pages) {
      const bytes = bytesOf(page);
      this.memory.set(bytes, at);
      at += bytes.length;
      rest -= bytes.length;
      if (rest > 0) continue;
      yield;
      rest = STEP_BYTES;
    }
    return at - from;
  }

  /** A JSON list with a line break behind each step: a list may be longer than a string can be. */
  private *writeSection(texts: Texts, from: number): Generator<void, number, void> {
    let at = yield* this.write('[', from);
    for (let i = 0; i < texts.length; ) {
      const some: string[] = [];
      for (let units = 0; i < texts.length && some.length < STEP_TEXTS && units < STEP_UNITS; i++) {
        const text = texts.at(i) as string;
        units += text.length;
        some.push(text);
      }
      const isLast = i === texts.length;
      at = yield* this.write(JSON.stringify(some).slice(1, -1) + (isLast ? '' : TEXTS_BREAK), at);
      yield;
    }
    return (yield* this.write(']', at)) - from;
  }

  /** Where the text ends. */
  private *write(text: string, at: number): Generator<void, number, void> {
    // A unit of UTF-16 becomes three bytes at most. Behind it there is room for the padding.
    const most = at + text.length * 3 + HEAD_BYTES;
    if (most > this.memory.length) yield* this.grow(most, at);
    return at + encoder.encodeInto(text, this.memory.subarray(at)).written;
  }

  private widen(needed: number, sections: Sections): void {
    try {
      this.memory = new Uint8Array(Math.ceil(needed * HEADROOM));
    } catch (error) {
      release(sections);
      throw error;
    }
  }

  private *grow(bytes: number, used: number): Generator<void, void, void> {
    const { memory } = this;
    const wider = new Uint8Array(Math.ceil(bytes * HEADROOM));
    yield* copy(memory.subarray(0, used), wider);
    this.memory = wider;
  }

  /** The head has a fixed place, made before the sizes of texts are known: blanks fill it up. */
  private writeHead(heads: readonly SectionHead[], start: number): void {
    const head = JSON.stringify(heads);
    const view = new DataView(this.memory.buffer);
    view.setUint32(0, start - HEAD_BYTES, true);
    view.setUint32(HEAD_BYTES / 2, 0, true);
    this.memory.fill(BLANK, HEAD_BYTES, start);
    encoder.encodeInto(head, this.memory.subarray(HEAD_BYTES, start));
  }

  /** What the memory held before does not get into the gap: the same state gives the same bytes. */
  private pad(start: number, end: number): number {
    this.memory.fill(0, start + end, start + align(end));
    return align(end);
  }

  private needed(sections: Sections): number {
    let bytes = headRoom(sections);
    let texts = 0;
    for (const section of sections.values()) {
      if (isNumbers(section)) bytes += align(section.byteLength);
      else if (isPages(section)) bytes += align(lengthOf(section));
      else texts += section.length * BYTES_A_TEXT + 2 * HEAD_BYTES;
    }
    return bytes + (this.textBytes === 0 ? texts : Math.max(texts, this.textBytes * HEADROOM));
  }
}

const encoder = new TextEncoder();
const BLANK = 0x20;

function* copy(from: Uint8Array, to: Uint8Array): Generator<void, void, void> {
  for (let at = 0; at < from.length; at += STEP_BYTES) {
    to.set(from.subarray(at, at + STEP_BYTES), at);
    yield;
  }
}

function headRoom(sections: Sections): number {
  const widest = Array.from(sections.keys(), (name) => {
    return { name, type: 'Float64Array', offset: LARGEST, bytes: LARGEST };
  });
  return align(HEAD_BYTES + encoder.encode(JSON.stringify(widest)).length);
}

function release(sections: Sections): void {
  for (const section of sections.values()) if (isPages(section)) section.release();
}

function isPages(section: Section): section is Pages {
  return 'pages' in section;
}

function lengthOf({ pages }: Pages): number {
  return pages.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function isNumbers(section: Section): section is Numbers {
  return ArrayBuffer.isView(section);
}

function bytesOf(values: Numbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
