// Claims about the index of similar names.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MOST_NAMES, NameIndex } from '../../../operators/forecast/name-index.js';
import { decodeState, encodeState, StateWriter } from '../../../operators/stream/state.js';

const NO_PRIOR = { prior: 0, strength: 1e-9 };

function indexOf(names: readonly string[]): NameIndex {
  const index = new NameIndex();
  for (const [row, name] of names.entries()) index.put(row, name);
  return index;
}

/** Words of four letters and more. */
function words(name: string): readonly string[] {
  return name.match(/\p{L}{4,}/gu) ?? [];
}

/** Names of the demo's 1,000 SKUs: gifts of a real shop. */
function realNames(): string[] {
  const file = new URL('../../../config/demo/catalog.ndjson.gz', import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.flatMap((line) => (JSON.parse(line) as { name?: string }).name ?? []);
}

describe('NameIndex', () => {
  const few = ['RED RETROSPOT MUG', 'PAPER NAPKINS, FAIRY CAKES', 'WOODEN PICTURE FRAME'];

  it('gives the value of a row of the very same name', () => {
    for (const [row, name] of few.entries()) {
      expect(indexOf(few).mean(name, (other) => (other === row ? 1 : 0), NO_PRIOR)).toBeGreaterThan(
        0.98,
      );
    }
  });

  it('looks at letters and digits only, whatever their case', () => {
    const levels = (row: number) => 10 ** row;
    const plain = indexOf(few).mean('paper napkins fairy cakes', levels, NO_PRIOR);
    const loud = indexOf(few).mean('  PAPER--Napkins (fairy cakes)!', levels, NO_PRIOR);
    expect(loud).toBe(plain);
  });

  it('gives the prior where there is no name, or nobody is like it', () => {
    const prior = { prior: 7, strength: 0.2 };
    expect(indexOf(few).mean('', () => 1, prior)).toBe(7);
    expect(indexOf(few).mean('?!', () => 1, prior)).toBe(7);
    expect(new NameIndex().mean('RED MUG', () => 1, prior)).toBe(7);
  });

  it('among real names finds a word in common: .7 of the weight, where chance is .05', () => {
    const names = realNames();
    let found = 0;
    let usual = 0;
    for (let asked = 0; asked < names.length; asked += 20) {
      const name = names[asked] as string;
      const own = words(name);
      const others = names.filter((_, row) => row !== asked);
      const alike = (row: number) =>
        words(others[row] as string).some((word) => own.includes(word)) ? 1 : 0;
      found += indexOf(others).mean(name, alike, NO_PRIOR);
      usual += others.reduce((sum, _, row) => sum + alike(row), 0) / others.length;
    }
    const asked = Math.ceil(names.length / 20);
    expect(found / asked).toBeGreaterThan(0.7);
    expect(usual / asked).toBeLessThan(0.06);
  });

  it(`keeps the last ${MOST_NAMES} names`, () => {
    const index = indexOf(few);
    const first = (row: number) => (row === 0 ? 1 : 0);
    expect(index.mean('RED RETROSPOT MUG', first, NO_PRIOR)).toBeGreaterThan(0.98);
    for (let n = 0; n < MOST_NAMES; n++) index.put(3, `glass jar ${n}`);
    expect(index.mean('RED RETROSPOT MUG', first, NO_PRIOR)).toBe(0);
  });

  it('is the same when saved and restored', () => {
    const names = realNames();
    const one = indexOf(names);
    const writer = new StateWriter();
    one.save(writer);
    const other = new NameIndex();
    other.load(decodeState(encodeState(writer)));
    for (const index of [one, other]) index.put(7, 'BLUE POLKADOT MUG');
    for (const name of names.slice(0, 50)) {
      const [mine, its] = [one, other].map((index) => index.mean(name, (row) => row, NO_PRIOR));
      expect(its).toBe(mine);
    }
  });
});
