// What a backtest tests: the learner of the engine, over a table with a row for each series.
import { isFullyStocked } from '../../operators/forecast/cleaning.js';
import { Distribution } from '../../operators/forecast/distribution.js';
import type { OnlineForecaster } from '../../operators/forecast/forecaster.js';
import type { Horizons, Target } from '../../operators/forecast/horizons.js';
import { Learner } from '../../operators/forecast/learner.js';
import { Outlook, type OutlookParts, type Predictor } from '../../operators/forecast/outlook.js';
import { Table } from '../../operators/stream/table.js';
import { SEASONS } from './calendar.js';
import type { Contender, Subject } from './contender.js';
import { type InterludePlan, InterludeTraining } from './interlude-training.js';
import type { Recording } from './recording.js';

export interface SubjectOptions {
  readonly recording: Recording;
  /** Buckets ahead that are asked for. */
  readonly horizons: readonly number[];
  /** False: cart events are not looked at. */
  readonly withCarts: boolean;
  /** False: sales are taken for demand, whether there was stock or not. */
  readonly withCensoring: boolean;
  /** How the network is trained; null: there is none. */
  readonly neural: InterludePlan | null;
}

export type MakeSubject = (options: SubjectOptions) => Subject;

/** Name of the network among the experts. */
const NEURAL = 'neural';
/** Most categories that the learner tells apart; those beyond it are as good as none. */
const MOST_CATEGORIES = 1023;
/** Horizons for which distributions are calibrated where others are not asked for. */
const NEAREST = 2;
const FARTHEST = 250;

/** The engine's own learner. Each expert alone is given an outlook like that of the ensemble. */
export function engineSubject(options: SubjectOptions): Subject {
  const { recording } = options;
  const table = seriesTable(recording);
  const categories = categoryNumbers(recording.categories);
  const horizons = calibratedFor(options.horizons);
  const seasons = SEASONS[recording.bucket];
  const { withCarts, withCensoring, neural: plan } = options;
  const network = plan === null ? null : new InterludeTraining(table, seasons, plan);
  const learner = new Learner(table, {
    ...{ seasons, horizons, withCarts, withCensoring, neural: network?.neural ?? null },
    categoryOf: (row) => categories[row] as number,
    nameOf: () => '',
  });
  const { bytesPerRow } = table;
  const alone = learner.experts
    .filter(({ name }) => name !== NEURAL || network !== null)
    .map((expert) => new Alone(expert, { table, course: learner.course, horizons }));
  return {
    contenders: [new Contending('ensemble', learner.combination, learner.outlook), ...alone],
    ...{ bytesPerRow, network },
    before: (row, bucket) => {
      const isAll = !withCensoring || isFullyStocked(bucket.inStockShare);
      const units = isAll ? bucket.units : Number.NaN;
      for (const contender of alone) contender.judge(row, units);
    },
    learn: (row, bucket) => learner.learn(row, bucket),
    apply: () => learner.apply(),
    after: (row) => {
      network?.learned(row);
      for (const contender of alone) contender.keep(row);
    },
    bucketDone: () => {
      for (const contender of alone) contender.apply();
    },
  };
}

/** A point forecast, and the outlook around it. */
class Contending implements Contender {
  /** The network is scored where it is ready: nothing waits for its first training. */
  readonly isAwaited: boolean;
  private readonly answer = new Distribution();

  constructor(
    readonly name: string,
    private readonly predictor: Predictor,
    protected readonly outlook: Outlook,
  ) {
    this.isAwaited = name !== NEURAL;
  }

  predict(row: number, horizon: number, out: Float64Array): boolean {
    return this.predictor.predict(row, horizon, out);
  }

  distribution(row: number, target: Target, expected: number): Distribution {
    return this.outlook.distribution(row, target, expected, this.answer);
  }
}

/** An expert as if it were the only one. */
class Alone extends Contending {
  private readonly expected: Float64Array;
  private readonly next = new Float64Array(1);

  constructor(
    expert: OnlineForecaster,
    parts: Pick<OutlookParts, 'table' | 'course' | 'horizons'>,
  ) {
    const scope = `alone-${expert.name}`;
    super(expert.name, expert, new Outlook({ ...parts, predictor: expert, scope }));
    this.expected = new Float64Array(parts.table.rows).fill(Number.NaN);
  }

  judge(row: number, units: number): void {
    const expected = this.expected[row] as number;
    this.outlook.judge(row, units, expected);
    this.outlook.learn(row, units, expected);
  }

  keep(row: number): void {
    if (this.predict(row, 1, this.next)) this.expected[row] = this.next[0] as number;
    this.outlook.keep(row);
  }

  apply(): void {
    this.outlook.apply();
  }
}

/** The nearest horizon beyond the next bucket that is asked for, and the farthest one. */
function calibratedFor(horizons: readonly number[]): Horizons {
  const asked = horizons.filter((horizon) => horizon >= NEAREST && horizon <= FARTHEST);
  const near = asked[0] ?? NEAREST;
  return { near, far: Math.max(asked.at(-1) ?? near, near + 1) };
}

/** 1, 2, 3 … in order of first sight; 0: none. */
function categoryNumbers(categories: readonly (string | null)[]): number[] {
  const numbers = new Map<string, number>();
  return categories.map((category) => {
    if (category === null) return 0;
    const number = numbers.get(category) ?? numbers.size + 1;
    if (number > MOST_CATEGORIES) return 0;
    numbers.set(category, number);
    return number;
  });
}

/** A table whose row numbers are the recording's numbers of series. */
export function seriesTable(recording: Recording): Table {
  const table = new Table();
  const location = table.locations.intern('backtest');
  for (const name of recording.series) table.row(table.skus.intern(name), location);
  return table;
}
