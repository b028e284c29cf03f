// Text in NATS subjects and headers: what they forbid is percent-encoded, and comes back whole.

/** Printable ASCII but for what separates tokens, matches them, or begins an escape. */
const PLAIN_TOKEN = /^[!"#$&-)+,\-/-=?-~]+$/;
const PLAIN_HEADER = /^[!-~]+$/;
const PLAIN_IN_ENCODED_HEADER = /^[!-$&-~]+$/;
/** Begins a header value that is encoded: no two texts give the same one. */
const ENCODED = '%!';

/**
 * One token of a subject. Space, '.', '*', '>', '%', control and non-ASCII characters become
 * the `%XX` of their UTF-8 bytes; half a surrogate pair, which has no UTF-8, becomes `%uXXXX`;
 * the empty text becomes `%`. Different texts give different tokens.
 */
export function subjectToken(text: string): string {
  if (text === '') return '%';
  return PLAIN_TOKEN.test(text) ? text : encode(text, PLAIN_TOKEN);
}

/**
 * The value of a header: any text of printable ASCII without spaces is itself, so that a message
 * id is the id that is in the message, percent signs and all. Any other text is `%!` and then the
 * text encoded as in subjectToken, '.', '*' and '>' left as they are.
 */
export function headerValue(text: string): string {
  if (PLAIN_HEADER.test(text) && !text.startsWith(ENCODED)) return text;
  return ENCODED + encode(text, PLAIN_IN_ENCODED_HEADER);
}

/** The text that `subjectToken` was given. */
export function decodeToken(token: string): string {
  if (!token.includes('%')) return token;
  if (token === '%') return '';
  const escapes = /((?:%[0-9A-Fa-f]{2})+)|%u([0-9A-Fa-f]{4})/g;
  return token.replace(escapes, (_all, bytes: string | undefined, half: string | undefined) =>
    bytes === undefined
      ? String.fromCharCode(Number.parseInt(half ?? '', 16))
      : Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** Does everything that matches `subject` (wildcards allowed) match `filter` too? */
export function subjectCovers(filter: string, subject: string): boolean {
  const wide = filter.split('.');
  const narrow = subject.split('.');
  for (const [i, token] of wide.entries()) {
    const other = narrow[i];
    if (other === undefined) return false;
    if (token === '>') return true;
    if (other === '>' || (token !== '*' && token !== other)) return false;
  }
  return wide.length === narrow.length;
}

function encode(text: string, plain: RegExp): string {
  let out = '';
  // By code point: a whole surrogate pair is one, half a pair comes alone.
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (plain.test(character)) out += character;
    else if (code >= 0xd800 && code <= 0xdfff) out += `%u${code.toString(16).toUpperCase()}`;
    else for (const byte of Buffer.from(character)) out += percent(byte);
  }
  return out;
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
