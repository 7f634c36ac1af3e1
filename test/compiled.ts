import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The processes that tests start run code that `compile.ts` has compiled. Otherwise each of them would spend 0.3 to 0.5
// s of CPU time on TypeScript.

/**
 * The sources, compiled file by file as in production. The folder is next to `src`, so that paths relative to a source
 * are also valid for its compiled file.
 */
export const COMPILED = fileURLToPath(new URL('../dist-test', import.meta.url));

/**
 * The programs of Chorus. Each is one bundled file, plus chunks that several programs share. Tests start hundreds of
 * programs, and loading a thousand small files for each would take several times as long.
 */
export const PROGRAMS = fileURLToPath(new URL('../dist-test-programs', import.meta.url));

export const CLI = join(PROGRAMS, 'cli/chorus.js');

/** Programs of `test/fakes` that run as separate processes. */
export const FAKE_PROGRAMS = ['folder-holder', 'lock-holder', 'odd-child', 'odd-parent', 'reminding-server'] as const;

export const fakeProgram = (name: (typeof FAKE_PROGRAMS)[number]): string => join(COMPILED, 'fakes', `${name}.js`);
