import { mkdir, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ChorusError, type Clock, type Scope, sleep, uiLanguage } from '../../core/index.js';
import { makeTemporaryFolder } from '../../platform/machine/index.js';
import { ServerClient } from '../observer/server-client.js';
import { OwnedProcess, type OwnedProcessOptions } from './owned-process.js';

export interface ServerUnderTestOptions {
  /** `key=value`, as after `--set`. */
  readonly settings: readonly string[];
  /** Folder with installed models, which is used and not copied. Undefined means only the models of the package. */
  readonly modelsDir: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly launcher?: readonly string[] | undefined;
  readonly entry?: OwnedProcessOptions['entry'];
  readonly clock: Clock;
  readonly scope: Scope;
  /** Secret by which the server recognises devices on this machine. */
  readonly localToken: (dataDir: string) => Promise<string | undefined>;
}

/** A server that was started for a run. It is observed only from outside, as devices and operators see it. */
export interface ServerUnderTest {
  readonly pid: number;
  readonly otaUrl: string;
  readonly baseUrl: string;
  readonly localToken: string | undefined;
  /** The folder is removed when the server is stopped. */
  readonly dataDir: string;
  /** Time from the start of the process until `/readyz` is ready. */
  readonly readyMs: number;
  /** Rejects with `bench.process_ended` when the server ends by itself. Never resolves. */
  readonly unexpectedEnd: Promise<never>;
  /**
   * Starts the server again with the same port and data folder. Resolves when the new process is ready. `goneMs` is the
   * time at which the old process had ended.
   */
  restart(signal: AbortSignal): Promise<{ readonly goneMs: number }>;
  /** Id of the recognition model for devices of that language, as the server reports it. */
  recognition(language: string, signal: AbortSignal): Promise<string | undefined>;
  /** Warnings and errors in the output of the server's current process, oldest first. Only recent output is kept. */
  complaints(): readonly string[];
  stop(): Promise<void>;
}

/** Enough to load a model of 240 MB from a cold disk on a small machine. */
const READY_WITHIN_MS = 120_000;
/** Longer than `server.drain_ms`, which a stopping server may use. */
const STOP_WITHIN_MS = 40_000;
const LOOK_EVERY_MS = 50;

/**
 * Starts the server on a free loopback port with an empty data folder and waits until it is ready. Errors:
 * `bench.process_ended`, `bench.not_ready`.
 */
export async function startServerUnderTest(
  options: ServerUnderTestOptions,
  signal: AbortSignal,
): Promise<ServerUnderTest> {
  const { modelsDir } = options;
  const scope = options.scope.child('server under test');
  const dataDir = await makeTemporaryFolder('bench');
  scope.onClose(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  if (modelsDir !== undefined) {
    await mkdir(modelsDir, { recursive: true });
    await symlink(modelsDir, join(dataDir, 'models'));
  }
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const running = new RestartableServer(options, scope, port, dataDir);
  const readyMs = await ready(running.process, baseUrl, options.clock, signal);
  return {
    get pid() {
      return running.process.pid;
    },
    otaUrl: `${baseUrl}/xiaozhi/ota/`,
    baseUrl,
    dataDir,
    localToken: await options.localToken(dataDir),
    readyMs,
    unexpectedEnd: running.unexpectedEnd,
    async restart(aborted) {
      const goneMs = await running.restart();
      await ready(running.process, baseUrl, options.clock, aborted);
      return { goneMs };
    },
    async recognition(language, aborted) {
      const { recognition } = await new ServerClient({ baseUrl, clock: options.clock }).identify(aborted);
      return recognition?.[uiLanguage(language)];
    },
    complaints: () =>
      running.process.output.split('\n').filter((line) => /"level":(?:[456]0|"(?:warn|error)")/.test(line)),
    stop: () => running.stop(),
  };
}

class RestartableServer {
  readonly unexpectedEnd: Promise<never>;
  readonly #ended = new AbortController();
  #stopping = false;
  #process: OwnedProcess;

  constructor(
    private readonly options: ServerUnderTestOptions,
    private readonly scope: Scope,
    private readonly port: number,
    private readonly dataDir: string,
  ) {
    const { signal } = this.#ended;
    this.unexpectedEnd = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    );
    // The caller awaits the promise only while a load runs. Before that, a rejection must not count as unhandled.
    this.unexpectedEnd.catch(() => undefined);
    this.#process = this.#start();
  }

  get process(): OwnedProcess {
    return this.#process;
  }

  async restart(): Promise<number> {
    this.#stopping = true;
    await this.#process.stop();
    const goneMs = this.options.clock.nowMs();
    this.#process = this.#start();
    this.#stopping = false;
    return goneMs;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.scope.close('run over');
  }

  #start(): OwnedProcess {
    const { settings, env, clock, launcher, entry } = this.options;
    const where = ['--host', '127.0.0.1', '--port', String(this.port), '--data', this.dataDir];
    const begun: OwnedProcess = OwnedProcess.start({
      name: 'server',
      args: ['serve', '--until-input-ends', ...where, ...settings.flatMap((setting) => ['--set', setting])],
      env,
      clock,
      scope: this.scope,
      stopWithinMs: STOP_WITHIN_MS,
      ...(launcher && { launcher }),
      ...(entry && { entry }),
      onExit: (how) => {
        if (!this.#stopping && !this.scope.closed) this.#ended.abort(begun.failure(how));
      },
    });
    return begun;
  }
}

async function ready(owned: OwnedProcess, baseUrl: string, clock: Clock, signal: AbortSignal): Promise<number> {
  const startMs = clock.nowMs();
  for (;;) {
    const yes = await fetch(`${baseUrl}/readyz`, { signal }).then(
      (response) => response.ok,
      () => false,
    );
    signal.throwIfAborted();
    const tookMs = clock.nowMs() - startMs;
    if (yes) return tookMs;
    if (!owned.alive) throw owned.failure(await owned.exited);
    if (tookMs > READY_WITHIN_MS)
      throw new ChorusError(
        'bench.not_ready',
        `the server was not ready within ${READY_WITHIN_MS / 1000} s. The end of ` +
          `what it said:\n${owned.output.slice(-2000)}`,
      );
    await sleep(clock, LOOK_EVERY_MS, signal);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
