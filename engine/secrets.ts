// Text that may be shown: without the passwords and tokens that an address carries.

const SHOWN = '[secret]';

/**
 * Up to the last @ before a blank or the next address: a password that somebody did not encode may
 * hold a slash, a comma or an @ itself. Rather one address too short than one word too many.
 */
const beforeHost = /(\w:\/\/)(?:(?!:\/\/)[^\s"])*@/g;
const inQuery = /([?&](?:password|passwd|token|access_token|secret|key)=)[^&#\s"]*/gi;

/** Shorter ones stand in every other word by chance. */
const SHORTEST = 4;

/** `nats://[secret]@host:4222`; `known` secrets are taken out wherever they stand. */
export function withoutSecrets(text: string, known: readonly (string | null)[] = []): string {
  let safe = text.replace(beforeHost, `$1${SHOWN}@`).replace(inQuery, `$1${SHOWN}`);
  for (const secret of known) {
    if (secret !== null && secret.length >= SHORTEST) safe = safe.replaceAll(secret, SHOWN);
  }
  return safe;
}
