// The Dockerfile: pinned, small, without root, and built from files that exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const REPO = fileURLToPath(new URL('../..', import.meta.url));
const lines = readFileSync(join(REPO, 'Dockerfile'), 'utf8')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const ignored = readFileSync(join(REPO, '.dockerignore'), 'utf8').split('\n');
const starting = (word: string) => lines.filter((line) => line.startsWith(`${word} `));
const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

describe('the Dockerfile', () => {
  it('builds every stage on one image, pinned to a patch version', () => {
    expect(starting('ARG')).toEqual([expect.stringMatching(/node:\d+\.\d+\.\d+-[a-z]+-slim$/)]);
    expect(starting('FROM').every((line) => /^FROM \$\{NODE_IMAGE\}/.test(line))).toBe(true);
    expect(starting('FROM')).toHaveLength(3);
  });

  it('runs without root and says how its health is checked', () => {
    expect(last).toContain('USER node');
    expect(last.some((line) => line.startsWith('HEALTHCHECK ') && line.includes('/healthz'))).toBe(
      true,
    );
  });

  it('takes only production dependencies and built files into the last stage', () => {
    expect(last.filter((line) => line.startsWith('RUN npm'))).toEqual([]);
    expect(last).toContain('COPY --from=dependencies /src/node_modules node_modules');
    expect(starting('RUN').filter((line) => line.includes('npm ci'))).toEqual([
      expect.stringContaining('--ignore-scripts'),
      expect.stringContaining('--omit=dev --omit=optional --ignore-scripts'),
    ]);
  });

  it('copies only what exists and what .dockerignore lets through', () => {
    for (const line of starting('COPY').filter((one) => !one.includes('--from='))) {
      for (const source of line.split(' ').slice(1, -1)) {
        expect(existsSync(join(REPO, source)), source).toBe(true);
        expect(ignored, source).toContain(`!${source.split('/')[0]}`);
      }
    }
  });

  it('has commands in exec form that parse, so that signals reach the engine', () => {
    for (const word of ['ENTRYPOINT', 'CMD']) {
      for (const line of starting(word)) {
        expect(Array.isArray(JSON.parse(line.slice(word.length))), line).toBe(true);
      }
    }
    const health = last.find((line) => line.startsWith('HEALTHCHECK')) ?? '';
    expect(JSON.parse(health.slice(health.indexOf('[')))[0]).toBe('node');
  });
});
