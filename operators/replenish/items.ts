// Catalog items by SKU number or row, each as text, with the time at which it was said.
import type { StateReader, StateWriter } from '../stream/state.js';

/**
 * Items are kept as the text that a snapshot holds: terms are made of each once, and a snapshot
 * then has nothing to do for a hundred thousand of them but to copy.
 */
export class Items {
  private readonly placeOf = new Map<number, number>();
  private readonly keys: number[] = [];
  private readonly texts: string[] = [];
  private readonly timesMs: number[] = [];

  get(key: number): string | undefined {
    const place = this.placeOf.get(key);
    return place === undefined ? undefined : this.texts[place];
  }

  /** False: what is known is later. */
  put(key: number, text: string, timeMs: number): boolean {
    const place = this.placeOf.get(key);
    if (place === undefined) {
      this.placeOf.set(key, this.keys.length);
      this.keys.push(key);
      this.texts.push(text);
      this.timesMs.push(timeMs);
      return true;
    }
    if ((this.timesMs[place] as number) > timeMs) return false;
    this.texts[place] = text;
    this.timesMs[place] = timeMs;
    return true;
  }

  save(scope: string, out: StateWriter): void {
    out.put(`${scope}.keys`, new Int32Array(this.keys));
    out.put(`${scope}.items`, this.texts.slice());
    out.put(`${scope}.timeMs`, new Float64Array(this.timesMs));
  }

  load(scope: string, from: StateReader): void {
    const keys = from.view(`${scope}.keys`, Int32Array);
    const timesMs = from.view(`${scope}.timeMs`, Float64Array);
    from.texts(`${scope}.items`).forEach((text, i) => {
      this.put(keys[i] as number, text, timesMs[i] as number);
    });
  }
}
