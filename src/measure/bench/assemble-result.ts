import { isRejected, type FleetResult } from '../fleet/index.js';
import type { Bilingual } from '../../core/index.js';
import { percentile } from '../statistics.js';
import { describeMachine } from '../../platform/machine/index.js';
import type { PreparedAsr } from './asr-model.js';
import { coresAtFullLoad } from './full-load.js';
import type { BenchSample, BenchSampler } from './sampler.js';
import type { RunOptions } from './options.js';
import { takeOffOwnTime } from './own-time.js';
import type { BenchResult } from './result.js';
import { memoryOf } from './server-memory.js';
import { judge } from './service-level.js';
import type { LlmRequestRecord, StandInReport, TtsRequestRecord } from './stand-ins/index.js';
import { disturbedWords } from './words/disturbed.js';

/** `atMs` is the time of the report on the monotonic clock. */
export interface TimedReport {
  readonly report: StandInReport;
  readonly atMs: number;
}

export interface RunEvidence {
  readonly options: RunOptions;
  readonly chorus: string;
  readonly command: string;
  readonly fleet: FleetResult;
  readonly observer: Pick<BenchSampler, 'observations' | 'meanCores'>;
  readonly asr: PreparedAsr;
  readonly settings: readonly string[];
  /** Address of a server that the bench did not start. */
  readonly url: string | undefined;
  readonly readyMs: number | undefined;
  readonly complaints: readonly string[];
  readonly limits: { readonly usableCores: number; readonly memoryLimitBytes: number };
  readonly llm: readonly LlmRequestRecord[];
  readonly tts: readonly TtsRequestRecord[];
  /** Reports at the end of the warm-up and at the end of the run. */
  readonly firstReport: TimedReport | undefined;
  readonly lastReport: TimedReport | undefined;
}

/** About half a packet. If the stand-ins are later, the language model was slower than stated. */
const MAX_STAND_IN_LATENESS_P99_MS = 35;
/** Share of the machine's CPU. If other programs use more, the server looks worse than it is. */
const MAX_OTHERS_SHARE = 0.15;
const KEPT_COMPLAINTS = 50;

export function assembleResult(evidence: RunEvidence): BenchResult {
  const { options, fleet, observer, asr, limits, lastReport } = evidence;
  const { observations, meanCores: cores } = observer;
  const { firstSoundNetMs: net, ...llmOwn } = takeOffOwnTime(fleet.turns, evidence.llm);
  const inSeconds = { warmupS: options.warmupMs / 1000, durationS: options.durationMs / 1000 };
  const judgedCores = coresAtFullLoad(observations, inSeconds) ?? cores;
  const cpuShare = judgedCores === undefined ? undefined : judgedCores / limits.usableCores;
  const standIns = lastReport && standInResult(evidence, lastReport);
  const machine = describeMachine();
  const otherCores = coresOfOthers(evidence, machine.cores, standIns?.cores ?? 0);
  const serviceLevel = asr.understands ? options.serviceLevel : { ...options.serviceLevel, wordErrorRate: undefined };
  const memory = memoryOf(observations);
  const verdict = judge(
    {
      fleet,
      firstSoundNetMs: net,
      failedTurns: failedTurns(fleet),
      cpuShare,
      fairness: llmOwn.fairness,
      memoryGrowth: memory?.growth,
      invalid: disturbancesOf(lastReport?.report.lateness.p99Ms ?? 0, otherCores, machine.cores),
      minTurns: options.minTurns,
    },
    serviceLevel,
  );
  return {
    format: 'chorus-bench',
    version: 1,
    chorus: evidence.chorus,
    command: evidence.command,
    startedAt: fleet.startedAt,
    machine: { ...machine, ...limits },
    options: optionsOf(evidence),
    serviceLevel,
    verdict: {
      outcome: verdict.outcome,
      reasons: [...verdict.reasons],
      ...(verdict.reasonsZh.length > 0 && { reasonsZh: [...verdict.reasonsZh] }),
      targets: [...verdict.targets],
    },
    llmOwn: {
      ...llmOwn,
      ...(net.length > 0 && { firstSoundNetP50Ms: percentile(net, 0.5), firstSoundNetP95Ms: percentile(net, 0.95) }),
    },
    server: {
      readyMs: evidence.readyMs,
      cores,
      cpuShare,
      memoryBytes: memory?.bytes,
      processes: processesOf(observations, inSeconds.warmupS),
      complaints: evidence.complaints.slice(-KEPT_COMPLAINTS),
    },
    otherCores,
    ...(standIns && { standIns }),
    observations: observations.map((observation) => ({ ...observation, processes: [...observation.processes] })),
    fleet,
  };
}

function optionsOf({ options, asr, lastReport, settings, url }: RunEvidence): BenchResult['options'] {
  const { devices, durationMs, warmupMs, scenario, seed, queues, language, llm, tts, standIns } = options;
  return {
    devices,
    durationS: durationMs / 1000,
    warmupS: warmupMs / 1000,
    scenario,
    seed,
    queues: [...queues],
    language,
    asr: options.asr,
    asrModel: asr.model,
    llm,
    tts,
    ...(lastReport && { standIns }),
    settings: [...settings],
    ...(url !== undefined && { url }),
  };
}

function disturbancesOf(standInsLateMs: number, otherCores: number | undefined, cores: number): readonly Bilingual[] {
  const late = Math.round(standInsLateMs);
  const others = otherCores?.toFixed(2) ?? '';
  return [
    ...(standInsLateMs > MAX_STAND_IN_LATENESS_P99_MS ? [disturbedWords.standInsLate(late)] : []),
    ...(otherCores !== undefined && otherCores > MAX_OTHERS_SHARE * cores
      ? [disturbedWords.otherPrograms(others)]
      : []),
  ];
}

function standInResult(
  { llm, tts, firstReport: first }: RunEvidence,
  last: TimedReport,
): NonNullable<BenchResult['standIns']> {
  return {
    lateness: last.report.lateness,
    cores: first && last.atMs > first.atMs ? (last.report.cpuMs - first.report.cpuMs) / (last.atMs - first.atMs) : 0,
    llm: { requests: llm.length, failed: failedOf(llm) },
    tts: {
      requests: tts.length,
      failed: failedOf(tts),
      audioS: tts.reduce((sum, { audioMs }) => sum + audioMs, 0) / 1000,
    },
  };
}

/**
 * Average number of cores that programs other than the server and the bench used in the counted part. Returns undefined
 * if the number is not known.
 */
function coresOfOthers(
  { observer, options, fleet }: RunEvidence,
  cores: number,
  standInCores: number,
): number | undefined {
  const server = observer.meanCores;
  const shares = observer.observations.flatMap(({ atS, machineCpuShare }) =>
    machineCpuShare === undefined || atS < options.warmupMs / 1000 ? [] : [machineCpuShare],
  );
  if (server === undefined || shares.length === 0) return undefined;
  const busy = (shares.reduce((sum, share) => sum + share, 0) / shares.length) * cores;
  return Math.max(0, busy - server - fleet.own.cpuCores - standInCores);
}

/** A turn that was told "busy" counts as rejected, not as failed. */
function failedTurns({ turns }: FleetResult): number {
  return turns.filter((turn) => !turn.warmup && !turn.complete && !isRejected(turn)).length;
}

function failedOf(records: readonly { readonly outcome: string }[]): number {
  return records.filter(({ outcome }) => outcome === 'failed').length;
}

function processesOf(
  observations: readonly BenchSample[],
  fromS: number,
): { name: string; cores: number; maxBytes: number }[] {
  const byName = new Map<string, { cores: number; count: number; maxBytes: number }>();
  for (const { atS, processes } of observations) {
    for (const { name, cores, bytes } of processes) {
      const so = byName.get(name) ?? { cores: 0, count: 0, maxBytes: 0 };
      const counts = atS >= fromS && cores !== undefined;
      byName.set(name, {
        cores: so.cores + (counts ? cores : 0),
        count: so.count + (counts ? 1 : 0),
        maxBytes: Math.max(so.maxBytes, bytes ?? 0),
      });
    }
  }
  return [...byName].map(([name, { cores, count, maxBytes }]) => ({
    name,
    cores: count === 0 ? 0 : cores / count,
    maxBytes,
  }));
}
