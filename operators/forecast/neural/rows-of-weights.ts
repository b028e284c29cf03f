// The one loop in which a network spends its time, in WebAssembly: sixteen columns at once.

/** Functions, types and instructions of WebAssembly that are used here, by their codes. */
const I32 = 0x7f;
const V128 = 0x7b;
const LOOP = [0x03, 0x40];
const END = [0x0b];
const BRANCH_IF_TO_LOOP = [0x0d, 0x00];
const ADD = [0x6a];
const SUBTRACT = [0x6b];
const ADD_FOUR = [0xfd, 0xe4, 0x01];
const MULTIPLY_FOUR = [0xfd, 0xe6, 0x01];
/** Places in memory are multiples of 4. */
const ALIGNED = 0x02;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
/** Below 64: longer ones take two bytes. */
const constant = (value: number): number[] => [0x41, value];
const loadFour = (offset: number): number[] => [0xfd, 0x00, ALIGNED, offset];
const loadToFour = (): number[] => [0xfd, 0x09, ALIGNED, 0x00];
const storeFour = (offset: number): number[] => [0xfd, 0x0b, ALIGNED, offset];

/** Arguments, then what the loops move. */
const [SUMS, FACTORS, ROWS, WEIGHTS, COLUMNS, WIDTH] = [0, 1, 2, 3, 4, 5] as const;
const [FACTOR, WEIGHT, LEFT, SUM, SPLAT] = [6, 7, 8, 9, 13] as const;
const QUARTERS = [0, 1, 2, 3] as const;
/** Columns of one round. */
export const ROUND = 16;

const move = (local: number, by: number[]): number[] => [
  ...get(local),
  ...by,
  ...ADD,
  ...set(local),
];
const oneLess = (local: number): number[] => [
  ...get(local),
  ...constant(1),
  ...SUBTRACT,
  ...tee(local),
];
const SIXTY_FOUR = [0x41, 0xc0, 0x00];

const ROW = [
  ...[...get(FACTOR), ...loadToFour(), ...set(SPLAT)],
  ...QUARTERS.flatMap((q) => [
    ...[...get(SUM + q), ...get(SPLAT), ...get(WEIGHT), ...loadFour(16 * q)],
    ...[...MULTIPLY_FOUR, ...ADD_FOUR, ...set(SUM + q)],
  ]),
  ...move(FACTOR, constant(4)),
  ...move(WEIGHT, get(WIDTH)),
];

const BODY = [
  ...LOOP,
  ...QUARTERS.flatMap((q) => [...get(SUMS), ...loadFour(16 * q), ...set(SUM + q)]),
  ...[...get(FACTORS), ...set(FACTOR), ...get(WEIGHTS), ...set(WEIGHT), ...get(ROWS), ...set(LEFT)],
  ...[...LOOP, ...ROW, ...oneLess(LEFT), ...BRANCH_IF_TO_LOOP, ...END],
  ...QUARTERS.flatMap((q) => [...get(SUMS), ...get(SUM + q), ...storeFour(16 * q)]),
  ...move(SUMS, SIXTY_FOUR),
  ...move(WEIGHTS, SIXTY_FOUR),
  ...[...oneLess(COLUMNS), ...BRANCH_IF_TO_LOOP, ...END],
];

const sized = (bytes: readonly number[]): number[] => [...length(bytes.length), ...bytes];
const length = (n: number): number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, n >> 7]);
const text = (name: string): number[] => sized([...new TextEncoder().encode(name)]);
const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];

/** Three numbers, then four of 128 bits and one more. */
const LOCALS = [0x02, 0x03, I32, 0x05, V128];
const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [0x01, 0x60, 0x06, I32, I32, I32, I32, I32, I32, 0x00]),
  ...section(2, [0x01, ...text('of'), ...text('memory'), 0x02, 0x00, 0x01]),
  ...section(3, [0x01, 0x00]),
  ...section(7, [0x01, ...text('add'), 0x00, 0x00]),
  ...section(10, [0x01, ...sized([...LOCALS, ...BODY, ...END])]),
]);

type AddRows = (
  sums: number,
  factors: number,
  rows: number,
  weights: number,
  rounds: number,
  width: number,
) => void;

/** What is used of the machine that every JavaScript engine has; no library of types names it. */
interface Machine {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { exports: { add: AddRows } };
}
const { WebAssembly: machine } = globalThis as unknown as { readonly WebAssembly: Machine };

const memory = new machine.Memory({ initial: 1, maximum: 1 });

/** 64 KiB that `addRows` works in: numbers in single precision. */
export const MEMORY = new Float32Array(memory.buffer);

/**
 * sums[j] += Σ factors[i] weights[i][j], i = 0 … rows - 1, row by row, for 16 `rounds` columns j.
 * Arguments are bytes in `MEMORY` (`width`: from one row of weights to the next), but `rows` and
 * `rounds`, which are 1 or more. In single precision: the same numbers give the same bits on any
 * machine. Source: *WebAssembly Core Specification* 2.0, W3C, chapters 4.3.3 and 5.
 */
export const addRows = new machine.Instance(new machine.Module(MODULE), { of: { memory } }).exports
  .add;
