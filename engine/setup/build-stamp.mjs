// Said by `npm run build` before and after: dist/ is made from these sources.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beginStamp, endStamp } from './build.mjs';

const root = process.cwd();

switch (process.argv[2]) {
  case 'begin':
    await beginStamp(root);
    break;
  case 'end':
    await chmod(join(root, 'dist', 'engine', 'cli', 'main.js'), 0o755);
    await endStamp(root);
    break;
  default:
    throw new RangeError(`build-stamp: begin or end, not ${process.argv[2]}`);
}
