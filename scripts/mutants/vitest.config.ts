import { defineConfig } from 'vitest/config';
import { compiledChildren } from '../../test/compile.js';

/**
 * For StrykerJS: runs the tests that `mutants.mjs` chose in a child process. StrykerJS's runner asks for threads, in
 * which native addons crash.
 */
export default defineConfig({
  plugins: [
    compiledChildren,
    {
      name: 'processes',
      configureVitest: ({ vitest, project }) => {
        vitest.config.pool = 'forks';
        project.config.pool = 'forks';
      },
    },
  ],
  test: {
    include: JSON.parse(process.env.CHORUS_MUTANTS_TESTS ?? '["src/**/*.test.ts"]') as string[],
    globalSetup: ['test/compile.ts', 'test/e2e/prepared-phrases.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
