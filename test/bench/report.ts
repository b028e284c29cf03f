// What a section of the benchmarks hands back: text for people, figures for machines.

export interface Report {
  readonly title: string;
  /** Tables and remarks, printed one below the other. */
  readonly text: readonly string[];
  /** Plain numbers and names, for `--json`. */
  readonly figures: object;
}
