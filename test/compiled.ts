import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Processes of tests run code that `compile.ts` compiled. TypeScript would cost each process 0.3 to 0.5 s of CPU.

/**
 * The sources, compiled file by file as in production. The folder is beside `src`, so that a path relative to a source
 * is also valid for its compiled file.
 */
export const COMPILED = fileURLToPath(new URL('../dist-test', import.meta.url));

/**
 * The programs of Chorus. Each program is one bundled file, plus chunks that it shares with other programs. Tests start
 * hundreds of programs. Loading a thousand small files for each would take several times as long.
 */
export const PROGRAMS = fileURLToPath(new URL('../dist-test-programs', import.meta.url));

/** The command line of the sources. */
export const CLI = join(PROGRAMS, 'cli/chorus.js');

/** Programs of `test/fakes` that run as separate processes. */
export const FAKE_PROGRAMS = ['folder-holder', 'lock-holder', 'odd-child', 'odd-parent', 'reminding-server'] as const;

export const fakeProgram = (name: (typeof FAKE_PROGRAMS)[number]): string => join(COMPILED, 'fakes', `${name}.js`);
