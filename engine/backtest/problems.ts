// What is wrong with recorded sales: said with file, line and column, and what to do about it.
import { printable } from '../printable.js';

export interface RowProblem {
  readonly file: string;
  /** From 1, the header's. */
  readonly line: number;
  /** Column's name; null: the whole row. */
  readonly column: string | null;
  readonly reason: string;
}

/** The recorded sales cannot be used; the message is for the person who gave them. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Problems told one by one; of the rest the number is enough. */
const TOLD = 10;

/** Rows that cannot be used: the first few whole, the others counted. */
export class RowProblems {
  readonly first: RowProblem[] = [];
  count = 0;

  /** The next one will be told, and is worth a search for its cause. */
  get isTold(): boolean {
    return this.first.length < TOLD;
  }

  add(problem: RowProblem): void {
    if (this.isTold) this.first.push(problem);
    this.count++;
  }

  get lines(): string[] {
    const lines = this.first.map(problemText);
    const more = this.count - this.first.length;
    return more > 0 ? [...lines, `and ${more} more`] : lines;
  }

  /** @throws RecordingError when there are any */
  refuse(): void {
    if (this.count === 0) return;
    const rows = this.count === 1 ? '1 row' : `${this.count} rows`;
    const todo = 'correct them, or leave them out with --skip-bad';
    throw new RecordingError(
      [`${rows} cannot be used, so nothing was forecast: ${todo}`, ...this.lines].join('\n'),
    );
  }
}

function problemText({ file, line, column, reason }: RowProblem): string {
  const where = column === null ? '' : `, column ${column}`;
  return printable(`${file}, line ${line}${where}: ${reason}`);
}
