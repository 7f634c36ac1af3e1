import { MINUTE_MS } from '../../../core/index.js';
import { STEADY_MINUTE } from '../../../capacity/index.js';
import type { KernelCosts } from '../kernels/kernel-costs.js';

/** One turn of {@link STEADY_MINUTE}. Speculative recognitions count, even if their result is not used. */
const TURN = { decodes: 1.2, listeningS: 7 };
const WINDOW_S = 0.032;
const PACKET_S = 0.06;
/**
 * A server's CPU divided by the CPU of its recognition, voice activity and codecs. A high factor is safer, because a
 * first trial that meets the targets tells more than a failed one.
 */
const FIRST_TRIAL_OVER_KERNELS = 1.7;

/** Cores for the recognition, voice activity and codecs of one talking device. */
export function kernelCoresPerDevice(costs: KernelCosts): number {
  const { decodes, listeningS } = TURN;
  const { turns, speechS, replyS } = STEADY_MINUTE;
  const turnMs =
    decodes * costs.asrMsPerDecode +
    speechS * costs.asrMsPerAudioSecond +
    (listeningS / WINDOW_S) * costs.vadMsPerWindow +
    (listeningS / PACKET_S) * costs.opusDecodeMsPerPacket +
    (replyS / PACKET_S) * costs.opusEncodeMsPerPacket +
    replyS * costs.mp3MsPerAudioSecond;
  return (turns * turnMs) / MINUTE_MS;
}

/** Number of devices of the first trial. */
export function guessDevices(costs: KernelCosts, usableCores: number, cpuShare: number): number {
  return Math.max(1, Math.round((usableCores * cpuShare) / (kernelCoresPerDevice(costs) * FIRST_TRIAL_OVER_KERNELS)));
}
