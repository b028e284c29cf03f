// How long to wait before the next try to connect. Pure.

const firstMs = 400;
const longestMs = 10_000;
const growth = 1.8;

/** `attempt` from 0; `random` in [0, 1) spreads many screens after a restart of the server. */
export function retryDelayMs(attempt: number, random: number): number {
  const delay = Math.min(longestMs, firstMs * growth ** attempt);
  return Math.round(delay * (0.75 + 0.5 * random));
}
