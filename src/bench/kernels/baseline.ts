import type { KernelRow, Kernels } from '../result.js';
import type { KernelCosts } from './measure-kernels.js';

/** As much as a run did of each kernel, in `windowS` seconds. */
export interface KernelWork {
  readonly windowS: number;
  /** Speech decoded: all of it, and of that what was decoded on a guess and not used. */
  readonly asr: { readonly decodes: number; readonly audioS: number };
  readonly asrWasted: { readonly decodes: number; readonly audioS: number };
  readonly vadWindows: number;
  readonly opusDecodedPackets: number;
  readonly opusEncodedPackets: number;
  readonly mp3AudioS: number;
}

export interface BaselineInput {
  readonly work: KernelWork;
  readonly costs: KernelCosts;
  readonly devices: number;
  readonly usableCores: number;
  /** What the fleet and the stand-ins took of them meanwhile: they run in the same control group. */
  readonly benchCores: number;
  /** Of the server, over the same window. */
  readonly serverCores: number | undefined;
}

/** The limit that a server is compared with: the same work and nothing else. */
export function kernelBaseline({ work, costs, devices, usableCores, benchCores, serverCores }: BaselineInput): Kernels {
  const row = (what: string, amount: number, unit: KernelRow['unit'], cpuMsEach: number): KernelRow => ({ what, amount, unit, cpuMsEach, cores: work.windowS > 0 ? (amount * cpuMsEach) / 1000 / work.windowS : 0 });
  const recognition = (what: string, { decodes, audioS }: KernelWork['asr']): KernelRow =>
    row(what, audioS, 'audio_seconds', audioS > 0 ? (decodes * costs.asrMsPerDecode) / audioS + costs.asrMsPerAudioSecond : 0);
  const rows = [
    recognition('asr', { decodes: work.asr.decodes - work.asrWasted.decodes, audioS: work.asr.audioS - work.asrWasted.audioS }),
    recognition('asr_speculative', work.asrWasted),
    row('vad', work.vadWindows, 'windows', costs.vadMsPerWindow),
    row('opus_decode', work.opusDecodedPackets, 'packets', costs.opusDecodeMsPerPacket),
    row('opus_encode', work.opusEncodedPackets, 'packets', costs.opusEncodeMsPerPacket),
    row('mp3_decode', work.mp3AudioS, 'audio_seconds', costs.mp3MsPerAudioSecond),
  ];
  const all = rows.reduce((sum, { cores }) => sum + cores, 0);
  const wasted = rows.find(({ what }) => what === 'asr_speculative')?.cores ?? 0;
  return {
    rows,
    cores: all - wasted,
    coresWithSpeculation: all,
    serverOverKernels: serverCores === undefined || all === 0 ? undefined : serverCores / all,
    devicesOnTheseCores: all === 0 ? 0 : (devices / all) * usableCores,
    devicesBesideTheBench: all === 0 ? 0 : (devices / (all + benchCores)) * usableCores,
  };
}
