// Documents: orders, purchase orders, transfers and carts, each with its lines, in columns.
import type { Steps } from '../stream/slices.js';
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';
import { grownInt32 } from '../stream/table.js';

const NONE = -1;
const FIRST_CAPACITY = 64;

/**
 * Documents by id, each a chain of lines in columns; ended lines go to a free list.
 * A document that is done is remembered (closed) until `forget` drops it.
 */
export class Documents implements Stateful {
  private readonly numbers = new Map<string, number>();
  /** Id by number; undefined: the number is free. */
  private readonly idOf: (string | undefined)[] = [];
  private readonly freeDocuments: number[] = [];
  private firstOf = new Int32Array(FIRST_CAPACITY);
  /** Last line of each; not saved, since the chains say it. */
  private lastOf = new Int32Array(FIRST_CAPACITY);
  private placeOf = new Int32Array(FIRST_CAPACITY);
  /** Closed documents, oldest first, and when they closed; other lists after a `forget`. */
  private closedIds: string[] = [];
  private closedAtMs: number[] = [];
  private closedFrom = 0;
  private lineCount = 0;
  private freeLine = NONE;
  private nextLine = new Int32Array(FIRST_CAPACITY);
  private rowOf = new Int32Array(FIRST_CAPACITY);
  /** Units that the line began with, or was last set to. */
  private wholeOf = new Float64Array(FIRST_CAPACITY);
  /** Units of it that are done. */
  private doneOf = new Float64Array(FIRST_CAPACITY);
  private timeOf = new Float64Array(FIRST_CAPACITY);

  constructor(private readonly scope: string) {}

  /** True: seen before, open or closed. */
  knows(id: string): boolean {
    return this.numbers.has(id);
  }

  get size(): number {
    return this.numbers.size;
  }

  /** Makes a document known, with the number of the location that it belongs to. */
  open(id: string, place: number): void {
    if (this.numbers.has(id)) return;
    const number = this.freeDocuments.pop() ?? this.numbers.size;
    if (number >= this.firstOf.length) {
      this.firstOf = grownInt32(this.firstOf, this.firstOf.length * 2);
      this.lastOf = grownInt32(this.lastOf, this.firstOf.length);
      this.placeOf = grownInt32(this.placeOf, this.placeOf.length * 2);
    }
    this.numbers.set(id, number);
    this.idOf[number] = id;
    this.firstOf[number] = NONE;
    this.lastOf[number] = NONE;
    this.placeOf[number] = place;
  }

  /** Number of the location of a document; -1: not known. */
  place(id: string): number {
    const number = this.numbers.get(id);
    return number === undefined ? NONE : (this.placeOf[number] as number);
  }

  /** First line of a document; -1: it has none, or is not known. */
  first(id: string): number {
    const number = this.numbers.get(id);
    return number === undefined ? NONE : (this.firstOf[number] as number);
  }
  /** Line behind `line`; -1: it was the last. */
  next(line: number): number {
    return this.nextLine[line] as number;
  }
  row(line: number): number {
    return this.rowOf[line] as number;
  }
  whole(line: number): number {
    return this.wholeOf[line] as number;
  }
  done(line: number): number {
    return this.doneOf[line] as number;
  }
  /** Units not done, never below zero. */
  remaining(line: number): number {
    return Math.max(0, (this.wholeOf[line] as number) - (this.doneOf[line] as number));
  }
  timeMs(line: number): number {
    return this.timeOf[line] as number;
  }

  setWhole(line: number, units: number): void {
    this.wholeOf[line] = units;
  }
  addDone(line: number, units: number): void {
    this.doneOf[line] = (this.doneOf[line] as number) + units;
  }
  setTime(line: number, timeMs: number): void {
    this.timeOf[line] = timeMs;
  }
  setRow(line: number, row: number): void {
    this.rowOf[line] = row;
  }

  /** Adds a line behind the last one of a document that is open. */
  add(id: string, row: number, units: number, timeMs: number): number {
    const number = this.numbers.get(id);
    if (number === undefined) throw new RangeError(`document '${id}' is not open`);
    const line = this.takeLine();
    this.rowOf[line] = row;
    this.wholeOf[line] = units;
    this.doneOf[line] = 0;
    this.timeOf[line] = timeMs;
    this.nextLine[line] = NONE;
    const last = this.lastOf[number] as number;
    if (last === NONE) this.firstOf[number] = line;
    else this.nextLine[last] = line;
    this.lastOf[number] = line;
    return line;
  }

  /** Line of a document for a row; -1: none. */
  find(id: string, row: number): number {
    for (let line = this.first(id); line >= 0; line = this.next(line)) {
      if (this.rowOf[line] === row) return line;
    }
    return NONE;
  }

  /** True: no line of it has units left. */
  isDone(id: string): boolean {
    for (let line = this.first(id); line >= 0; line = this.next(line)) {
      if (this.remaining(line) > 0) return false;
    }
    return true;
  }

  /** Closes a document at `atMs` if it is done. Its lines are kept until it is forgotten. */
  settle(id: string, atMs: number): void {
    if (this.knows(id) && this.isDone(id)) this.close(id, atMs);
  }

  /** Gives back the lines that are done; closes the document when none is left. */
  sweep(id: string, atMs: number): void {
    const number = this.numbers.get(id);
    if (number === undefined) return;
    let kept = NONE;
    for (let line = this.firstOf[number] as number; line >= 0; ) {
      const next = this.next(line);
      if (this.remaining(line) > 0) kept = line;
      else {
        if (kept === NONE) this.firstOf[number] = next;
        else this.nextLine[kept] = next;
        this.giveBack(line);
      }
      line = next;
    }
    this.lastOf[number] = kept;
    if (kept === NONE) this.close(id, atMs);
  }

  /** Drops a document with all its lines, as if it had never been. */
  drop(id: string): void {
    const number = this.numbers.get(id);
    if (number === undefined) return;
    for (let line = this.firstOf[number] as number; line >= 0; ) {
      const next = this.next(line);
      this.giveBack(line);
      line = next;
    }
    this.numbers.delete(id);
    this.idOf[number] = undefined;
    this.freeDocuments.push(number);
  }

  /** Forgets documents that closed before `beforeMs` and are still done. */
  *forget(beforeMs: number, sliceDocuments: number): Steps {
    let rest = sliceDocuments;
    while (this.closedFrom < this.closedIds.length) {
      const id = this.closedIds[this.closedFrom] as string;
      if ((this.closedAtMs[this.closedFrom] as number) >= beforeMs) break;
      if (this.isDone(id)) this.drop(id);
      this.closedFrom++;
      if (--rest > 0) continue;
      yield;
      rest = sliceDocuments;
    }
    if (this.closedFrom > 1024 && this.closedFrom * 2 > this.closedIds.length) {
      this.closedIds = this.closedIds.slice(this.closedFrom);
      this.closedAtMs = this.closedAtMs.slice(this.closedFrom);
      this.closedFrom = 0;
    }
  }

  save(out: StateWriter): void {
    const { scope, lineCount: n, closedIds, closedFrom } = this;
    const ids = this.idOf.slice();
    const numbers = this.usedNumbers();
    out.put(`${scope}.ids`, { length: numbers.length, at: (i) => ids[numbers[i] as number] });
    out.put(`${scope}.numbers`, numbers);
    out.put(`${scope}.free`, new Int32Array(this.freeDocuments));
    const used = Math.max(this.idOf.length, FIRST_CAPACITY);
    out.put(`${scope}.first`, this.firstOf.subarray(0, used));
    out.put(`${scope}.place`, this.placeOf.subarray(0, used));
    const closed = closedIds.length - closedFrom;
    out.put(`${scope}.closed`, { length: closed, at: (i) => closedIds[closedFrom + i] });
    out.put(`${scope}.closedAtMs`, new Float64Array(this.closedAtMs.slice(closedFrom)));
    out.put(`${scope}.counts`, Float64Array.of(n, this.freeLine));
    out.put(`${scope}.next`, this.nextLine.subarray(0, n));
    out.put(`${scope}.row`, this.rowOf.subarray(0, n));
    out.put(`${scope}.whole`, this.wholeOf.subarray(0, n));
    out.put(`${scope}.done`, this.doneOf.subarray(0, n));
    out.put(`${scope}.timeMs`, this.timeOf.subarray(0, n));
  }

  load(from: StateReader): void {
    const { scope } = this;
    const numbers = from.int32(`${scope}.numbers`);
    const free = from.int32(`${scope}.free`);
    const count = numbers.length + free.length;
    while (this.idOf.length < count) this.idOf.push(undefined);
    from.texts(`${scope}.ids`).forEach((id, i) => {
      this.numbers.set(id, numbers[i] as number);
      this.idOf[numbers[i] as number] = id;
    });
    for (const number of free) this.freeDocuments.push(number);
    this.firstOf = from.int32(`${scope}.first`);
    this.placeOf = from.int32(`${scope}.place`);
    this.closedIds = [...from.texts(`${scope}.closed`)];
    this.closedAtMs = [...from.float64(`${scope}.closedAtMs`)];
    const [lineCount, freeLine] = from.float64(`${scope}.counts`) as unknown as [number, number];
    while (this.rowOf.length < lineCount) this.growLines();
    this.lineCount = lineCount;
    this.freeLine = freeLine;
    this.nextLine.set(from.view(`${scope}.next`, Int32Array));
    this.rowOf.set(from.view(`${scope}.row`, Int32Array));
    this.wholeOf.set(from.view(`${scope}.whole`, Float64Array));
    this.doneOf.set(from.view(`${scope}.done`, Float64Array));
    this.timeOf.set(from.view(`${scope}.timeMs`, Float64Array));
    this.findLast();
  }

  private usedNumbers(): Int32Array {
    const numbers = new Int32Array(this.numbers.size);
    let used = 0;
    for (let number = 0; number < this.idOf.length; number++) {
      if (this.idOf[number] !== undefined) numbers[used++] = number;
    }
    return numbers;
  }

  private close(id: string, atMs: number): void {
    this.closedIds.push(id);
    this.closedAtMs.push(atMs);
  }

  private findLast(): void {
    this.lastOf = new Int32Array(this.firstOf.length);
    for (const number of this.numbers.values()) {
      let last = this.firstOf[number] as number;
      while (last !== NONE && this.next(last) !== NONE) last = this.next(last);
      this.lastOf[number] = last;
    }
  }

  private takeLine(): number {
    if (this.freeLine !== NONE) {
      const line = this.freeLine;
      this.freeLine = this.next(line);
      return line;
    }
    if (this.lineCount === this.rowOf.length) this.growLines();
    return this.lineCount++;
  }

  private giveBack(line: number): void {
    this.nextLine[line] = this.freeLine;
    this.freeLine = line;
  }

  private growLines(): void {
    const n = this.rowOf.length * 2;
    this.nextLine = grownInt32(this.nextLine, n);
    this.rowOf = grownInt32(this.rowOf, n);
    this.wholeOf = grownFloat64(this.wholeOf, n);
    this.doneOf = grownFloat64(this.doneOf, n);
    this.timeOf = grownFloat64(this.timeOf, n);
  }
}

function grownFloat64(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(values);
  return grown;
}
