import { percentile } from '../../statistics.js';
import type { KernelRow, Kernels } from '../result.js';
import { costsOf, type KernelCosts, type KernelRound } from './kernel-costs.js';

/** The work that a run gave to recognition, voice activity and codecs in `windowS` seconds. */
export interface KernelWork {
  readonly windowS: number;
  /** Recognition jobs that began. Cancelled jobs count, because native code runs to its end. */
  readonly asr: { readonly decodes: number; readonly audioS: number };
  /** Share of the recognition time that was spent on speculative decodes whose result was not used. */
  readonly asrWasted: number;
  readonly vadWindows: number;
  readonly opusDecodedPackets: number;
  readonly opusEncodedPackets: number;
  readonly mp3AudioS: number;
}

export interface BaselineInput {
  readonly work: KernelWork;
  /** Measured before the server started, and after the run had ended. */
  readonly before: readonly KernelRound[];
  readonly after: readonly KernelRound[];
  readonly devices: number;
  readonly usableCores: number;
  /** Cores that the fleet and the stand-ins used, which run in the server's control group. */
  readonly benchCores: number;
  readonly serverCores: number | undefined;
  readonly runtime: string;
}

/** If the costs before and after a run differ by a larger ratio, the machine has changed. */
const SAME_MACHINE = 1.1;

/** Computes the CPU that the work of a run costs without a server. A server needs at least this CPU. */
export function kernelBaseline({
  work,
  before,
  after,
  devices,
  usableCores,
  benchCores,
  serverCores,
  runtime,
}: BaselineInput): Kernels {
  const [first, last] = [rowsOf(work, costsOf(before)), rowsOf(work, costsOf(after))];
  const rows = first.map((row, index) => ({
    ...row,
    cpuMsEach: (row.cpuMsEach + (last[index]?.cpuMsEach ?? 0)) / 2,
    cores: (row.cores + (last[index]?.cores ?? 0)) / 2,
  }));
  const all = coresOf(rows);
  const wasted = rows.find(({ what }) => what === 'asr_speculative')?.cores ?? 0;
  return {
    rows,
    cores: all - wasted,
    coresWithSpeculation: all,
    measured: [measured('before', work, before), measured('after', work, after)],
    serverOverKernels: serverCores === undefined || all === 0 ? undefined : serverCores / all,
    runtime,
    devicesOnTheseCores: all === 0 ? 0 : (devices / all) * usableCores,
    devicesBesideTheBench: all === 0 ? 0 : (devices / (all + benchCores)) * usableCores,
  };
}

/** Whether the machine stayed the same during the run. Otherwise the server cannot be compared with its kernels. */
export function isSteady({ measured = [] }: Kernels): boolean {
  const cores = measured.map((measurement) => measurement.cores);
  return cores.length === 0 || Math.max(...cores) <= SAME_MACHINE * Math.min(...cores);
}

function measured(
  when: 'before' | 'after',
  work: KernelWork,
  rounds: readonly KernelRound[],
): NonNullable<Kernels['measured']>[number] {
  const ofRounds = rounds.map((round) => coresOf(rowsOf(work, costsOf([round]))));
  return {
    when,
    rounds: rounds.length,
    cores: coresOf(rowsOf(work, costsOf(rounds))),
    low: percentile(ofRounds, 0.25),
    high: percentile(ofRounds, 0.75),
  };
}

function rowsOf({ windowS, asr, asrWasted, ...work }: KernelWork, costs: KernelCosts): readonly KernelRow[] {
  const row = (what: string, amount: number, unit: KernelRow['unit'], cpuMsEach: number): KernelRow => ({
    what,
    amount,
    unit,
    cpuMsEach,
    cores: windowS > 0 ? (amount * cpuMsEach) / 1000 / windowS : 0,
  });
  const asrMsEach = asr.audioS > 0 ? (asr.decodes * costs.asrMsPerDecode) / asr.audioS + costs.asrMsPerAudioSecond : 0;
  return [
    row('asr', (1 - asrWasted) * asr.audioS, 'audio_seconds', asrMsEach),
    row('asr_speculative', asrWasted * asr.audioS, 'audio_seconds', asrMsEach),
    row('vad', work.vadWindows, 'windows', costs.vadMsPerWindow),
    row('opus_decode', work.opusDecodedPackets, 'packets', costs.opusDecodeMsPerPacket),
    row('opus_encode', work.opusEncodedPackets, 'packets', costs.opusEncodeMsPerPacket),
    row('mp3_decode', work.mp3AudioS, 'audio_seconds', costs.mp3MsPerAudioSecond),
  ];
}

function coresOf(rows: readonly KernelRow[]): number {
  return rows.reduce((sum, { cores }) => sum + cores, 0);
}
