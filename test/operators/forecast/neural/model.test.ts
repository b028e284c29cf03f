// Claims about models as bytes and as text.
import { crc32 as crcOfZlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../../operators/forecast/neural/crc32.js';
import { firstModel } from '../../../../operators/forecast/neural/first-model.js';
import {
  decodeModel,
  encodeModel,
  isModel,
  MAX_MODEL_TEXT,
  modelOfText,
  modelText,
} from '../../../../operators/forecast/neural/model.js';

const model = firstModel(7, 3);
const bytes = encodeModel(model);

describe('a model as bytes', () => {
  it('comes back as it was, for any season, from bytes and from text', () => {
    for (const seasons of [1, 2, 7, 12, 24, 168, 256]) {
      const made = firstModel(seasons, seasons);
      const encoded = encodeModel(made);
      expect(decodeModel(encoded)).toEqual(made);
      expect(modelOfText(modelText(encoded))).toEqual(made);
      expect(modelText(encoded).length).toBeLessThan(MAX_MODEL_TEXT);
    }
  });

  it('has 5,046 weights for days of the week, 20.2 kB', () => {
    // 11 × 96 + 32 × 96 + 96 + 44 × 16 + 16 + 16 × 6 + 6.
    expect(model.shape.size).toBe(5046);
    expect(bytes.length).toBe(32 + 4 * 5046);
  });

  it('is refused with one byte changed, wherever it is, and never throws', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ change;
        expect(isModel(decodeModel(damaged))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused cut or longer, and any bytes or text are', () => {
    expect(isModel(decodeModel(bytes.subarray(0, -4)))).toBe(false);
    expect(isModel(decodeModel(new Uint8Array([...bytes, 0, 0, 0, 0])))).toBe(false);
    fc.assert(fc.property(fc.uint8Array(), (any) => !isModel(decodeModel(any))));
    fc.assert(fc.property(fc.string(), (any) => !isModel(modelOfText(any))));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1001])('is refused with a weight of %d', (w) => {
    const weights = model.weights.slice();
    weights[17] = w;
    const found = decodeModel(encodeModel({ ...model, weights }));
    expect(found).toEqual({ refused: `weight 17 is ${w}` });
  });

  it('says what is wrong with another shape', () => {
    const other = bytes.slice();
    new DataView(other.buffer).setUint16(10, 64, true);
    expect(decodeModel(other)).toEqual({ refused: 'its hidden units are 64, they should be 32' });
  });
});

describe('crc32', () => {
  it('is 0xcbf43926 for the digits 1 to 9 (the check value of its definition)', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it.skipIf(crcOfZlib === undefined)("is zlib's", () => {
    fc.assert(fc.property(fc.uint8Array(), (any) => crc32(any) === crcOfZlib(any)));
  });
});
