// Name index: which rows have names like this one, by hashed pieces of their names.
import type { Stateful, StateReader, StateWriter } from '../stream/state.js';

/** Numbers of a name's vector. */
const WIDTH = 256;
/** Names that are kept; a new one then takes the place of the oldest. */
export const MOST_NAMES = 2048;
/** Letters of a name that are looked at. */
const MOST_LETTERS = 80;
/** Lengths of the pieces of a name. */
const SHORTEST = 3;
const LONGEST = 5;
/** Counts are kept in a byte. */
const ZERO = 128;
/** Weight of a neighbour: its similarity to this power, so that half as like counts a sixteenth. */
const POWER = 4;

/**
 * Similarity of names: cosine of their vectors of hashed character n-grams, n = 3 … 5, of the lower
 * case name with whatever is no letter or digit as one space. Each n-gram adds +1 or -1, by its
 * hash, at one of 256 places: collisions then cancel on average (feature hashing). No model.
 * Kept: the 2048 names that were put last, 512 kB. A look-up takes about 60 x 2048 additions.
 * Source: scikit-learn, documentation of `FeatureHasher` and `HashingVectorizer` (signed hashes).
 */
export class NameIndex implements Stateful {
  /** By place of the vector, then by slot: a look-up reads whole lines of them. Empty at first. */
  private counts = new Uint8Array(0);
  private norms = new Float64Array(0);
  private rows = new Int32Array(0);
  /** Names that were put, whether they are still kept or not. */
  private filled = 0;
  private readonly vector = new Int32Array(WIDTH);
  private readonly dots = new Int32Array(MOST_NAMES);

  /** A row of that name is known well from now on. A name without letters is left out. */
  put(row: number, name: string): void {
    const norm = this.read(name);
    if (norm === 0) return;
    if (this.isEmpty) this.makeRoom();
    const slot = this.filled++ % MOST_NAMES;
    this.rows[slot] = row;
    this.norms[slot] = norm;
    for (let place = 0; place < WIDTH; place++) {
      const count = Math.min(127, Math.max(-127, this.vector[place] as number));
      this.counts[place * MOST_NAMES + slot] = ZERO + count;
    }
  }

  /**
   * Mean of `levelOf` over rows of similar names, weighted by similarity^4, `prior` being one more
   * of weight `strength`. Rows that are not alike at all (cosine <= 0) do not count.
   */
  mean(
    name: string,
    levelOf: (row: number) => number,
    { prior, strength }: { readonly prior: number; readonly strength: number },
  ): number {
    const norm = this.read(name);
    const size = Math.min(this.filled, MOST_NAMES);
    if (norm === 0 || size === 0) return prior;
    this.multiply(size);
    let weights = strength;
    let sum = strength * prior;
    for (let slot = 0; slot < size; slot++) {
      const dot = this.dots[slot] as number;
      if (dot <= 0) continue;
      const weight = (dot / (norm * (this.norms[slot] as number))) ** POWER;
      weights += weight;
      sum += weight * levelOf(this.rows[slot] as number);
    }
    return sum / weights;
  }

  get isEmpty(): boolean {
    return this.filled === 0;
  }

  save(out: StateWriter): void {
    out.put('names.put', Float64Array.of(this.filled));
    if (this.isEmpty) return;
    out.put('names.counts', this.counts);
    out.put('names.norms', this.norms);
    out.put('names.rows', this.rows);
  }

  load(from: StateReader): void {
    this.filled = from.float64('names.put')[0] as number;
    if (this.isEmpty) return;
    this.counts = from.uint8('names.counts');
    this.norms = from.float64('names.norms');
    this.rows = from.int32('names.rows');
  }

  private makeRoom(): void {
    this.counts = new Uint8Array(WIDTH * MOST_NAMES).fill(ZERO);
    this.norms = new Float64Array(MOST_NAMES);
    this.rows = new Int32Array(MOST_NAMES);
  }

  /** Products of the vector with those of all slots. */
  private multiply(size: number): void {
    const { dots, counts, vector } = this;
    dots.fill(0);
    for (let place = 0; place < WIDTH; place++) {
      const own = vector[place] as number;
      if (own === 0) continue;
      const line = place * MOST_NAMES;
      for (let slot = 0; slot < size; slot++) {
        dots[slot] = (dots[slot] as number) + own * ((counts[line + slot] as number) - ZERO);
      }
    }
  }

  /** Writes the vector of a name; its length, 0 for a name without letters. */
  private read(name: string): number {
    const { vector } = this;
    vector.fill(0);
    const words =
      name
        .slice(0, MOST_LETTERS)
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [];
    if (words.length === 0) return 0;
    const text = ` ${words.join(' ')} `;
    for (let from = 0; from < text.length; from++) this.count(text, from);
    let square = 0;
    for (const count of vector) square += count * count;
    return Math.sqrt(square);
  }

  /** Counts the n-grams that start at `from`. Hash: FNV-1a, its bits mixed at the end. */
  private count(text: string, from: number): void {
    let hash = 0x811c9dc5;
    const end = Math.min(text.length, from + LONGEST);
    for (let at = from; at < end; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
      if (at - from < SHORTEST - 1) continue;
      const mixed = mix(hash);
      const place = mixed % WIDTH;
      this.vector[place] = (this.vector[place] as number) + (mixed >= 2 ** 31 ? 1 : -1);
    }
  }
}

/** Every bit of a hash in every other: places are its low bits, and signs its highest. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
