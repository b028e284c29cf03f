// How tests start the command: as it was built, or from the sources where the build is of others.
import { isBuilt } from '#setup/build.mjs';

let found: Promise<readonly string[]> | null = null;

/** Arguments for Node.js, before those of the command; to be run in the project's folder. */
export function stockpulseCommand(): Promise<readonly string[]> {
  found ??= isBuilt(process.cwd()).then((built) =>
    // The compiler in each process takes longer than what most of them do.
    built ? ['dist/engine/cli/main.js'] : ['--import', 'tsx', 'engine/cli/main.ts'],
  );
  return found;
}
