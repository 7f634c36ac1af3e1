import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ClosingLine } from './scripts/closing-line.js';
import { compiledChildren } from './test/compile.js';

/**
 * Tests with devices, server and models that are judged by what is heard in real time. They begin in this order. Each
 * takes about half a core, so two run at a time, beside no other test. Whisper takes more, so it is last.
 */
const HEARD_IN_REAL_TIME = [
  'test/e2e/conversation.test.ts',
  'test/e2e/config-reload.test.ts',
  'test/e2e/console-talk.test.ts',
  'test/e2e/misbehaving-plugins.test.ts',
  'test/counterparts/mandarin.test.ts',
];
/** Tests that measure the memory of their own process, replace modules, or add to the product's definitions. */
const NEEDS_A_PROCESS = [
  'src/cli/commands/setup.test.ts',
  'src/moving-over/manager-dump.test.ts',
  'test/new-provider.test.ts',
  'test/records.test.ts',
  'test/e2e/start-refused.test.ts',
];

/** Tests without a server that take 15 s or more. */
const TAKES_LONG = [
  '/test/bench/turns.',
  '/test/contracts/asr-sherpa.',
  '/test/contracts/config-apply-killed.',
  '/test/contracts/store-killed.',
  '/test/contracts/store-libsql.',
  '/test/contracts/store-postgres.',
  '/test/docs/commands.',
  '/test/scenarios/fuzz.',
  '/test/scenarios/security/hostile.',
  '/src/conversation/dialogue/text/reply-text.',
  '/src/engines/processes/supervisor.',
  '/src/measure/fleet/run-network.',
  '/src/speech/listening/echo/echo.',
  '/src/speech/listening/listening-failures.',
  '/src/speech/speaking/encoding/speech-encoder.',
];
const PROJECTS = ['heard', 'alone', 'all'];

/**
 * Runs one project after the other, because a worker ends where the next file belongs to another project. Long files
 * come first. Otherwise a short file that waits for its server could be the last, with nothing to run beside it.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const long = moduleId.includes('/test/e2e/') || TAKES_LONG.some((name) => moduleId.includes(name));
      const heard = HEARD_IN_REAL_TIME.findIndex((name) => moduleId.endsWith(name));
      return 10 * PROJECTS.indexOf(project.name) + (heard >= 0 ? heard : long ? 0 : 1);
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  plugins: [compiledChildren],
  test: {
    globalSetup: ['test/compile.ts', 'test/e2e/prepared-phrases.ts'],
    setupFiles: ['test/children.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    sequence: { sequencer: LongFirst },
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: 'heard',
          include: HEARD_IN_REAL_TIME,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // The others share the modules that a worker has loaded, because a file needs 1.3 s of CPU to load the product.
      // Tests with servers wait for more than half of their time, so there are four workers for two cores.
      {
        extends: true,
        test: {
          name: 'all',
          include: ['{src,console,test}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...HEARD_IN_REAL_TIME, ...NEEDS_A_PROCESS],
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: NEEDS_A_PROCESS, maxWorkers: 4, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
