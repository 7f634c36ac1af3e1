import { type Clock, isCancelled, type Scope } from '../core/index.js';
import { fleetOptions, type FleetContext, type FleetOptions, type FleetProgress, type FleetResult } from '../fleet/index.js';
import { describeMachine, readHardware } from '../machine/index.js';
import { type PreparedAsr, prepareAsr } from './asr-model.js';
import { type Observation, Observer } from './observation.js';
import type { RunOptions } from './options.js';
import { takeOffOwnTime } from './own-time.js';
import type { BenchResult } from './result.js';
import { needsStandIns, serverSettings } from './server-settings.js';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';
import { judge } from './service-level.js';
import { type RunningStandIns, startStandInProcess } from './stand-in-process.js';
import type { LlmRequestRecord, StandInReport, TtsRequestRecord } from './stand-ins/index.js';

/** What a run is carried out with. */
export interface BenchContext {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Everything that is started belongs to it. */
  readonly scope: Scope;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** `data/models` of the user: installed models, and where the cost model is written. */
  readonly modelsDir: string;
  /** For the result: the version of Chorus, and the command that measures the same again. */
  readonly chorus: string;
  readonly command: string;
  /** Starts the server through another program, see {@link OwnedProcess}. */
  readonly launcher?: readonly string[] | undefined;
  readonly localToken: (dataDir: string) => Promise<string | undefined>;
  readonly runFleet: (options: FleetOptions, context: FleetContext) => Promise<FleetResult>;
  readonly onLive?: ((live: Live) => void) | undefined;
}

/** What can be told while a run goes on. */
export type Live =
  | { readonly stage: 'model'; readonly fraction: number }
  | { readonly stage: 'stand_ins' | 'server' | 'fleet' | 'kernels' }
  | { readonly stage: 'running'; readonly progress: FleetProgress; readonly observation: Observation | undefined };

/** A server that somebody else has started. */
export interface ForeignServer {
  readonly otaUrl: string;
  readonly localToken: string | undefined;
  /** Its main process, when it runs on this machine and is known. */
  readonly pid: number | undefined;
}

/** The stand-ins' own lateness above which the server was measured with a slower language model than stated: half a packet. */
const MAX_STAND_IN_LATENESS_P99_MS = 35;
const KEPT_COMPLAINTS = 50;
/** Beyond the fleet's own plan: a reply that is being heard, the last observations. */
const REPORT_TIMEOUT_MS = 5000;

/**
 * One measurement: the pieces are started, the fleet talks, the result is judged, and nothing stays behind. Errors: `bench.*`, `model.*`,
 * `data.*`; the signal's reason.
 */
export async function runBench(options: RunOptions, context: BenchContext, foreign?: ForeignServer): Promise<BenchResult> {
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
  #lastReport: { readonly report: StandInReport; readonly atMs: number } | undefined;
  #firstReport: { readonly report: StandInReport; readonly atMs: number } | undefined;
  #counting = false;

  constructor(
    private readonly options: RunOptions,
    private readonly context: BenchContext,
    private readonly scope: Scope,
    private readonly signal: AbortSignal,
    private readonly foreign: ForeignServer | undefined,
  ) {}

  async run(): Promise<BenchResult> {
    const { clock } = this.context;
    const standIns = await this.#standIns();
    const target = this.foreign ? this.#foreign(this.foreign) : await this.#server(standIns);
    const { server } = target;
    const observer = new Observer({ clock, baseUrl: target.baseUrl, pid: () => server?.pid ?? this.foreign?.pid });
    const watching = this.scope.child('observer');
    watching.fork('watch', (signal) => observer.watch(signal));
    await standIns?.report(this.signal);
    observer.begin();
    const fleet = await this.#talk(target, observer, standIns);
    await this.#collect(standIns);
    await watching.close('run over');
    return this.#result(fleet, observer, target);
  }

  async #standIns(): Promise<RunningStandIns | undefined> {
    if (this.foreign || !needsStandIns(this.options)) return undefined;
    const { clock, env } = this.context;
    this.context.onLive?.({ stage: 'stand_ins' });
    return startStandInProcess({ behaviour: { ...this.options.standIns, seed: this.options.seed }, env, clock, scope: this.scope.child('stand-ins') }, this.signal);
  }

  #foreign({ otaUrl, localToken }: ForeignServer): Target {
    return { otaUrl, baseUrl: new URL('/', otaUrl).href.replace(/\/$/, ''), localToken, server: undefined, settings: [], asr: { model: 'unknown', understands: true } };
  }

  async #server(standIns: RunningStandIns | undefined): Promise<Target> {
    const { clock, env, modelsDir, launcher, localToken, onLive } = this.context;
    const onProgress = (written: number, total: number): void => onLive?.({ stage: 'model', fraction: written / total });
    const asr = await prepareAsr({ choice: this.options.asr, modelsDir, clock, signal: this.signal, onProgress });
    const settings = serverSettings(this.options, standIns, asr.model);
    onLive?.({ stage: 'server' });
    const server = await startServerUnderTest({ settings, modelsDir, env: withoutOurs(env), launcher, clock, scope: this.scope, localToken }, this.signal);
    return { otaUrl: server.otaUrl, baseUrl: server.baseUrl, localToken: server.localToken, server, settings, asr };
  }

  async #talk(target: Target, observer: Observer, standIns: RunningStandIns | undefined): Promise<FleetResult> {
    const { clock, runFleet, onLive } = this.context;
    const { server } = target;
    onLive?.({ stage: 'fleet' });
    const collecting = this.scope.child('collector');
    const onProgress = (progress: FleetProgress): void => {
      if (!this.#counting && progress.elapsedMs >= this.options.warmupMs) {
        this.#counting = true;
        observer.count();
        collecting.fork('first report', async () => {
          await this.#collect(standIns);
          this.#firstReport = this.#lastReport;
        });
      }
      onLive?.({ stage: 'running', progress, observation: observer.observations.at(-1) });
    };
    const fleet = runFleet(this.#fleetOptions(target), { clock, signal: this.signal, onProgress, ...(server && { restart: () => server.restart(this.signal) }) });
    const result = server ? await Promise.race([fleet, server.unexpectedEnd]) : await fleet;
    await collecting.close('fleet done');
    return result;
  }

  #fleetOptions({ otaUrl, localToken, asr }: Target): FleetOptions {
    const { devices, durationMs, warmupMs, scenario, seed, queues, framings, language, serviceLevel, standIns } = this.options;
    const { replySeconds } = standIns.llm;
    return fleetOptions({
      otaUrl,
      ...(localToken !== undefined && { localToken }),
      devices,
      durationMs,
      warmupMs,
      scenario,
      seed,
      queues,
      framings,
      language,
      conversation: {
        ...fleetOptions({ otaUrl, devices, durationMs }).conversation,
        reply: { meanMs: replySeconds.mean * 1000, deviationMs: replySeconds.spread * 1000, fromMs: replySeconds.from * 1000, toMs: replySeconds.to * 1000 },
      },
      targets: {
        firstSoundP95Ms: serviceLevel.firstSoundP95Ms + standIns.llm.firstTokenMs.mean,
        underruns: 0,
        failedTurns: 0,
        ...(asr.understands && serviceLevel.wordErrorRate !== undefined && { wordErrorRate: serviceLevel.wordErrorRate }),
      },
    });
  }

  async #collect(standIns: RunningStandIns | undefined): Promise<void> {
    if (!standIns) return;
    try {
      const report = await standIns.report(AbortSignal.any([this.signal, AbortSignal.timeout(REPORT_TIMEOUT_MS)]));
      this.#llm.push(...report.llm);
      this.#tts.push(...report.tts);
      this.#lastReport = { report, atMs: this.context.clock.nowMs() };
    } catch (error) {
      if (this.signal.aborted || isCancelled(error)) throw this.signal.reason ?? error;
      throw error;
    }
  }

  #result(fleet: FleetResult, observer: Observer, target: Target): BenchResult {
    const { options, context } = this;
    const hardware = readHardware();
    const usableCores = Math.min(hardware.cores, hardware.cpuQuota ?? Infinity);
    const own = takeOffOwnTime(fleet.turns, this.#llm);
    const cores = observer.meanCores;
    const cpuShare = cores === undefined ? undefined : cores / usableCores;
    const report = this.#lastReport?.report;
    const late = report && report.lateness.p99Ms > MAX_STAND_IN_LATENESS_P99_MS ? [`the stand-ins were late themselves: p99 ${report.lateness.p99Ms} ms`] : [];
    const level = target.asr.understands ? options.serviceLevel : { ...options.serviceLevel, wordErrorRate: undefined };
    const verdict = judge({ fleet, firstSoundNetMs: own.firstSoundNetMs, cpuShare, invalid: late, minTurns: options.minTurns }, level);
    const sorted = [...own.firstSoundNetMs].sort((a, b) => a - b);
    const at = (fraction: number): number | undefined => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1))];
    return {
      format: 'chorus-bench',
      version: 1,
      chorus: context.chorus,
      command: context.command,
      startedAt: fleet.startedAt,
      machine: { ...describeMachine(), usableCores, memoryLimitBytes: hardware.memoryBytes },
      options: {
        devices: options.devices,
        durationS: options.durationMs / 1000,
        warmupS: options.warmupMs / 1000,
        scenario: options.scenario,
        seed: options.seed,
        queues: [...options.queues],
        language: options.language,
        asr: options.asr,
        asrModel: target.asr.model,
        llm: options.llm,
        tts: options.tts,
        ...(report && { standIns: options.standIns }),
        settings: [...target.settings],
        ...(this.foreign && { url: target.otaUrl }),
      },
      serviceLevel: level,
      verdict: { outcome: verdict.outcome, reasons: [...verdict.reasons], targets: [...verdict.targets] },
      llmOwn: { requests: own.requests, failed: own.failed, medianMs: own.medianMs, p95Ms: own.p95Ms, joined: own.joined, firstSoundNetP50Ms: at(0.5), firstSoundNetP95Ms: at(0.95) },
      server: {
        readyMs: target.server?.readyMs,
        cores,
        cpuShare,
        memoryBytes: memoryOf(observer.observations),
        processes: processesOf(observer.observations, options.warmupMs / 1000),
        complaints: [...(target.server?.complaints() ?? [])].slice(-KEPT_COMPLAINTS),
      },
      ...(report && { standIns: this.#standInResult(report) }),
      observations: observer.observations.map((observation) => ({ ...observation, processes: [...observation.processes] })),
      fleet,
    };
  }

  #standInResult(report: StandInReport): NonNullable<BenchResult['standIns']> {
    const [first, last] = [this.#firstReport, this.#lastReport];
    return {
      lateness: report.lateness,
      cores: first && last && last.atMs > first.atMs ? (last.report.cpuMs - first.report.cpuMs) / (last.atMs - first.atMs) : 0,
      llm: { requests: this.#llm.length, failed: failedOf(this.#llm) },
      tts: { requests: this.#tts.length, failed: failedOf(this.#tts), audioS: this.#tts.reduce((sum, { audioMs }) => sum + audioMs, 0) / 1000 },
    };
  }
}

function failedOf(records: readonly { readonly outcome: string }[]): number {
  return records.filter(({ outcome }) => outcome === 'failed').length;
}

/** Nothing of the caller's own configuration, and no keys: the server under test is what the bench says it is. */
function withoutOurs(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^CHORUS_|_API_KEY$/.test(name)));
}

function memoryOf(observations: readonly Observation[]): { start: number; third: number; end: number; max: number } | undefined {
  const seen = observations.flatMap(({ atS, serverBytes }) => (serverBytes === undefined || atS < 0 ? [] : [{ atS, serverBytes }]));
  const lastS = seen.at(-1)?.atS;
  if (lastS === undefined) return undefined;
  const windowS = Math.min(60, lastS / 6);
  const mean = (fromS: number, toS: number): number => {
    const inside = seen.filter(({ atS }) => atS >= fromS && atS <= toS);
    return inside.reduce((sum, { serverBytes }) => sum + serverBytes, 0) / Math.max(1, inside.length);
  };
  return { start: mean(0, windowS), third: mean(2 * windowS, 3 * windowS), end: mean(lastS - windowS, lastS), max: Math.max(...seen.map(({ serverBytes }) => serverBytes)) };
}

function processesOf(observations: readonly Observation[], fromS: number): { name: string; cores: number; maxBytes: number }[] {
  const byName = new Map<string, { cores: number; count: number; maxBytes: number }>();
  for (const { atS, processes } of observations) {
    for (const { name, cores, bytes } of processes) {
      const so = byName.get(name) ?? { cores: 0, count: 0, maxBytes: 0 };
      const counts = atS >= fromS && cores !== undefined;
      byName.set(name, { cores: so.cores + (counts ? cores : 0), count: so.count + (counts ? 1 : 0), maxBytes: Math.max(so.maxBytes, bytes ?? 0) });
    }
  }
  return [...byName].map(([name, { cores, count, maxBytes }]) => ({ name, cores: count === 0 ? 0 : cores / count, maxBytes }));
}
