// The shape of the network: what goes in, how wide its layers are, where their weights stand.

/** Hidden units of the recurrent layer. */
export const HIDDEN = 32;
/** Units of the layer between the hidden state and the outputs. */
export const DENSE = 16;
/** Levels of the quantiles that it predicts beside the mean. */
export const QUANTILE_LEVELS = [0.1, 0.5, 0.9, 0.95, 0.99] as const;
/** The mean, then the quantiles. */
export const OUTPUTS = 1 + QUANTILE_LEVELS.length;
/** Of a step, beside the calendar: units, price, promotion, carts, stock. */
export const STEP_INPUTS = 5;
/** Of a target, beside the calendar: steps ahead, two lags with their flags, size of the scale. */
export const TARGET_INPUTS = 6;
/** Targets further ahead are told from this one by their season alone. */
export const FARTHEST = 14;

/** A layer's weights in the list of all: rows × columns, row by row. */
export interface Layer {
  readonly rows: number;
  readonly columns: number;
  readonly at: number;
}

export interface Shape {
  /** Buckets of a season. */
  readonly seasons: number;
  /** Buckets after which the day, or the season, comes again. */
  readonly period: number;
  /** Inputs of a step and of a target. */
  readonly inputs: number;
  readonly targetInputs: number;
  /** sin and cos of each harmonic, by season. */
  readonly calendar: Float32Array;
  readonly calendarWidth: number;
  /** Gates in the order update, reset, candidate, as Keras has them. */
  readonly kernel: Layer;
  readonly recurrent: Layer;
  readonly bias: Layer;
  readonly dense: Layer;
  readonly denseBias: Layer;
  readonly out: Layer;
  readonly outBias: Layer;
  /** Weights of all layers. */
  readonly size: number;
}

const HOURS = 24;
const HARMONICS = [1, 2, 3];

/**
 * @param seasons buckets of a season: 7 for days of the week, 168 for hours of it
 * @throws RangeError when it is none of 1-256
 */
export function shapeOf(seasons: number): Shape {
  if (!(Number.isInteger(seasons) && seasons >= 1 && seasons <= 256)) {
    throw new RangeError(`seasons must be a whole number from 1 to 256, got ${seasons}`);
  }
  const harmonics = harmonicsOf(seasons);
  const calendarWidth = 2 * harmonics.length;
  const inputs = STEP_INPUTS + calendarWidth;
  const targetInputs = TARGET_INPUTS + calendarWidth;
  let size = 0;
  const layer = (rows: number, columns: number): Layer => {
    const at = size;
    size += rows * columns;
    return { rows, columns, at };
  };
  const layers = {
    kernel: layer(inputs, 3 * HIDDEN),
    recurrent: layer(HIDDEN, 3 * HIDDEN),
    bias: layer(1, 3 * HIDDEN),
    dense: layer(HIDDEN + targetInputs, DENSE),
    denseBias: layer(1, DENSE),
    out: layer(DENSE, OUTPUTS),
    outBias: layer(1, OUTPUTS),
  };
  const calendar = calendarOf(seasons, harmonics);
  const period = hasHours(seasons) ? HOURS : seasons;
  return { seasons, period, inputs, targetInputs, calendar, calendarWidth, ...layers, size };
}

function hasHours(seasons: number): boolean {
  return seasons > HOURS && seasons % HOURS === 0;
}

/** Three of the season; where it is made of hours, three of the day too. */
function harmonicsOf(seasons: number): number[] {
  const ofSeason = HARMONICS.filter((k) => 2 * k <= seasons);
  return hasHours(seasons)
    ? [...ofSeason, ...HARMONICS.map((k) => (k * seasons) / HOURS)]
    : ofSeason;
}

function calendarOf(seasons: number, harmonics: readonly number[]): Float32Array {
  const calendar = new Float32Array(seasons * 2 * harmonics.length);
  for (let season = 0; season < seasons; season++) {
    harmonics.forEach((k, n) => {
      const angle = (2 * Math.PI * k * season) / seasons;
      const at = (season * harmonics.length + n) * 2;
      calendar[at] = Math.sin(angle);
      calendar[at + 1] = Math.cos(angle);
    });
  }
  return calendar;
}
