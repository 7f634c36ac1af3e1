import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ClosingLine } from './scripts/closing-line.js';
import { compiledChildren } from './test/compile.js';

/**
 * Tests with devices, server and models in one room, judged by what is heard in real time. They begin in this order,
 * two at a time, as each takes about half a core. No other test runs beside them. Whisper takes more, so it is last.
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

/** Without a server, but of 15 s or more. */
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
 * One project after the other, as a worker ends where the next file is of another one, and what takes long first in
 * each. Without an earlier run, the order would be by size: a short file that waits for its server would then be the
 * last, with nothing left to run beside it.
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
      // The others share the modules that a worker has loaded: a file that loads the product anew spends 1.3 s of CPU
      // on it, and each project has all of them translated once more. Tests with servers wait for more than half of
      // their time, so five workers keep two cores busy.
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
