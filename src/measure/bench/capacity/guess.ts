import { MINUTE_MS } from '../../../core/index.js';
import { STEADY_MINUTE } from '../../../capacity/index.js';
import type { KernelCosts } from '../kernels/kernel-costs.js';

/**
 * Recognitions (including speculative ones that were not used) and seconds of listening in one turn of {@link
 * STEADY_MINUTE}.
 */
const TURN = { decodes: 1.2, listeningS: 7 };
const WINDOW_S = 0.032;
const PACKET_S = 0.06;
/**
 * A server needs this many times the CPU of its kernels. The factor is rather too high than too low, because a first
 * trial that holds tells more than one that fails.
 */
const FIRST_TRIAL_OVER_KERNELS = 1.7;

/** Number of cores that the kernels (recognition, voice activity, codecs) need for one talking device. */
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

/** Number of devices of the first trial, estimated from the CPU cost of the kernels and of the rest of the server. */
export function guessDevices(costs: KernelCosts, usableCores: number, cpuShare: number): number {
  return Math.max(1, Math.round((usableCores * cpuShare) / (kernelCoresPerDevice(costs) * FIRST_TRIAL_OVER_KERNELS)));
}
