import { fileURLToPath } from 'node:url';
import { startServerUnderTest, type ServerUnderTest } from '../src/measure/bench/server-under-test.js';
import { Scope, systemClock } from '../src/core/index.js';
import { readLocalToken } from '../src/http/index.js';

export type { ServerUnderTest } from '../src/measure/bench/server-under-test.js';

/** What is loaded into the server to watch it from inside. */
export interface Watched {
  /** Where `bench/send-times.mjs` writes what it saw, once the server has ended. */
  readonly sendTimesFile?: string;
  /** Where `bench/heap-sizes.mjs` writes a line every five seconds. */
  readonly heapFile?: string;
}

const CLI = fileURLToPath(new URL('../dist/cli/chorus.js', import.meta.url));
const SEND_TIMES = new URL('send-times.mjs', import.meta.url).href;
const HEAP_SIZES = new URL('heap-sizes.mjs', import.meta.url).href;

/** The server of `chorus bench`, built (`dist/`), with a voice of this machine; says what it complained of when it is stopped. */
export async function startServer(settings: readonly string[] = [], watched?: Watched): Promise<ServerUnderTest> {
  const server = await startServerUnderTest(
    {
      settings: ['log.format=json', 'models.auto_pull=false', 'tts.provider=flite', ...settings],
      modelsDir: undefined,
      env: {
        ...process.env,
        ...(watched?.sendTimesFile !== undefined && { CHORUS_BENCH_SEND_TIMES: watched.sendTimesFile }),
        ...(watched?.heapFile !== undefined && { CHORUS_BENCH_HEAP: watched.heapFile }),
      },
      entry: {
        file: CLI,
        execArgv: [
          ...(watched?.sendTimesFile === undefined ? [] : ['--import', SEND_TIMES]),
          ...(watched?.heapFile === undefined ? [] : ['--import', HEAP_SIZES, '--heapsnapshot-signal=SIGUSR2']),
        ],
      },
      clock: systemClock,
      scope: new Scope('bench server', (name, error) => console.error(name, error)),
      localToken: readLocalToken,
    },
    new AbortController().signal,
  );
  return {
    ...server,
    pid: server.pid,
    async stop() {
      const complaints = server.complaints();
      await server.stop();
      for (const line of complaints) console.log(`  server: ${line}`);
    },
  };
}
