// Measures of a simulated stock, exact: quantities integrated over time, a column each.

export const MEASURES = [
  /** Units asked for, and those of them that were on the shelf. */
  'demanded',
  'filled',
  /** Units times ms on hand. */
  'onHandMs',
  /** Units times ms waiting for stock. */
  'waitingMs',
  /** Ms with nothing on hand, and ms in all. */
  'emptyMs',
  'measuredMs',
  /** Order cycles that ended, and those of them in which nobody came in vain. */
  'cycles',
  'cleanCycles',
  'orders',
] as const;
export type Measure = (typeof MEASURES)[number];

export class Measures {
  private readonly columns: Readonly<Record<Measure, Float64Array>>;

  constructor(readonly count: number) {
    this.columns = Object.fromEntries(
      MEASURES.map((name) => [name, new Float64Array(count)]),
    ) as Record<Measure, Float64Array>;
  }

  add(measure: Measure, s: number, amount: number): void {
    const column = this.columns[measure];
    column[s] = (column[s] as number) + amount;
  }

  of(measure: Measure, s: number): number {
    return this.columns[measure][s] as number;
  }
}
