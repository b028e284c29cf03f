// What every command shows and how: results, tables, progress bars, quiet where nobody looks.
import { Presets, SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import pc from 'picocolors';
import { printable } from '../printable.js';

/** A stream that a command writes to; `isTTY` says whether a person is looking. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface TerminalOptions {
  /** Results as JSON on standard output, one object a line; nothing else. */
  readonly json?: boolean | undefined;
  readonly out?: Output;
  readonly err?: NodeJS.WriteStream | Output;
}

export interface Progress {
  /** How far it is; `note` stands behind the bar. */
  update(done: number, note?: string): void;
  /** Takes the bar away. May be called twice. */
  stop(): void;
}

export interface ProgressOptions {
  readonly label: string;
  /** Null: nobody knows how much there is. */
  readonly total: number | null;
}

/**
 * Results go to standard output, everything else to standard error, so that a pipe gets results
 * alone. Bars and colours only where a person looks.
 */
export class Terminal {
  readonly json: boolean;
  readonly #out: Output;
  readonly #err: NodeJS.WriteStream | Output;

  constructor(options: TerminalOptions = {}) {
    this.json = options.json ?? false;
    this.#out = options.out ?? process.stdout;
    this.#err = options.err ?? process.stderr;
  }

  /** A command's answer: the value with --json, otherwise the text. */
  result(value: unknown, text: string): void {
    this.#out.write(this.json ? `${JSON.stringify(value)}\n` : ensureLineBreak(text));
  }

  /** Something to know on the way; kept back with --json. */
  note(text: string): void {
    if (!this.json) this.#err.write(ensureLineBreak(text));
  }

  /** Something wrong that does not end the command. */
  warn(text: string): void {
    const { yellow } = pc.createColors(this.#err.isTTY === true && !process.env.NO_COLOR);
    this.#err.write(ensureLineBreak(`${yellow('warning:')} ${printable(text)}`));
  }

  progress(options: ProgressOptions): Progress {
    if (this.#err.isTTY !== true || this.json) {
      return { update: () => undefined, stop: () => undefined };
    }
    return bar(options, this.#err as NodeJS.WriteStream);
  }
}

function bar({ label, total }: ProgressOptions, stream: NodeJS.WriteStream): Progress {
  const format =
    total === null
      ? `${label} {note}`
      : `${label} {bar} {percentage} %, {eta_formatted} to go  {note}`;
  const options = { format, stream, clearOnComplete: true, hideCursor: true, etaBuffer: 100 };
  const single = new SingleBar(options, Presets.shades_classic);
  single.start(total ?? 1, 0, { note: '' });
  return {
    update: (done, note = '') =>
      single.update(total === null ? 0 : Math.min(done, total), { note }),
    stop: () => single.stop(),
  };
}

/** Rows under a head, columns of numbers to the right, without frames; safe to print. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const colAligns = head.map((_, i) =>
    rows.length > 0 && rows.every((row) => typeof row[i] === 'number') ? 'right' : 'left',
  ) as ('left' | 'right')[];
  const made = new Table({
    head: [...head],
    colAligns,
    chars: noFrame,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) made.push(row.map((cell) => printable(String(cell ?? '-'))));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const noFrame = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((side) =>
    side === 'middle' ? [[side, '']] : ['', '-mid', '-left', '-right'].map((at) => [side + at, '']),
  ),
);

function ensureLineBreak(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
