import type { BenchSampler } from '../sampler.js';
import type { KernelWork } from './baseline.js';

/** 512 samples at 16 kHz. */
const VAD_WINDOW_MS = 32;
const PACKET_MS = 60;

/**
 * Computes the work from the server's counters and from the length of the stand-in voice's sound. Returns undefined if
 * the server does not report the counters.
 */
export function workOf(counted: Pick<BenchSampler, 'grown' | 'windowS'>, mp3AudioS: number): KernelWork | undefined {
  const audioS = counted.grown('chorus_asr_audio_seconds_total');
  const vadWindows = counted.grown('chorus_vad_windows_total');
  if (audioS === undefined || vadWindows === undefined) return undefined;
  const ranS = counted.grown('chorus_job_run_seconds_sum', { kind: 'asr' }) ?? 0;
  const wastedS = counted.grown('chorus_speculation_seconds_total', { result: 'wasted' }) ?? 0;
  return {
    windowS: counted.windowS,
    // Many speculative jobs are cancelled before they begin, so only jobs that began count.
    asr: { decodes: counted.grown('chorus_job_run_seconds_count', { kind: 'asr' }) ?? 0, audioS },
    asrWasted: ranS > 0 ? Math.min(1, wastedS / ranS) : 0,
    vadWindows,
    opusDecodedPackets: (vadWindows * VAD_WINDOW_MS) / PACKET_MS,
    opusEncodedPackets: counted.grown('chorus_packets_sent_total') ?? 0,
    mp3AudioS,
  };
}
