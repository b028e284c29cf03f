// The forecast of those that know no trend and no seasons: the same units for each bucket.

/** Writes `units` to `out[0 … horizon - 1]`. For few buckets faster than `fill`. */
export function writeFlat(out: Float64Array, horizon: number, units: number): void {
  for (let h = 0; h < horizon; h++) out[h] = units;
}
