// The settings that the Compose file and the image give to the engine are settings that it knows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { unknownVariables } from '../../config/environment.js';
import { loadSettings } from '../../config/settings.js';

const REPO = fileURLToPath(new URL('../..', import.meta.url));
const compose = parse(readFileSync(join(REPO, 'docker-compose.yml'), 'utf8'));
const dockerfile = readFileSync(join(REPO, 'Dockerfile'), 'utf8');

/** What the engine's container sees: the image's variables, then those of the Compose file. */
function containerEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  const block = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)?.[1] ?? '';
  for (const [, name, value] of block.matchAll(/(\w+)=(\S+)/g)) env[name ?? ''] = value ?? '';
  return { ...env, ...compose.services.engine.environment };
}

describe('the engine in its container', () => {
  it('is given no variable that it does not know', () => {
    expect(unknownVariables(containerEnvironment(), {})).toEqual([]);
  });

  it('loads its settings: servers by name, secrets from files, the token that others need', () => {
    const settings = loadSettings({
      env: containerEnvironment(),
      file: '/etc/stockpulse/config.yaml',
      readFile: (path) =>
        path.startsWith('/run/secrets/')
          ? 'a-secret-of-good-length-0123456789\n'
          : readFileSync(join(REPO, 'config/defaults.yaml'), 'utf8'),
    });
    expect(settings.data.dir).toBe('/var/lib/stockpulse');
    expect(settings.http.host).toBe('0.0.0.0');
    expect(settings.http.token).toBe('a-secret-of-good-length-0123456789');
    expect(settings.nats.password).toBe('a-secret-of-good-length-0123456789');
    expect(settings.clickhouse.url).toBe('http://clickhouse:8123');
  });
});
