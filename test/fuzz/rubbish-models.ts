// Texts that look like a network's weights and are none: each with what should be said of it.
import { crc32 } from '../../operators/forecast/neural/crc32.js';
import { firstModel } from '../../operators/forecast/neural/first-model.js';
import { encodeModel, modelText } from '../../operators/forecast/neural/model.js';

/** A whole number from 0 to n - 1. */
type Below = (n: number) => number;

export interface RubbishModel {
  readonly what: string;
  readonly reason: RegExp;
  readonly text: (below: Below) => string;
}

const HEAD_BYTES = 32;
const CRC_AT = 28;
const model = firstModel(7, 1);
const bytes = encodeModel(model);
const text = modelText(bytes);

const weighing = (weight: number) => (below: Below) => {
  const weights = model.weights.slice();
  weights[below(weights.length)] = weight;
  return modelText(encodeModel({ ...model, weights }));
};

/** With another number in its head, and the checksum that belongs to it. */
const sized = (at: number, size: number) => () => {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  view.setUint16(at, size, true);
  view.setUint32(CRC_AT, crc32(changed.subarray(0, CRC_AT), changed.subarray(HEAD_BYTES)), true);
  return modelText(changed);
};

const spliced = (put: string) => (below: Below) => {
  const at = below(text.length);
  return text.slice(0, at) + put + text.slice(at);
};

export const RUBBISH_MODELS: readonly RubbishModel[] = [
  { what: 'no text', reason: /fewer than 1 char/, text: () => '' },
  { what: 'words', reason: /not base64/, text: () => 'the best model of all!' },
  { what: 'a letter of none', reason: /not base64/, text: spliced('\u00e9') },
  { what: 'white space', reason: /not plain base64/, text: spliced('\n') },
  { what: 'a head alone', reason: /bytes of 0 weights/, text: () => `${text.slice(0, 42)}A=` },
  {
    what: 'whole numbers of weights fewer',
    reason: /bytes of \d+ weights, not of 5046/,
    text: (below) => modelText(bytes.subarray(0, HEAD_BYTES + 4 * below(5046))),
  },
  {
    what: 'bytes fewer',
    reason: /cut in its head|bytes of [\d.]+ weights/,
    text: (below) => modelText(bytes.subarray(0, 1 + below(bytes.length - 1))),
  },
  {
    what: 'bytes more',
    reason: /bytes of [\d.]+ weights/,
    text: (below) => modelText(Uint8Array.from([...bytes, ...new Uint8Array(1 + below(9))])),
  },
  { what: 'another beginning', reason: /not begin as a model/, text: () => `AAAA${text.slice(4)}` },
  { what: 'a later format', reason: /format is 2/, text: sized(4, 2) },
  { what: 'no seasons', reason: /seasons are 0/, text: sized(6, 0) },
  { what: 'seasons beyond all', reason: /seasons are 65535/, text: sized(6, 65_535) },
  { what: 'seasons of other weights', reason: /inputs are 11/, text: sized(6, 168) },
  { what: 'other hidden units', reason: /hidden units are 64/, text: sized(10, 64) },
  { what: 'other outputs', reason: /outputs are 0/, text: sized(16, 0) },
  { what: 'another count of weights', reason: /says 5047 weights/, text: sized(20, 5047) },
  { what: 'a weight of NaN', reason: /weight \d+ is NaN/, text: weighing(Number.NaN) },
  { what: 'an infinite weight', reason: /weight \d+ is -Inf/, text: weighing(-Infinity) },
  { what: 'a huge weight', reason: /weight \d+ is 1\.0+\d*e\+30/, text: weighing(1e30) },
  {
    what: 'a bit turned',
    reason: /damaged/,
    text: (below) => {
      const damaged = bytes.slice();
      const at = HEAD_BYTES + below(bytes.length - HEAD_BYTES);
      damaged[at] = (damaged[at] as number) ^ (1 << below(8));
      return modelText(damaged);
    },
  },
];

/** Models that are ones, of buckets of an hour: of no use where buckets are days. */
export const OTHER_MODELS = [modelText(encodeModel(firstModel(168, 1)))];
