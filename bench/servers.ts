import { fileURLToPath } from 'node:url';
import { prepareAsr } from '../src/measure/bench/asr-model.js';
import { serverSettings } from '../src/measure/bench/server-settings.js';
import { startServerUnderTest, type ServerUnderTest } from '../src/measure/bench/server-under-test.js';
import { type RunningStandIns, startStandInProcess } from '../src/measure/bench/stand-in-process.js';
import { type LlmRequestRecord, standInOptions } from '../src/measure/bench/stand-ins/index.js';
import { Scope, systemClock as clock, valueOf } from '../src/core/index.js';
import {
  fleetOptions,
  runFleet,
  type FleetOptions,
  type FleetProgress,
  type FleetResult,
} from '../src/measure/fleet/index.js';
import { ServerClient } from '../src/measure/observer/server-client.js';
import { readLocalToken } from '../src/http/index.js';
import { LoopDelays } from './loop-delays.js';

export type { ServerUnderTest } from '../src/measure/bench/server-under-test.js';

/** Measuring code that is preloaded into the server's main process, and the way to start the server. */
export interface Inside {
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program, with its first arguments, that starts the server. */
  readonly launcher?: readonly string[];
}

const preload = (script: string): readonly string[] => ['--import', new URL(script, import.meta.url).href];

/** Records which packets the server's sockets send and when. The file is written at the end of the server. */
export const sendTimes = (file: string): Inside => ({
  execArgv: preload('send-times.mjs'),
  env: { CHORUS_BENCH_SEND_TIMES: file },
});

/** Writes a line with heap sizes into the file every five seconds. SIGUSR2 writes a heap snapshot. */
export const heapSizes = (file: string): Inside => ({
  execArgv: [...preload('heap-sizes.mjs'), '--heapsnapshot-signal=SIGUSR2'],
  env: { CHORUS_BENCH_HEAP: file },
});

const CLI = fileURLToPath(new URL('../dist/cli/chorus.js', import.meta.url));
const MODELS = fileURLToPath(new URL('../data/models', import.meta.url));
/** Number of devices for which the server's limits on connections are set. It is enough for several fleets. */
const DEVICES = 2500;
const onFailure = (name: string, error: unknown): void => console.error(name, error);

const scopes: Scope[] = [];

/** A scope that also closes when the measurement is interrupted, so that its server does not outlive it. */
function stoppedScope(name: string): Scope {
  const stop = (): void =>
    void Promise.all(scopes.map((one) => one.close('interrupted'))).finally(() => process.exit(1));
  if (scopes.length === 0) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const scope = new Scope(name, onFailure);
  scopes.push(scope);
  return scope;
}

/**
 * Starts the built server (`dist/`) with a local voice and the package's models. `stop` prints its warnings and errors.
 */
export async function startServer(settings: readonly string[] = [], inside: Inside = {}): Promise<ServerUnderTest> {
  const all = ['log.format=json', 'models.auto_pull=false', 'tts.provider=flite', ...settings];
  const server = await spawnServer(stoppedScope('bench server'), all, undefined, process.env, inside);
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

function spawnServer(
  scope: Scope,
  settings: readonly string[],
  modelsDir: string | undefined,
  env: NodeJS.ProcessEnv,
  { execArgv = [], env: more, launcher }: Inside,
): Promise<ServerUnderTest> {
  return startServerUnderTest(
    {
      settings,
      modelsDir,
      env: { ...env, ...more },
      entry: { file: CLI, execArgv },
      launcher,
      clock,
      scope,
      localToken: readLocalToken,
    },
    scope.signal,
  );
}

/**
 * Starts the built server as `chorus bench` does, with simulated services (stand-ins) as language model and voice.
 * Recognition costs as much as SenseVoice, but its text has no meaning. With `package`, recognition is Moonshine, whose
 * text has a meaning.
 */
export async function startAcceptanceServer(
  settings: readonly string[],
  inside: Inside = {},
  recognition: 'sensevoice-cost' | 'package' = 'sensevoice-cost',
): Promise<AcceptanceServer> {
  const scope = stoppedScope('acceptance');
  const { signal } = scope;
  const models = recognition === 'package' ? undefined : MODELS;
  try {
    const model =
      models === undefined
        ? 'auto'
        : (await prepareAsr({ choice: 'sensevoice-cost', modelsDir: models, clock, signal })).model;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^CHORUS_|_API_KEY$/.test(name)));
    const standIns = await startStandInProcess({ behaviour: standInOptions.parse({}), env, clock, scope }, signal);
    const all = serverSettings(
      { devices: DEVICES, language: 'en-US', llm: 'stand-in', tts: 'stand-in', settings },
      standIns,
      model,
    );
    const loopDelays = new LoopDelays();
    const server = await spawnServer(scope, all, models, env, {
      ...inside,
      execArgv: [...preload('loop-delays.mjs'), ...(inside.execArgv ?? [])],
      env: { ...inside.env, CHORUS_BENCH_LOOP_DELAYS: loopDelays.file },
    });
    return new AcceptanceServer(scope, server, standIns, all, loopDelays);
  } catch (error) {
    await scope.close('failed');
    throw error;
  }
}

export class AcceptanceServer {
  readonly #llm: LlmRequestRecord[] = [];

  constructor(
    /** Scope of the server and of everything that measures it. It closes with `close`, but not with `stop`. */
    readonly scope: Scope,
    readonly server: ServerUnderTest,
    private readonly standIns: RunningStandIns,
    readonly settings: readonly string[],
    private readonly loopDelays: LoopDelays,
  ) {}

  /** A figure of the main process from `/metrics`. */
  async metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined> {
    const metrics = await new ServerClient({ baseUrl: this.server.baseUrl, clock }).metrics(this.scope.signal);
    return metrics && valueOf(metrics, name, labels);
  }

  /** Runs simulated devices in processes of their own. Two fleets need different `firstDevice` numbers. */
  async fleet(
    options: Partial<FleetOptions> & Pick<FleetOptions, 'devices' | 'durationMs' | 'scenario' | 'firstDevice'>,
    onProgress?: (progress: FleetProgress) => void,
  ): Promise<FleetResult> {
    const { otaUrl, localToken, unexpectedEnd } = this.server;
    const full = fleetOptions({ otaUrl, ...(localToken !== undefined && { localToken }), queues: [20], ...options });
    return Promise.race([
      runFleet(full, { clock, signal: this.scope.signal, ...(onProgress && { onProgress }) }),
      unexpectedEnd,
    ]);
  }

  async llmRequests(): Promise<readonly LlmRequestRecord[]> {
    this.#llm.push(...(await this.standIns.report(this.scope.signal)).llm);
    return this.#llm;
  }

  /** Stops the server and returns the lateness of its event loop. */
  async stop(): Promise<LoopDelays> {
    for (const line of this.server.complaints()) console.log(`  server: ${line.slice(0, 400)}`);
    await this.server.stop();
    return this.loopDelays;
  }

  async close(): Promise<void> {
    await this.scope.close('run over');
    this.loopDelays.forget();
  }
}
