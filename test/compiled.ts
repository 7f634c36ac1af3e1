import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Processes of tests run compiled code (by `compile.ts`): TypeScript would cost each 0.3 to 0.5 s of CPU.

/**
 * The sources compiled file by file, as in production. The folder stands beside `src`, so that a path relative to a
 * source also holds for its compiled file.
 */
export const COMPILED = fileURLToPath(new URL('../dist-test', import.meta.url));

/**
 * The programs of Chorus, each bundled into one file and the chunks that it shares with others. Tests start hundreds of
 * them, and loading a thousand small files would take each several times as long.
 */
export const PROGRAMS = fileURLToPath(new URL('../dist-test-programs', import.meta.url));

/** The command line as it stands in the sources. */
export const CLI = join(PROGRAMS, 'cli/chorus.js');

/** Programs of `test/fakes` that are processes of their own. */
export const FAKE_PROGRAMS = ['folder-holder', 'lock-holder', 'odd-child', 'odd-parent', 'reminding-server'] as const;

export const fakeProgram = (name: (typeof FAKE_PROGRAMS)[number]): string => join(COMPILED, 'fakes', `${name}.js`);
