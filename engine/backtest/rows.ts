// Rows as they were read: columns that grow, in the order of the files.
import { CHANNEL_NAMES, type ChannelName } from './channels.js';

type Numbers = Float64Array | Float32Array | Int32Array;

const FIRST_CAPACITY = 4096;

/** What one line says. */
export interface RowValues {
  readonly bucket: number;
  /** NaN: not known. */
  readonly units: number;
}

/** Recorded rows, 24 bytes and 4 a channel each; a channel takes room once a file names it. */
export class RecordedRows {
  count = 0;
  /** Names of series by number, in order of first sight. */
  readonly series: string[] = [];
  /** Category by number of the series; null: none was told. */
  readonly categories: (string | null)[] = [];
  seriesOf = new Int32Array(FIRST_CAPACITY);
  bucket = new Int32Array(FIRST_CAPACITY);
  file = new Int32Array(FIRST_CAPACITY);
  line = new Int32Array(FIRST_CAPACITY);
  units = new Float64Array(FIRST_CAPACITY);
  readonly channels: Partial<Record<ChannelName, Float32Array<ArrayBuffer>>> = {};
  private readonly numbers = new Map<string, number>();
  private capacity = FIRST_CAPACITY;

  /** Number of a series; its first category stays. */
  seriesNumber(name: string, category: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.series.length;
      this.numbers.set(name, number);
      this.series.push(name);
      this.categories.push(null);
    }
    if (category !== '') this.categories[number] ??= category;
    return number;
  }

  /** Rows before it have said nothing in it. */
  addChannel(name: ChannelName): void {
    this.channels[name] ??= new Float32Array(this.capacity).fill(Number.NaN);
  }

  /** @returns index of the new row, its channels still silent */
  add(series: number, at: { file: number; line: number }, values: RowValues): number {
    if (this.count === this.capacity) this.grow();
    const i = this.count++;
    this.seriesOf[i] = series;
    this.file[i] = at.file;
    this.line[i] = at.line;
    this.bucket[i] = values.bucket;
    this.units[i] = values.units;
    return i;
  }

  private grow(): void {
    this.capacity *= 2;
    this.seriesOf = grown(this.seriesOf, new Int32Array(this.capacity));
    this.bucket = grown(this.bucket, new Int32Array(this.capacity));
    this.file = grown(this.file, new Int32Array(this.capacity));
    this.line = grown(this.line, new Int32Array(this.capacity));
    this.units = grown(this.units, new Float64Array(this.capacity));
    for (const name of CHANNEL_NAMES) {
      const values = this.channels[name];
      if (values === undefined) continue;
      this.channels[name] = grown(values, new Float32Array(this.capacity).fill(Number.NaN));
    }
  }
}

function grown<A extends Numbers>(from: A, to: A): A {
  to.set(from);
  return to;
}
