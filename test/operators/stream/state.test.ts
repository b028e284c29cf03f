// Claims about state as bytes: what goes in comes out, from wherever the bytes come.
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';

function encoded(): Uint8Array {
  const writer = new StateWriter();
  writer.put('texts', ['a', 'ü', '']);
  writer.put('bytes', Uint8Array.of(1, 2, 3));
  writer.put('counts', Uint32Array.of(7, 0xffff_ffff));
  writer.put('numbers', Float64Array.of(1.5, Number.NaN, -0));
  return encodeState(writer);
}

describe('state', () => {
  const sources: [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['an array', (bytes) => bytes],
    ['a part of an array, not aligned', (bytes) => shifted(bytes)],
    // As a snapshot read from a file is: slice of a Buffer is no copy.
    ['a Buffer', (bytes) => Buffer.from(bytes)],
    ['a part of a Buffer', (bytes) => Buffer.concat([Buffer.alloc(20), bytes]).subarray(20)],
  ];

  it.each(sources)('comes back whole from %s', (_name, from) => {
    const reader = decodeState(from(encoded()));
    expect(reader.texts('texts')).toEqual(['a', 'ü', '']);
    expect(reader.uint8('bytes')).toEqual(Uint8Array.of(1, 2, 3));
    expect(reader.uint32('counts')).toEqual(Uint32Array.of(7, 0xffff_ffff));
    expect(reader.float64('numbers')).toEqual(Float64Array.of(1.5, Number.NaN, -0));
  });

  it('comes back whole where a list is written in many steps, whatever its texts hold', () => {
    const odd = ['",\n"', ',\n', '\\', '"', '[', ']', '\u2028', ''];
    const texts = Array.from({ length: 5000 }, (_, i) => `${odd[i % odd.length]}${i}`);
    const writer = new StateWriter();
    writer.put('texts', texts);
    writer.put('none', []);
    const reader = decodeState(encodeState(writer));
    expect(reader.texts('texts')).toEqual(texts);
    expect(reader.texts('none')).toEqual([]);
  });

  it('is read where a list of texts was written at once, as earlier builds did', () => {
    const [head, list] = ['[{"name":"t","type":"texts","offset":0,"bytes":7}]', '["a,b"]'];
    const bytes = Buffer.alloc(8 + 56 + 8);
    bytes.writeUInt32LE(head.length);
    bytes.write(head, 8);
    bytes.write(list, 8 + 56);
    expect(decodeState(bytes).texts('t')).toEqual(['a,b']);
  });

  it('does not hold on to the bytes that it came from', () => {
    const bytes = encoded();
    const numbers = decodeState(bytes).float64('numbers');
    bytes.fill(0);
    expect(numbers[0]).toBe(1.5);
    expect(numbers.buffer.byteLength).toBe(3 * 8);
  });
});

function shifted(bytes: Uint8Array): Uint8Array {
  const wider = new Uint8Array(bytes.length + 3);
  wider.set(bytes, 3);
  return wider.subarray(3);
}
