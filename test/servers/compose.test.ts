// docker-compose.yml against the Compose schema, and against what this project asks of it.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runQuiet } from '#setup/children.mjs';
import { NATS_VERSION } from '#setup/nats-release.mjs';

const REPO = fileURLToPath(new URL('../..', import.meta.url));
const FILE = join(REPO, 'docker-compose.yml');
const text = readFileSync(FILE, 'utf8');
const SECRETS = [
  'STOCKPULSE_NATS_PASSWORD',
  'STOCKPULSE_CLICKHOUSE_PASSWORD',
  'STOCKPULSE_HTTP_TOKEN',
  'GRAFANA_ADMIN_PASSWORD',
];

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
}

const compose: Compose = parse(text);
const services = Object.entries(compose.services);
const plugin = await runQuiet('docker', ['compose', 'version'], { timeoutMs: 10_000 });
const hasComposePlugin = plugin.code === 0;

function schemaErrors(document: unknown): unknown {
  const home = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(home, 'schemas/compose.schema.json'), 'utf8'));
  // Its $schema is written https, which the validator knows as http.
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
  return validate(document) ? [] : validate.errors;
}

describe('docker-compose.yml', () => {
  it('follows the Compose schema', () => {
    expect(schemaErrors(compose)).toEqual([]);
  });

  it('is checked by a schema that does refuse a wrong key', () => {
    const wrong = { services: { one: { image: 'x:1', healthchek: {} } } };
    expect(JSON.stringify(schemaErrors(wrong))).toContain('healthchek');
  });

  it('has no error by the linter for Compose files', () => {
    const off = [
      'no-build-and-image',
      'require-quotes-in-ports',
      'services-alphabetical-order',
      'service-keys-order',
      'service-ports-alphabetical-order',
      'service-dependencies-alphabetical-order',
      'top-level-properties-order',
    ];
    const rules = Object.fromEntries(off.map((name) => [name, 0 as const]));
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    // The package's own types do not resolve (they import each other without extensions).
    const files = linter.lintFiles([FILE], false) as { messages: { type: string }[] }[];
    const found = files.flatMap(({ messages }) => messages);
    expect(found.filter(({ type }) => type === 'error')).toEqual([]);
  });

  it('pins every image to a patch version', () => {
    for (const [name, { image }] of services) {
      expect(image, name).toMatch(/^[a-z0-9/-]+:v?\d+\.\d+\.\d+/);
    }
    expect(compose.services.nats?.image).toContain(`nats:${NATS_VERSION}-`);
  });

  it('binds every port to this machine alone', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  it('checks the health of every service and waits for those that it depends on', () => {
    for (const [name, service] of services) {
      expect(service.healthcheck?.test[0], name).toBe('CMD');
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(condition, `${name} on ${other}`).toBe('service_healthy');
        expect(compose.services[other]?.healthcheck, other).toBeDefined();
      }
    }
    expect(Object.keys(compose.services.engine?.depends_on ?? {})).toEqual(['nats', 'clickhouse']);
  });

  it('holds no secret: each comes from the environment, and a missing one is an error', () => {
    const sources = Object.values(compose.secrets).map(({ environment }) => environment);
    expect(sources.sort()).toEqual([...SECRETS].sort());
    for (const [name, { environment = {}, secrets = [] }] of services) {
      for (const secret of secrets) expect(compose.secrets, name).toHaveProperty(secret);
      for (const [key, value] of Object.entries(environment)) {
        if (!/PASSWORD|TOKEN/.test(key)) continue;
        expect(value, key).toMatch(/^(\/run\/secrets\/\w+|"?\$\{\w+:\?.+\}"?)$/);
      }
    }
  });

  it('mounts files that exist and volumes that it declares', () => {
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('./')) expect(existsSync(join(REPO, source)), volume).toBe(true);
        else expect(compose.volumes, name).toHaveProperty(source);
      }
    }
  });

  it('starts the engine by its command line, with settings by environment', () => {
    const engine = compose.services.engine;
    expect(engine?.command).toEqual(['run', '--config', '/etc/stockpulse/config.yaml']);
    expect(engine?.environment?.STOCKPULSE_NATS_URL).toBe('nats://nats:4222');
    expect(engine?.environment?.STOCKPULSE_CLICKHOUSE_URL).toBe('http://clickhouse:8123');
  });

  it.skipIf(!hasComposePlugin)(
    'is accepted by docker compose, where that plugin is installed',
    async () => {
      const values = Object.fromEntries(SECRETS.map((name) => [name, 'x']));
      const { code, output } = await runQuiet('docker', ['compose', '-f', FILE, 'config', '-q'], {
        cwd: REPO,
        env: { ...process.env, ...values },
        timeoutMs: 60_000,
      });
      expect(output).toBe('');
      expect(code).toBe(0);
    },
  );
});
