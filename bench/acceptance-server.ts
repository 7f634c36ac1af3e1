import { fileURLToPath } from 'node:url';
import { prepareAsr } from '../src/measure/bench/asr-model.js';
import { serverSettings } from '../src/measure/bench/server-settings.js';
import { SERVICE_LEVEL } from '../src/measure/bench/service-level.js';
import { startServerUnderTest, type ServerUnderTest } from '../src/measure/bench/server-under-test.js';
import { type RunningStandIns, startStandInProcess } from '../src/measure/bench/stand-in-process.js';
import { type LlmRequestRecord, standInOptions } from '../src/measure/bench/stand-ins/index.js';
import { parseExposition, Scope, systemClock as clock, valueOf } from '../src/core/index.js';
import {
  fleetOptions,
  runFleet,
  type FleetOptions,
  type FleetProgress,
  type FleetResult,
} from '../src/measure/fleet/index.js';
import { readLocalToken } from '../src/http/index.js';
import { LoopDelays } from './loop-delays.js';

/** The server and the stand-ins of `chorus bench`, to which more than one fleet may talk at once. */
export interface AcceptanceServer {
  readonly server: ServerUnderTest;
  /** Ends with it: what looks on while it runs. */
  readonly scope: Scope;
  readonly settings: readonly string[];
  /** One of the main process’s own figures (`/metrics`); undefined: it has none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** Devices that talk or storm, from a process of their own; `firstDevice` keeps the fleets apart. */
  fleet(
    options: Partial<FleetOptions> & Pick<FleetOptions, 'devices' | 'durationMs' | 'scenario' | 'firstDevice'>,
    onProgress?: (progress: FleetProgress) => void,
  ): Promise<FleetResult>;
  /** What the language model was asked since the start. */
  llmRequests(): Promise<readonly LlmRequestRecord[]>;
  /** Stops the server and tells how late its event loop was. */
  stop(): Promise<LoopDelays>;
  close(): Promise<void>;
}

/** What else is loaded into the server's main process to look at it from inside, and how it is started. */
export interface Inside {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A program to start it through, and its first arguments. */
  readonly launcher?: readonly string[];
}

const CLI = fileURLToPath(new URL('../dist/cli/chorus.js', import.meta.url));
const PRELOAD = new URL('loop-delays.mjs', import.meta.url).href;
const MODELS = fileURLToPath(new URL('../data/models', import.meta.url));
/** More than one fleet boots: everybody comes from one address, nobody types codes. */
const DEVICES = 2500;

/** The built server with a model that costs what SenseVoice costs, its weights as published; language model and voice are stand-ins. */
export async function startAcceptanceServer(
  settings: readonly string[],
  inside: Inside = { execArgv: [], env: {} },
): Promise<AcceptanceServer> {
  const scope = new Scope('acceptance', (name, error) => console.error(name, error));
  const { signal } = scope;
  try {
    const asr = await prepareAsr({ choice: 'sensevoice-cost', modelsDir: MODELS, clock, signal });
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^CHORUS_|_API_KEY$/.test(name)));
    const standIns = await startStandInProcess({ behaviour: standInOptions.parse({}), env, clock, scope }, signal);
    const all = settingsFor(standIns, asr.model, settings);
    const loopDelays = new LoopDelays();
    const server = await startServerUnderTest(
      {
        settings: all,
        modelsDir: MODELS,
        env: { ...env, ...inside.env, CHORUS_BENCH_LOOP_DELAYS: loopDelays.file },
        entry: { file: CLI, execArgv: ['--import', PRELOAD, ...inside.execArgv] },
        launcher: inside.launcher,
        clock,
        scope,
        localToken: readLocalToken,
      },
      signal,
    );
    return new Running(scope, server, standIns, all, loopDelays);
  } catch (error) {
    await scope.close('failed');
    throw error;
  }
}

function settingsFor(standIns: RunningStandIns, model: string, settings: readonly string[]): readonly string[] {
  const choice = {
    devices: DEVICES,
    durationMs: 0,
    warmupMs: 0,
    scenario: 'steady',
    seed: 1,
    queues: [20],
    framings: [1],
    language: 'en-US',
    asr: 'sensevoice-cost',
    llm: 'stand-in',
    tts: 'stand-in',
    standIns: standInOptions.parse({}),
    settings,
    serviceLevel: SERVICE_LEVEL,
    kernels: false,
    minTurns: 200,
  } as const;
  return serverSettings(choice, standIns, model);
}

class Running implements AcceptanceServer {
  readonly #llm: LlmRequestRecord[] = [];

  constructor(
    readonly scope: Scope,
    readonly server: ServerUnderTest,
    private readonly standIns: RunningStandIns,
    readonly settings: readonly string[],
    private readonly loopDelays: LoopDelays,
  ) {}

  async metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined> {
    const response = await fetch(`${this.server.baseUrl}/metrics`, { signal: AbortSignal.timeout(5000) });
    return valueOf(parseExposition(await response.text()), name, labels);
  }

  async fleet(
    options: Parameters<AcceptanceServer['fleet']>[0],
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
