// The version of this package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../connectors/clickhouse/project-root.js';

export function version(): string {
  const manifest = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
