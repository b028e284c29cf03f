// The addresses of NATS servers as people write them: several, with user and password, or tls.

export interface ServerList {
  /** host:port, as the library takes it. */
  readonly servers: readonly string[];
  readonly secure: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** `nats://host:4222,nats://user:password@other`; the user of the first address counts. */
export function parseServers(text: string): ServerList {
  const urls = text.split(',').map((part) => parseOne(part.trim()));
  const first = urls[0];
  const user = decodeURIComponent(first?.username ?? '');
  const password = decodeURIComponent(first?.password ?? '');
  const base = {
    servers: urls.map((url) => (url.port === '' ? `${url.hostname}:4222` : url.host)),
    secure: urls.some((url) => url.protocol === 'tls:'),
  };
  if (user === '') return base;
  // One word before the @ is a token, as in NATS' own tools.
  return password === '' ? { ...base, token: user } : { ...base, user, password };
}

/** For logs and errors: user, password and token taken out, be they written rightly or not. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/\/\/(?:(?!:\/\/)\S)*@/g, '//');
}

function parseOne(text: string): URL {
  const whole = text.includes('://') ? text : `nats://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || url.hostname === '' || !/^(nats|tls):$/.test(url.protocol)) {
    throw new RangeError(
      `nats.url: "${withoutSecrets(text)}" is no NATS address; write nats://host:port or ` +
        'tls://host:port, several separated by commas',
    );
  }
  return url;
}
