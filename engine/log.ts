// The log: pino on standard error, JSON for machines, short lines for people, never a secret.

import pc from 'picocolors';
import pino, { type DestinationStream, type Logger } from 'pino';
import { printable } from './printable.js';
import { withoutSecrets } from './secrets.js';

export type { Logger };

export interface LogOptions {
  readonly level: string;
  /** `auto`: lines for people where the log goes to a terminal. */
  readonly pretty: 'auto' | 'always' | 'never';
}

/** Where lines go: standard error, or what a test looks at. */
export interface LogTarget {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const secretNames = ['password', 'token', 'secret', 'authorization', 'credentials', 'cookie'];
// pino's paths name a depth each: three cover settings, requests and errors' causes.
const redact = {
  paths: secretNames.flatMap((name) => ['', '*.', '*.*.'].map((depth) => depth + name)),
  censor: '[secret]',
};

/** A logger for the whole process; parts take a child: `log.child({ part: 'nats' })`. */
export function createLogger(options: LogOptions, target: LogTarget = process.stderr): Logger {
  const isTerminal = target.isTTY === true;
  const pretty = options.pretty === 'auto' ? isTerminal : options.pretty === 'always';
  // An address may carry a password, in whatever field, message or stack it stands.
  const destination: DestinationStream = pretty
    ? { write: (line) => void target.write(withoutSecrets(prettyLine(line, isTerminal))) }
    : { write: (line) => void target.write(withoutSecrets(line)) };
  const { isoTime } = pino.stdTimeFunctions;
  const base = { level: options.level, base: null, timestamp: isoTime, redact, formatters };
  return pino(base, destination);
}

const formatters = { level: (label: string) => ({ level: label }) };

/** `12:30:01.250 WARN  nats: connection lost (server="localhost", tries=3)`, then a stack if any. */
function prettyLine(line: string, coloured: boolean): string {
  const colours = pc.createColors(coloured && !process.env.NO_COLOR);
  const { level, time, msg, part, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const paint = { warn: colours.yellow, error: colours.red, fatal: colours.red }[String(level)];
  const name = String(level).toUpperCase().padEnd(5);
  const clock = colours.dim(String(time).slice(11, 23));
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const detail = shown.length === 0 ? '' : colours.dim(printable(` (${shown.join(', ')})`));
  const from = part === undefined ? '' : `${part}: `;
  const text = printable(`${from}${msg ?? ''}`);
  return `${clock} ${paint?.(name) ?? name} ${text}${detail}${errorText(err)}\n`;
}

function errorText(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const { stack, message } = err as { stack?: string; message?: string };
  return `\n  ${printable(stack ?? message ?? '').replaceAll('\n', '\n  ')}`;
}
