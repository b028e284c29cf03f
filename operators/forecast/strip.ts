// A strip: the last known buckets of one row in order, with the scale that each was seen at.

/** Buckets that are remembered a row. */
export const STRIP_LENGTH = 28;

/**
 * Bytes a bucket beside its units. season: as in the bucket; price: against its own mean, 0 not
 * known; promotion, stock: shares of 255; carts: units put into carts and not taken out.
 */
export const MARKS = { season: 0, price: 1, promotion: 2, carts: 3, stock: 4 } as const;
export const MARKS_WIDTH = 5;

/** One step of a mark in the quantity's own unit. */
export const PRICE_STEP = 0.01;
export const CARTS_STEP = 6 / 255;
const PRICE_MIDDLE = 128;

/** A buckets' average forgets beyond so many: the gain is 1/n up to here. */
export const SCALE_MEMORY = 28;

/** What years without demand leave of a mean is none: single precision runs out of digits. */
const LEAST_SCALE = 1e-20;

/**
 * Running mean of known units: s + (u - s) / min(n + 1, 28), in single precision.
 * @param count known buckets before this one
 */
export function nextScale(scale: number, count: number, units: number): number {
  if (count === 0) return Math.fround(units);
  const next = scale + (units - scale) / Math.min(count + 1, SCALE_MEMORY);
  return next < LEAST_SCALE ? 0 : Math.fround(next);
}

/** ln(price / its mean) as a byte, in steps of 0.01; 0: not known. */
export function priceMark(price: number, mean: number): number {
  if (!(price > 0 && mean > 0)) return 0;
  const steps = Math.round(Math.log(price / mean) / PRICE_STEP);
  return PRICE_MIDDLE + Math.min(127, Math.max(-127, steps));
}

/** ln(price / its mean) of a mark, 0 where it is not known. */
export function priceOf(mark: number): number {
  return mark === 0 ? 0 : (mark - PRICE_MIDDLE) * PRICE_STEP;
}

/** ln(1 + units in carts / scale) as a byte, 0 - 6. */
export function cartsMark(units: number, scale: number): number {
  if (!(units > 0 && scale > 0)) return 0;
  return Math.min(255, Math.round(Math.log1p(units / scale) / CARTS_STEP));
}

/** Strips of many rows, each oldest first: can be handed to a worker. */
export interface Windows {
  readonly count: number;
  /** Units: window w at w * 28. */
  readonly units: Float32Array<ArrayBuffer>;
  /** Marks: bucket b of window w at (w * 28 + b) * 5. */
  readonly marks: Uint8Array<ArrayBuffer>;
  /** Buckets there are, 0 - 28. */
  readonly lengths: Uint8Array<ArrayBuffer>;
  /** Scale and known buckets (28 at most) before the oldest. */
  readonly scalesBefore: Float32Array<ArrayBuffer>;
  readonly countsBefore: Uint8Array<ArrayBuffer>;
}

/** Room for `count` windows. */
export function emptyWindows(count: number): Windows {
  return {
    count,
    units: new Float32Array(count * STRIP_LENGTH),
    marks: new Uint8Array(count * STRIP_LENGTH * MARKS_WIDTH),
    lengths: new Uint8Array(count),
    scalesBefore: new Float32Array(count),
    countsBefore: new Uint8Array(count),
  };
}

/** One strip to look at; filled again and again. */
export class Strip {
  length = 0;
  readonly units = new Float32Array(STRIP_LENGTH);
  readonly marks = new Uint8Array(STRIP_LENGTH * MARKS_WIDTH);
  /** Running mean of units with the bucket's own among them. */
  readonly scales = new Float32Array(STRIP_LENGTH);

  /** Takes window w. */
  take(windows: Windows, w: number): void {
    const from = w * STRIP_LENGTH;
    this.length = windows.lengths[w] as number;
    this.units.set(windows.units.subarray(from, from + STRIP_LENGTH));
    const marks = from * MARKS_WIDTH;
    this.marks.set(windows.marks.subarray(marks, marks + STRIP_LENGTH * MARKS_WIDTH));
    this.findScales(windows.scalesBefore[w] as number, windows.countsBefore[w] as number);
  }

  /** Scales from what was before the oldest bucket. */
  findScales(scaleBefore: number, countBefore: number): void {
    let scale = scaleBefore;
    let count = countBefore;
    for (let b = 0; b < this.length; b++) {
      scale = nextScale(scale, count++, this.units[b] as number);
      this.scales[b] = scale;
    }
  }

  season(bucket: number): number {
    return this.marks[bucket * MARKS_WIDTH + MARKS.season] as number;
  }
}
