// Settings for a command: loaded, with a word on variables that mean nothing to us.
import { idsOf, unknownVariables } from '../../config/environment.js';
import { loadSettings, type Settings } from '../../config/settings.js';
import type { Terminal } from './terminal.js';

/** `warn` hears of each STOCKPULSE_* variable that is no setting: most likely it is mistyped. */
export function settingsFor(
  options: { readonly config?: string | undefined },
  warn: Terminal['warn'],
): Settings {
  const settings = loadSettings({ file: options.config, env: process.env });
  for (const variable of unknownVariables(process.env, idsOf(settings))) {
    warn(variable);
  }
  return settings;
}
