import type { BenchSampler } from '../sampler.js';
import type { KernelWork } from './baseline.js';

/** Length of a window for detecting voice activity (512 samples at 16 kHz), and of a packet from a device. */
const VAD_WINDOW_MS = 32;
const PACKET_MS = 60;

/**
 * The server's work in the counted part. It comes from the server's own counters and from the length of the stand-in
 * voice's sound. Undefined: the server does not report it. Pure.
 */
export function workOf(counted: Pick<BenchSampler, 'grown' | 'windowS'>, mp3AudioS: number): KernelWork | undefined {
  const audioS = counted.grown('chorus_asr_audio_seconds_total');
  const vadWindows = counted.grown('chorus_vad_windows_total');
  if (audioS === undefined || vadWindows === undefined) return undefined;
  const ranS = counted.grown('chorus_job_run_seconds_sum', { kind: 'asr' }) ?? 0;
  const wastedS = counted.grown('chorus_speculation_seconds_total', { result: 'wasted' }) ?? 0;
  return {
    windowS: counted.windowS,
    // Recognition jobs that began. Many speculative jobs are cancelled before they begin.
    asr: { decodes: counted.grown('chorus_job_run_seconds_count', { kind: 'asr' }) ?? 0, audioS },
    asrWasted: ranS > 0 ? Math.min(1, wastedS / ranS) : 0,
    vadWindows,
    opusDecodedPackets: (vadWindows * VAD_WINDOW_MS) / PACKET_MS,
    opusEncodedPackets: counted.grown('chorus_packets_sent_total') ?? 0,
    mp3AudioS,
  };
}
