// What must hold between settings, beyond what each may be by itself.
import type { LoadedSettings } from './schema.js';

interface Rule {
  readonly path: string;
  readonly broken: (s: LoadedSettings) => boolean;
  readonly says: string;
}

const loopback = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/;

const rules: readonly Rule[] = [
  {
    path: 'http.host',
    broken: (s) => !loopback.test(s.http.host) && s.http.token === null && !s.http.insecure,
    says:
      'serves other machines, so callers need a token: set STOCKPULSE_HTTP_TOKEN (or ' +
      'STOCKPULSE_HTTP_TOKEN_FILE), or http.insecure: true where all who can reach it may see it',
  },
  {
    path: 'nats.user',
    broken: (s) => s.nats.user !== null && s.nats.password === null,
    says: 'needs a password: set STOCKPULSE_NATS_PASSWORD or STOCKPULSE_NATS_PASSWORD_FILE',
  },
  {
    path: 'nats.password',
    broken: (s) => s.nats.password !== null && s.nats.user === null,
    says: 'needs a user: set nats.user',
  },
  {
    path: 'nats.token',
    broken: (s) => waysIn(s) > 1,
    says: 'is one way in of several given: choose one of user, token and credentialsFile',
  },
  {
    path: 'nats.tls',
    broken: (s) => (s.nats.tls.certFile === null) !== (s.nats.tls.keyFile === null),
    says: 'must have certFile and keyFile together, or neither',
  },
  {
    path: 'nats.streams',
    broken: (s) => new Set(Object.values(s.nats.streams)).size < 3,
    says: 'must be three different names: a stream cannot feed itself',
  },
  {
    path: 'clickhouse.maxQueuedRows',
    broken: (s) => s.clickhouse.maxQueuedRows < s.clickhouse.batchRows,
    says: 'must not be below clickhouse.batchRows: no batch would ever be full',
  },
  ...(['locations', 'suppliers'] as const).map((path) => ({
    path,
    broken: (s: LoadedSettings) => Object.values(s[path]).some((one) => !areDates(one.holidays)),
    says: 'has a holiday that is not in the calendar: no month has such a day',
  })),
];

/** The dates look right already; this finds February 30. */
function areDates(list: string | null): boolean {
  const dates = list === null ? [] : list.split(',').map((date) => date.trim());
  return dates.every((date) => new Date(`${date}T00:00:00Z`).toISOString().startsWith(date));
}

function waysIn({ nats }: LoadedSettings): number {
  return [nats.user, nats.token, nats.credentialsFile].filter((way) => way !== null).length;
}

/** The rules that these settings break, in words; `where` says where a setting was given. */
export function brokenRules(
  settings: LoadedSettings,
  where: (path: string) => string | null,
): string[] {
  return rules
    .filter((rule) => rule.broken(settings))
    .map((rule) => [where(rule.path), rule.path, rule.says].filter(Boolean).join(' '));
}
