// State comes back whole from whatever kind of bytes a store hands over.
import { expect, it } from 'vitest';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';

it('reads each section by itself from a Buffer that lies within a larger one', () => {
  const writer = new StateWriter();
  writer.put('first', Float64Array.of(1, 2, 3));
  writer.put('names', ['a', 'b']);
  writer.put('second', Int32Array.of(7));
  const bytes = encodeState(writer);
  const larger = Buffer.alloc(bytes.length + 24, 0xff);
  larger.set(bytes, 8);
  const state = decodeState(larger.subarray(8, 8 + bytes.length));
  expect(state.float64('first')).toEqual(Float64Array.of(1, 2, 3));
  expect(state.texts('names')).toEqual(['a', 'b']);
  expect(state.int32('second')).toEqual(Int32Array.of(7));
  expect(state.float64('first').buffer.byteLength).toBe(24);
});
