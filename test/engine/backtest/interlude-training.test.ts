// Claims about the network of a backtest: when it is trained, on what, and that it can be had again.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../../engine/backtest/recording.js';
import { resultsOf } from '../../../engine/backtest/results.js';
import { type RunOptions, runBacktest } from '../../../engine/backtest/run.js';
import { engineSubject } from '../../../engine/backtest/subject.js';
import { isBetter } from '../../../operators/forecast/neural/score.js';
import { randomFrom } from '../../../operators/stats/random.js';
import { FIRST_DAY, type SampleSeries, sampleRecording } from './sample-recording.js';

const SERIES = 40;
const DAYS = 50;
const WARM_UP = 14;
const EVERY = 15;
/** Enough to beat the seasonal mean on demand that is so plain. */
const PLAN = { warmUp: WARM_UP, every: EVERY, windows: 64, steps: 40 };
/** The series differ from here on. */
const TURN = 40;

/** Rising demand with a week in it; behind the turn it is `factor` times what it was. */
function sales(factor: number): SampleSeries[] {
  const random = randomFrom(3);
  return Array.from({ length: SERIES }, (_, s) => ({
    units: Array.from({ length: DAYS }, (_, day) => {
      const level = (3 + (s % 9)) * (1 + day / 10) * (day % 7 >= 5 ? 3 : 1);
      return Math.round(level * (0.9 + 0.2 * random()) * (day >= TURN ? factor : 1));
    }),
  }));
}

interface Watched {
  /** What the network says of the first series' next bucket, after each bucket; null: nothing. */
  readonly said: readonly (number | null)[];
  readonly results: ReturnType<typeof resultsOf>;
}

async function watched(recording: Recording, plan: typeof PLAN | null): Promise<Watched> {
  const horizons = [3];
  const options = { recording, horizons, withCarts: true, withCensoring: true, neural: plan };
  const subject = engineSubject(options);
  const { network } = subject;
  const neural = subject.contenders.find(({ name }) => name === 'neural');
  const said: (number | null)[] = [];
  const out = new Float64Array(1);
  const watching = network && {
    trainings: network.trainings,
    between: async (signal?: AbortSignal) => {
      await network.between(signal);
      said.push(neural?.predict(0, 1, out) === true ? (out[0] as number) : null);
    },
  };
  const run: RunOptions = {
    ...{ recording, horizons, subject: { ...subject, network: watching } },
    ...{ warmUp: WARM_UP, every: 1, scoreFrom: FIRST_DAY, withCarts: true, withFans: false },
  };
  return { said, results: resultsOf(run, await runBacktest(run)) };
}

describe('the network of a backtest', { timeout: 300_000 }, () => {
  let with_: Watched;
  beforeAll(async () => {
    with_ = await watched(sampleRecording(sales(1)), PLAN);
  }, 200_000);

  it('is trained once enough has been seen, then as often as is asked for', () => {
    const { trainings } = with_.results;
    // 21 buckets fill a window that can be judged: that is later than the warm-up.
    expect(trainings?.map(({ seen }) => seen)).toEqual([21, 36]);
    expect(trainings?.map(({ windows }) => windows)).toEqual([SERIES, 64]);
    for (const { isPromoted, scores } of trainings ?? []) expect(isPromoted).toBe(isBetter(scores));
  });

  it('forecasts from its first promotion on, in a row of its own, and others wait for it not', () => {
    const { trainings, overall, origins } = with_.results;
    const first = trainings?.find(({ isPromoted }) => isPromoted)?.seen ?? 0;
    expect(first).toBeGreaterThan(0);
    // A row says something once it has learned a bucket with the new model.
    expect(with_.said.findIndex((one) => one !== null)).toBe(first);
    expect(origins).toBe(SERIES * (DAYS - WARM_UP));
    const { neural, ensemble } = overall;
    expect(neural?.forecasts).toBeGreaterThan(0);
    expect(neural?.forecasts).toBeLessThan(ensemble?.forecasts as number);
  });

  it('is part of the ensemble, which is another one without it', async () => {
    const { results } = await watched(sampleRecording(sales(1)), null);
    expect(results.trainings).toBeNull();
    expect(results.overall.neural).toBeUndefined();
    expect(results.overall['ses-fast']).toEqual(with_.results.overall['ses-fast']);
    expect(results.overall.ensemble).not.toEqual(with_.results.overall.ensemble);
  });

  it('gives the same figures again, and says nothing that it could not know', async () => {
    const again = await watched(sampleRecording(sales(1)), PLAN);
    const { microsPerUpdate: _, ...figures } = again.results;
    expect(with_.results).toMatchObject(figures);
    expect(again.said).toEqual(with_.said);
    const other = await watched(sampleRecording(sales(4)), PLAN);
    expect(other.said.slice(0, TURN)).toEqual(with_.said.slice(0, TURN));
    expect(other.said[TURN]).not.toBe(with_.said[TURN]);
  });

  it('learns nothing where too few windows are there to learn from', async () => {
    const { said, results } = await watched(sampleRecording(sales(1).slice(0, 3)), PLAN);
    expect(results.trainings).toEqual([]);
    expect(said.every((one) => one === null)).toBe(true);
    expect(results.overall.neural?.forecasts).toBe(0);
  });
});
