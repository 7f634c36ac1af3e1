import type { KernelCosts } from '../kernels/kernel-costs.js';

/**
 * One device in scenario `steady`, per minute: 4.7 turns, each 4.3 s of speech (with pre-roll), 5 s of reply, 7 s
 * listening.
 */
const MINUTE = { turns: 4.7, decodes: 1.2, speechS: 4.3, replyS: 5, listeningS: 7 };
const WINDOW_S = 0.032;
const PACKET_S = 0.06;
/** A server costs more than its kernels, and a first trial that holds is worth more than one that does not. */
const SERVER_OVER_KERNELS = 1.7;

/** Cores that the kernels of one talking device take. */
export function kernelCoresPerDevice(costs: KernelCosts): number {
  const { turns, decodes, speechS, replyS, listeningS } = MINUTE;
  const turnMs =
    decodes * costs.asrMsPerDecode +
    speechS * costs.asrMsPerAudioSecond +
    (listeningS / WINDOW_S) * costs.vadMsPerWindow +
    (listeningS / PACKET_S) * costs.opusDecodeMsPerPacket +
    (replyS / PACKET_S) * costs.opusEncodeMsPerPacket +
    replyS * costs.mp3MsPerAudioSecond;
  return (turns * turnMs) / 60_000;
}

/**
 * Number of devices of the first trial: as many as the CPU can serve, by the cost of the kernels and the rest of the
 * server.
 */
export function guessDevices(costs: KernelCosts, usableCores: number, cpuShare: number): number {
  return Math.max(1, Math.round((usableCores * cpuShare) / (kernelCoresPerDevice(costs) * SERVER_OVER_KERNELS)));
}
