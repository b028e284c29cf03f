// Alert rules and Grafana board ask for metrics that the engine really has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runQuiet } from '#setup/children.mjs';

const REPO = fileURLToPath(new URL('../..', import.meta.url));
const RULES = join(REPO, 'dashboards/prometheus/alerts.yml');
const SCRAPE = join(REPO, 'dashboards/prometheus/prometheus.yml');
const read = (path: string) => readFileSync(join(REPO, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly expr: string }[];
}

const rules: Rule[] = parse(readFileSync(RULES, 'utf8')).groups.flatMap(
  ({ rules: some }: { rules: Rule[] }) => some,
);
const board: { uid: string; panels: Panel[] } = JSON.parse(
  read('dashboards/grafana/boards/stockpulse.json'),
);
const source = read('connectors/prometheus.ts');

const PROMISED = [
  'alerts_total',
  'batch_events',
  'event_latency_seconds',
  'event_loop_delay_seconds',
  'events_total',
  'lag_events',
  'lag_seconds',
  'queue_rows',
  'refused_total',
  'signals_total',
  'sink_failures_total',
  'sink_rows_total',
  'snapshot_age_seconds',
];
const promtool = (args: string[]) => runQuiet('promtool', args, { timeoutMs: 30_000 });
const hasPromtool = (await promtool(['--version'])).code === 0;

/** Names in an expression, without what Prometheus appends to a histogram's. */
function metricsIn(expr: string): string[] {
  const names = expr.match(/\bstockpulse_\w+/g) ?? [];
  return names.map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}

describe('the alert rules', () => {
  it('name metrics of the engine alone', () => {
    for (const { alert, expr } of rules) {
      for (const name of metricsIn(expr)) expect(source, `${alert}: ${name}`).toContain(name);
    }
  });

  it('say how bad it is, what it is and what to do', () => {
    expect(rules.length).toBeGreaterThanOrEqual(8);
    for (const { alert, labels, annotations } of rules) {
      expect(['critical', 'warning'], alert).toContain(labels.severity);
      expect(annotations.summary.length, alert).toBeGreaterThan(10);
      expect(annotations.action.length, alert).toBeGreaterThan(10);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it.skipIf(!hasPromtool)(
    'and the scrape configuration are valid by promtool, where it is installed',
    async () => {
      expect(await promtool(['check', 'rules', RULES])).toMatchObject({ code: 0 });
      const config = await promtool(['check', 'config', '--syntax-only', SCRAPE]);
      expect(config).toMatchObject({ code: 0 });
    },
  );
});

describe('the Grafana board', () => {
  it('asks for metrics of the engine alone, in every panel', () => {
    for (const { title, targets } of board.panels) {
      const names = targets.flatMap(({ expr }) => metricsIn(expr));
      expect(names.length, title).toBeGreaterThan(0);
      for (const name of names) expect(source, `${title}: ${name}`).toContain(name);
    }
  });

  it('shows every metric that the engine has promised to keep', () => {
    const shown = board.panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => metricsIn(expr)),
    );
    expect(PROMISED.filter((name) => !shown.includes(`stockpulse_${name}`))).toEqual([]);
  });

  it('reads the one provisioned data source and fits on the grid', () => {
    const { datasources } = parse(
      read('dashboards/grafana/provisioning/datasources/prometheus.yml'),
    );
    for (const { title, datasource, gridPos } of board.panels) {
      expect(datasource.uid, title).toBe(datasources[0].uid);
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    }
  });
});

it('the scrape goes where the Compose file puts engine, token and rules', () => {
  const { scrape_configs: jobs, rule_files: files } = parse(readFileSync(SCRAPE, 'utf8'));
  const { services } = parse(read('docker-compose.yml'));
  expect(jobs[0].static_configs[0].targets).toEqual(['engine:8080']);
  expect(services).toHaveProperty('engine');
  expect(jobs[0].authorization.credentials_file).toBe('/run/secrets/http_token');
  expect(services.prometheus.secrets).toContain('http_token');
  expect(files).toEqual(['alerts.yml']);
  expect(services.prometheus.volumes).toContain('./dashboards/prometheus:/etc/prometheus:ro');
});
