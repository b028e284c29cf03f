// A model as bytes: a head that says what it is, then its weights; and as text, for events.
import { crc32 } from './crc32.js';
import { DENSE, HIDDEN, OUTPUTS, type Shape, shapeOf } from './shape.js';

export interface Model {
  readonly shape: Shape;
  /** All layers, in the order of the shape. */
  readonly weights: Float32Array<ArrayBuffer>;
}

/** A model under the name that its event gave it. */
export interface NamedModel {
  readonly model: Model;
  readonly version: string;
}

/** Layout of the bytes; raised when the network or its inputs change their meaning. */
export const MODEL_FORMAT = 1;
const MAGIC = 'SPNM';
const HEAD_BYTES = 32;
const CRC_AT = 28;
/** No trained weight comes near; sums of so large ones stay finite. */
const MAX_WEIGHT = 1_000;
/** Characters of the longest model: the widest calendar, in base64. */
export const MAX_MODEL_TEXT = 65_536;

/** A value that says what is wrong, for messages to people. */
export interface NoModel {
  readonly refused: string;
}

/**
 * Head of 32 bytes, little-endian: magic SPNM, then as 16-bit numbers format, seasons, inputs,
 * hidden, inputs of a target, dense, outputs, 0; as 32-bit numbers weights, 0 and CRC-32 of all
 * bytes but its own. Behind it the weights as Float32.
 */
export function encodeModel({ shape, weights }: Model): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES + 4 * weights.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  [MODEL_FORMAT, ...sizesOf(shape)].forEach((size, n) => {
    view.setUint16(4 + 2 * n, size, true);
  });
  for (let i = 0; i < weights.length; i++) {
    view.setFloat32(HEAD_BYTES + 4 * i, weights[i] as number, true);
  }
  view.setUint32(20, weights.length, true);
  view.setUint32(CRC_AT, checksum(bytes), true);
  return bytes;
}

/** The model that `encodeModel` made into bytes, or why they are none. */
export function decodeModel(bytes: Uint8Array): Model | NoModel {
  if (bytes.length < HEAD_BYTES) return { refused: 'it is cut in its head' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (![...MAGIC].every((c, i) => bytes[i] === c.charCodeAt(0))) {
    return { refused: 'it does not begin as a model does' };
  }
  const format = view.getUint16(4, true);
  if (format !== MODEL_FORMAT) {
    return { refused: `its format is ${format}, this version reads ${MODEL_FORMAT}` };
  }
  const seasons = view.getUint16(6, true);
  if (seasons < 1 || seasons > 256) return { refused: `its seasons are ${seasons}, not 1 to 256` };
  const shape = shapeOf(seasons);
  const wrong = wrongSize(view, shape);
  return wrong === null ? checkedWeights(view, shape, bytes) : { refused: wrong };
}

export function isModel(model: Model | NoModel): model is Model {
  return 'weights' in model;
}

/** In base64, as an event carries it. */
export function modelText(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The model of a text that `modelText` made, or why it is none. */
export function modelOfText(text: string): Model | NoModel {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return { refused: 'it is not base64' };
  }
  // White space and bits that stand for nothing would be other texts of the same model.
  return modelText(bytes) === text ? decodeModel(bytes) : { refused: 'it is not plain base64' };
}

function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(0, CRC_AT), bytes.subarray(HEAD_BYTES));
}

function sizesOf(shape: Shape): number[] {
  return [shape.seasons, shape.inputs, HIDDEN, shape.targetInputs, DENSE, OUTPUTS];
}

function wrongSize(view: DataView, shape: Shape): string | null {
  const names = ['seasons', 'inputs', 'hidden units', 'inputs of a target', 'dense', 'outputs'];
  for (const [n, wanted] of sizesOf(shape).entries()) {
    const found = view.getUint16(6 + 2 * n, true);
    if (found !== wanted) return `its ${names[n]} are ${found}, they should be ${wanted}`;
  }
  const count = view.getUint32(20, true);
  const room = (view.byteLength - HEAD_BYTES) / 4;
  if (count !== shape.size) return `it says ${count} weights, they should be ${shape.size}`;
  return room === count ? null : `it has bytes of ${room} weights, not of ${count}`;
}

function checkedWeights(view: DataView, shape: Shape, bytes: Uint8Array): Model | NoModel {
  if (view.getUint32(CRC_AT, true) !== checksum(bytes)) {
    return { refused: 'it is damaged: its checksum is another' };
  }
  const weights = new Float32Array(shape.size);
  for (let i = 0; i < weights.length; i++) {
    const weight = view.getFloat32(HEAD_BYTES + 4 * i, true);
    if (!(Math.abs(weight) <= MAX_WEIGHT)) return { refused: `weight ${i} is ${weight}` };
    weights[i] = weight;
  }
  return { shape, weights };
}
