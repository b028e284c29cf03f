// The bank with its ensemble and its intervals, and nothing beside: what the aim of 2 µs is about.
import { Bank } from '../../operators/forecast/bank.js';
import { Combination } from '../../operators/forecast/combination.js';
import { Course } from '../../operators/forecast/course.js';
import { Ensemble } from '../../operators/forecast/ensemble.js';
import { type DemandBucket, emptyBucket } from '../../operators/forecast/forecaster.js';
import type { Horizons } from '../../operators/forecast/horizons.js';
import { Outlook } from '../../operators/forecast/outlook.js';
import type { Table } from '../../operators/stream/table.js';

/** As the learner does it, without regression, cold start, network and stock-outs. */
export class BankAlone {
  private readonly course: Course;
  private readonly bank: Bank;
  private readonly ensemble: Ensemble;
  private readonly combination: Combination;
  private readonly outlook: Outlook;
  private readonly one = new Float64Array(1);
  private readonly cleaned: DemandBucket = emptyBucket();

  constructor(table: Table, { seasons, horizons }: { seasons: number; horizons: Horizons }) {
    const course = new Course(table, seasons);
    const bank = new Bank(table, course);
    this.course = course;
    this.bank = bank;
    this.ensemble = new Ensemble(table, bank.experts.length);
    const next = (row: number, out: Float64Array): void => bank.next(row, out);
    const predictor = new Combination(bank.experts, this.ensemble, horizons.near, next);
    this.combination = predictor;
    this.outlook = new Outlook({ table, course, predictor, horizons, scope: 'outlook' });
  }

  learn(row: number, { season, units }: DemandBucket): void {
    const { cleaned, combination, outlook, one } = this;
    const expected = combination.predict(row, 1, one) ? (one[0] as number) : Number.NaN;
    outlook.judge(row, units, expected);
    if (!Number.isNaN(expected)) this.ensemble.judge(row, units, combination.firsts, expected);
    cleaned.season = season;
    cleaned.units = outlook.learn(row, units, expected);
    this.bank.learn(row, cleaned);
    this.course.advance(row, cleaned);
    combination.forget();
    outlook.keep(row);
  }

  /** The bucket has closed for all rows. */
  apply(): void {
    this.ensemble.apply();
    this.outlook.apply();
    this.combination.forget();
  }
}
