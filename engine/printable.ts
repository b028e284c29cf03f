// Text that is safe to show on a terminal.

/** Without control characters but the line break: what an event carries must not steer a screen. */
export function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '');
}
