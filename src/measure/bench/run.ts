import { Cancelled, ChorusError, type Clock, isCancelled, type Scope, withTimeout } from '../../core/index.js';
import {
  fleetOptions,
  type FleetContext,
  type FleetOptions,
  type FleetProgress,
  type FleetResult,
} from '../fleet/index.js';
import { assembleResult, type TimedReport } from './assemble-result.js';
import { type PreparedAsr, prepareAsr } from './asr-model.js';
import { type BenchSample, BenchSampler } from './sampler.js';
import type { RunOptions } from './options.js';
import { usableLimits } from './limits.js';
import { runtimeText, speechRuntime } from '../../engines/index.js';
import { kernelBaseline } from './kernels/baseline.js';
import type { KernelRound } from './kernels/kernel-costs.js';
import { kernelsOf } from './kernels/kernels-of.js';
import { workOf } from './kernels/work.js';
import type { BenchResult } from './result.js';
import { needsStandIns, serverSettings } from './server-settings.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { type RunningStandIns, startStandInProcess } from './stand-in-process.js';
import type { LlmRequestRecord, TtsRequestRecord } from './stand-ins/index.js';

export interface BenchContext {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** The user's `data/models`. The cost model is written into this folder. */
  readonly modelsDir: string;
  /** Version of Chorus, for the result. */
  readonly chorus: string;
  /** Command that repeats the measurement, for the result. */
  readonly command: string;
  /** Starts the server through another program, see {@link OwnedProcess}. */
  readonly launcher?: readonly string[] | undefined;
  readonly localToken: (dataDir: string) => Promise<string | undefined>;
  readonly runFleet: (options: FleetOptions, context: FleetContext) => Promise<FleetResult>;
  readonly onLive?: ((live: Live) => void) | undefined;
  /** Costs of the kernels before the first of several runs. If undefined, the run measures them if it needs them. */
  readonly kernelsBefore?: readonly KernelRound[] | undefined;
  /** Called once a second. If it returns true, enough has been seen and the run ends at once. */
  readonly stopWhen?: ((progress: FleetProgress) => boolean) | undefined;
}

export type Live =
  | { readonly stage: 'model'; readonly fraction: number }
  | { readonly stage: 'stand_ins' | 'server' | 'fleet' | 'kernels' }
  | { readonly stage: 'running'; readonly progress: FleetProgress; readonly observation: BenchSample | undefined };

/** A server that the bench did not start. */
export interface ForeignServer {
  readonly otaUrl: string;
  readonly localToken: string | undefined;
  /** Undefined if the server runs elsewhere or its process is not known. */
  readonly pid: number | undefined;
}

const FOREIGN_ASR: PreparedAsr = { model: 'unknown', understands: true };
const REPORT_TIMEOUT_MS = 5000;

/**
 * Makes one measurement. Afterwards everything that was started has been stopped. Errors: `bench.*`, `model.*`,
 * `engine.*`, `data.*`; the signal's reason.
 */
export async function runBench(
  options: RunOptions,
  context: BenchContext,
  foreign?: ForeignServer,
): Promise<BenchResult> {
  const scope = context.scope.child('bench run');
  const signal = AbortSignal.any([context.signal, scope.signal]);
  try {
    return await new Run(options, context, scope, signal, foreign).run();
  } finally {
    await scope.close('run over');
  }
}

interface Target {
  readonly otaUrl: string;
  readonly baseUrl: string;
  readonly localToken: string | undefined;
  readonly server: ServerUnderTest | undefined;
  readonly settings: readonly string[];
  readonly asr: PreparedAsr;
}

class Run {
  readonly #llm: LlmRequestRecord[] = [];
  readonly #tts: TtsRequestRecord[] = [];
  #lastReport: TimedReport | undefined;
  #firstReport: TimedReport | undefined;
  #counting = false;
  #countedFromWallMs = Infinity;
  /** The server and the stand-ins. */
  readonly #pieces: Scope;

  constructor(
    private readonly options: RunOptions,
    private readonly context: BenchContext,
    private readonly scope: Scope,
    private readonly signal: AbortSignal,
    private readonly foreign: ForeignServer | undefined,
  ) {
    this.#pieces = scope.child('pieces');
  }

  async run(): Promise<BenchResult> {
    const { clock } = this.context;
    const asr = this.foreign ? FOREIGN_ASR : await this.#asr();
    const kernelsBefore = this.options.kernels ? (this.context.kernelsBefore ?? (await this.#kernels(asr))) : undefined;
    const standIns = await this.#standIns();
    const target = this.foreign ? this.#foreign(this.foreign) : await this.#server(standIns, asr);
    const { server } = target;
    const pid = (): number | undefined => server?.pid ?? this.foreign?.pid;
    // Read while the server runs. A launcher may have put it into another control group than this process.
    const limits = usableLimits(pid());
    const observer = new BenchSampler({ clock, baseUrl: target.baseUrl, pid });
    const watching = this.scope.child('observer');
    watching.fork('watch', (signal) => observer.watch(signal));
    await standIns?.report(this.signal);
    observer.begin();
    const fleet = await this.#talk(target, observer, standIns);
    await this.#collect(standIns);
    await watching.close('run over');
    const spoken =
      this.options.tts === 'stand-in' ? this.#tts.filter(({ atWallMs }) => atWallMs >= this.#countedFromWallMs) : [];
    const work = workOf(observer, spoken.reduce((sum, { audioMs }) => sum + audioMs, 0) / 1000);
    const complaints = server?.complaints() ?? [];
    await this.#pieces.close('run over');
    const { options, context, foreign } = this;
    const result = assembleResult({
      options,
      chorus: context.chorus,
      command: context.command,
      fleet,
      observer,
      asr: target.asr,
      settings: target.settings,
      url: foreign?.otaUrl,
      readyMs: server?.readyMs,
      complaints,
      limits,
      llm: this.#llm,
      tts: this.#tts,
      firstReport: this.#firstReport,
      lastReport: this.#lastReport,
    });
    if (!kernelsBefore || !work) return result;
    const kernels = kernelBaseline({
      work,
      before: kernelsBefore,
      after: await this.#kernels(target.asr),
      devices: options.devices,
      usableCores: limits.usableCores,
      benchCores: fleet.own.cpuCores + (result.standIns?.cores ?? 0),
      serverCores: observer.meanCores,
      runtime: runtimeText(await speechRuntime()),
    });
    return { ...result, kernels };
  }

  async #standIns(): Promise<RunningStandIns | undefined> {
    if (this.foreign || !needsStandIns(this.options)) return undefined;
    const { clock, env } = this.context;
    this.context.onLive?.({ stage: 'stand_ins' });
    return startStandInProcess(
      { behaviour: { ...this.options.standIns, seed: this.options.seed }, env, clock, scope: this.#pieces },
      this.signal,
    );
  }

  #foreign({ otaUrl, localToken }: ForeignServer): Target {
    return {
      otaUrl,
      baseUrl: new URL('/', otaUrl).href.replace(/\/$/, ''),
      localToken,
      server: undefined,
      settings: [],
      asr: FOREIGN_ASR,
    };
  }

  #asr(): Promise<PreparedAsr> {
    const { clock, modelsDir, onLive } = this.context;
    const onProgress = (written: number, total: number): void =>
      onLive?.({ stage: 'model', fraction: written / total });
    return prepareAsr({
      choice: this.options.asr,
      settings: this.options.settings,
      modelsDir,
      clock,
      signal: this.signal,
      onProgress,
    });
  }

  async #server(standIns: RunningStandIns | undefined, asr: PreparedAsr): Promise<Target> {
    const { clock, env, modelsDir, launcher, localToken, onLive } = this.context;
    const settings = serverSettings(this.options, standIns, asr.model);
    onLive?.({ stage: 'server' });
    const server = await startServerUnderTest(
      { settings, modelsDir, env: withoutOurs(env), launcher, clock, scope: this.#pieces, localToken },
      this.signal,
    );
    const chosen = asr.model === 'auto' ? await server.recognition(this.options.language, this.signal) : asr.model;
    return {
      otaUrl: server.otaUrl,
      baseUrl: server.baseUrl,
      localToken: server.localToken,
      server,
      settings,
      asr: { ...asr, model: chosen ?? asr.model },
    };
  }

  async #talk(target: Target, observer: BenchSampler, standIns: RunningStandIns | undefined): Promise<FleetResult> {
    const { clock, runFleet, onLive, stopWhen } = this.context;
    const { server } = target;
    const enough = new AbortController();
    onLive?.({ stage: 'fleet' });
    const collecting = this.scope.child('collector');
    const onProgress = (progress: FleetProgress): void => {
      if (!this.#counting && progress.elapsedMs >= this.options.warmupMs) {
        this.#counting = true;
        this.#countedFromWallMs = clock.wallMs();
        observer.count();
        collecting.fork('first report', async () => {
          await this.#collect(standIns);
          this.#firstReport = this.#lastReport;
        });
      }
      onLive?.({ stage: 'running', progress, observation: observer.observations.at(-1) });
      if (stopWhen?.(progress)) enough.abort(new Cancelled('enough was seen'));
    };
    const fleet = runFleet(this.#fleetOptions(target), {
      clock,
      signal: AbortSignal.any([this.signal, enough.signal]),
      onProgress,
      ...(server && { restart: async () => void (await server.restart(this.signal)) }),
    });
    const result = server ? await Promise.race([fleet, server.unexpectedEnd]) : await fleet;
    await collecting.close('fleet done');
    return result;
  }

  #fleetOptions({ otaUrl, localToken }: Target): FleetOptions {
    const { devices, durationMs, warmupMs, beginWithinMs, scenario, seed, queues, framings, language, standIns } =
      this.options;
    const { replySeconds } = standIns.llm;
    return fleetOptions({
      otaUrl,
      ...(localToken !== undefined && { localToken }),
      devices,
      durationMs,
      warmupMs,
      ...(beginWithinMs !== undefined && { beginWithinMs }),
      scenario,
      seed,
      queues,
      framings,
      language,
      conversation: {
        ...fleetOptions({ otaUrl, devices, durationMs }).conversation,
        reply: {
          meanMs: replySeconds.mean * 1000,
          deviationMs: replySeconds.spread * 1000,
          fromMs: replySeconds.from * 1000,
          toMs: replySeconds.to * 1000,
        },
      },
    });
  }

  async #collect(standIns: RunningStandIns | undefined): Promise<void> {
    if (!standIns) return;
    try {
      const late = (): ChorusError =>
        new ChorusError('internal', `the stand-ins did not answer within ${REPORT_TIMEOUT_MS / 1000} s`);
      const report = await withTimeout(this.context.clock, REPORT_TIMEOUT_MS, this.signal, late, (signal) =>
        standIns.report(signal),
      );
      this.#llm.push(...report.llm);
      this.#tts.push(...report.tts);
      this.#lastReport = { report, atMs: this.context.clock.nowMs() };
    } catch (error) {
      if (this.signal.aborted || isCancelled(error)) throw this.signal.reason ?? error;
      throw error;
    }
  }

  /** Must run while neither the server nor the stand-ins run. */
  #kernels(asr: PreparedAsr): Promise<readonly KernelRound[]> {
    const { clock, modelsDir, onLive } = this.context;
    onLive?.({ stage: 'kernels' });
    return kernelsOf(asr, this.options, { modelsDir, clock, scope: this.scope, signal: this.signal });
  }
}

/** Removes the caller's own configuration and keys, so that nothing but the bench configures the server. */
function withoutOurs(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^CHORUS_|_API_KEY$/.test(name)));
}
