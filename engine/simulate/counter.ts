// Counts what a run's stock came to, as a whole and by class.
import { byClass, type Classes, classesOf, type SeriesClass } from './classes.js';
import { type Figures, figuresOf, type Prices } from './figures.js';
import type { RecordedDemand } from './recorded-demand.js';
import type { Measured } from './span.js';
import type { Stock } from './stock.js';

export interface Counted {
  readonly all: Figures;
  readonly classes: Readonly<Record<SeriesClass, Figures>>;
}

/** Series that are measured, in all and by class. */
export interface Sizes {
  readonly measured: number;
  readonly measuredByClass: Readonly<Record<SeriesClass, number>>;
}

export class Counter {
  private readonly members: Readonly<Record<SeriesClass, readonly number[]>>;
  private readonly all: readonly number[];

  constructor(
    private readonly demand: RecordedDemand,
    measured: Measured,
    private readonly prices: Prices,
  ) {
    this.all = [...measured.startMs.keys()].filter((s) =>
      Number.isFinite(measured.startMs[s] as number),
    );
    this.members = membersOf(classesOf(demand, measured), this.all);
  }

  count(stock: Stock): Counted {
    return {
      all: this.figures(stock, this.all),
      classes: byClass((of) => this.figures(stock, this.members[of])),
    };
  }

  sizes(): Sizes {
    return {
      measured: this.all.length,
      measuredByClass: byClass((of) => this.members[of].length),
    };
  }

  private figures(stock: Stock, members: readonly number[]): Figures {
    const { series } = this.demand;
    return figuresOf(stock.measures, { series, prices: this.prices, members });
  }
}

function membersOf(classes: Classes, measured: readonly number[]) {
  return byClass((of) =>
    measured.filter((s) => classes.pattern[s] === of || classes.abc[s] === of),
  );
}
