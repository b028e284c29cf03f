// Numbers among a command's options, checked where they are read.
import { UsageError } from './exit.js';

/** For commander: reads an option as a finite number. @throws UsageError when it is none */
export function numberOption(name: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new UsageError(`--${name} must be a number, got ${JSON.stringify(text)}`);
  };
}
