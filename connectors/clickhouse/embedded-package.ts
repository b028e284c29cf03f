// Where the chdb package lies: ClickHouse's engine as a library, installed beside the project.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { projectRoot } from './project-root.js';

/** The package's folder, or null where it is not installed. */
export function findChdb(env: NodeJS.ProcessEnv): string | null {
  const named = env.STOCKPULSE_CHDB;
  if (named !== undefined && named !== '') {
    if (!isAbsolute(named) || !existsSync(join(named, 'package.json'))) {
      throw new Error(
        `STOCKPULSE_CHDB is ${JSON.stringify(named)}, which is no absolute path of a chdb ` +
          'package; name the folder that holds its package.json, or unset it',
      );
    }
    return named;
  }
  const root = projectRoot();
  const beside = join(root, '.stockpulse', 'chdb', 'node_modules', 'chdb');
  if (existsSync(join(beside, 'package.json'))) return beside;
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('chdb/package.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
