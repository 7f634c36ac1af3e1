import { percentile } from '../../statistics.js';
import { type AsrKernelPoint, fitted } from '../cost-model/index.js';

/** CPU time of one unit of each kernel, in milliseconds. */
export interface KernelCosts {
  /** Cost of a recognition of any length. Each second of its speech adds `asrMsPerAudioSecond`. */
  readonly asrMsPerDecode: number;
  readonly asrMsPerAudioSecond: number;
  readonly vadMsPerWindow: number;
  readonly opusDecodeMsPerPacket: number;
  readonly opusEncodeMsPerPacket: number;
  readonly mp3MsPerAudioSecond: number;
}

/** Costs that were measured in the same few seconds. */
export interface KernelRound extends Omit<KernelCosts, 'asrMsPerDecode' | 'asrMsPerAudioSecond'> {
  /** Recognition of utterances of at least two lengths. */
  readonly asr: readonly Pick<AsrKernelPoint, 'audioMs' | 'cpuMs'>[];
}

/** The median hides a disturbance of fewer than half of the rounds. */
export function costsOf(rounds: readonly KernelRound[]): KernelCosts {
  const median = (of: (round: KernelRound) => number | undefined): number =>
    percentile(
      rounds.flatMap((round) => of(round) ?? []),
      0.5,
    );
  const lengths = rounds[0]?.asr.map(({ audioMs }) => audioMs) ?? [];
  const { overheadMs, msPerAudioSecond } = fitted(
    lengths.map((audioMs) => ({
      audioMs,
      cpuMs: median(({ asr }) => asr.find((point) => point.audioMs === audioMs)?.cpuMs),
    })),
  );
  return {
    asrMsPerDecode: overheadMs,
    asrMsPerAudioSecond: msPerAudioSecond,
    vadMsPerWindow: median((round) => round.vadMsPerWindow),
    opusDecodeMsPerPacket: median((round) => round.opusDecodeMsPerPacket),
    opusEncodeMsPerPacket: median((round) => round.opusEncodeMsPerPacket),
    mp3MsPerAudioSecond: median((round) => round.mp3MsPerAudioSecond),
  };
}
