import { uiLanguage, type UiLanguage } from '../../core/index.js';
import type { Environment } from '../../config/index.js';

export { MESSAGES, type Messages } from './program.js';

/** Uses the first that is set: `--lang`, CHORUS_LANG, LC_ALL, LC_MESSAGES, LANG, or the system's language. */
export function chooseLanguage(argv: readonly string[], env: Environment): UiLanguage {
  const at = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const flag = at < 0 ? undefined : argv[at]?.includes('=') ? argv[at].slice('--lang='.length) : argv[at + 1];
  const chosen = [flag, env['CHORUS_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return uiLanguage(chosen ?? new Intl.DateTimeFormat().resolvedOptions().locale);
}
