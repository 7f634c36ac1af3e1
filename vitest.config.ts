import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ClosingLine } from './scripts/closing-line.js';
import { compiledChildren } from './test/compile.js';

/**
 * Tests with devices, server and models in one room, judged by what is heard in real time. No other test runs beside
 * them.
 */
const HEARD_IN_REAL_TIME = [
  'test/e2e/conversation.test.ts',
  'test/e2e/config-reload.test.ts',
  'test/e2e/console-talk.test.ts',
  'test/counterparts/mandarin.test.ts',
];
/** Tests that measure the memory of their own process. */
const NEEDS_A_PROCESS = ['src/moving-over/manager-dump.test.ts'];

/**
 * Starts the tests with a real server first. Without an earlier run, the order would be by size: a short file that
 * waits for its server would then be the last, with nothing left to run beside it.
 */
class ServersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const startsServers = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/e2e/');
    const sorted = await super.sort(files);
    return [...sorted.filter(startsServers), ...sorted.filter((file) => !startsServers(file))];
  }
}

export default defineConfig({
  plugins: [compiledChildren],
  test: {
    globalSetup: ['test/compile.ts', 'test/e2e/prepared-phrases.ts'],
    setupFiles: ['test/children.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    sequence: { sequencer: ServersFirst },
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        extends: true,
        test: { name: 'heard', include: HEARD_IN_REAL_TIME, maxWorkers: 1, sequence: { groupOrder: 0 } },
      },
      // A worker waits for its servers about a third of the time, so four keep two cores busy.
      {
        extends: true,
        test: {
          name: 'all',
          include: ['test/**/*.test.ts', ...NEEDS_A_PROCESS],
          exclude: ['**/node_modules/**', ...HEARD_IN_REAL_TIME],
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      // Tests beside the code share the modules that a worker has loaded: loading them anew cost half of their time.
      {
        extends: true,
        test: {
          name: 'beside',
          include: ['src/**/*.test.ts', 'console/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...NEEDS_A_PROCESS],
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
