import { SILERO_WINDOW_SAMPLES, type SileroDetector } from '../../src/providers/vad/silero.js';
import type { OverReply } from './over-replies.js';
import { VirtualDevice, WINDOW_MS, type VirtualSetup } from './virtual-device.js';

export interface OverReplyOutcome {
  readonly name: string;
  /** True if the same reply still plays at the end of the observation. */
  readonly goesOn: boolean;
  /** Longest silence of the reply. */
  readonly silentMs: number;
  /**
   * Time from the end of the sound's first word to the end of the reply audio. Audio counts if it began at most 200 ms
   * after the sound.
   */
  readonly stopsAfterMs: number;
}

/** Delay of the echo: from the server to the loudspeaker and back, including the room. */
const ECHO_DELAY_MS = 150;
/** Time for which the reply is observed after the sound. */
const AFTER_MS = 3000;
const NOISE = 12;

export async function overReply(
  what: OverReply,
  setup: Omit<VirtualSetup, 'mode'>,
  detector: SileroDetector,
): Promise<OverReplyOutcome> {
  const device = new VirtualDevice({ ...setup, mode: 'realtime' });
  const stream = detector.createStream();
  device.asks();
  let seed = 1;
  let fromMs = Infinity;
  while (device.nowMs < fromMs + what.endMs + AFTER_MS) {
    if (fromMs === Infinity && device.speaker.soundings.length > 0) fromMs = device.nowMs + what.atMs;
    const at = Math.round((device.nowMs - fromMs) * 16);
    const echo =
      what.echoDb === undefined ? undefined : device.speaker.sound(device.nowMs - ECHO_DELAY_MS, SILERO_WINDOW_SAMPLES);
    const gain = 10 ** ((what.echoDb ?? 0) / 20);
    const pcm = Int16Array.from({ length: SILERO_WINDOW_SAMPLES }, (_, i) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      const room = (seed / 1_073_741_824 - 1) * NOISE;
      return Math.max(-32_768, Math.min(32_767, (what.pcm[at + i] ?? 0) + room + gain * (echo?.[i] ?? 0)));
    });
    const samples = Float32Array.from(pcm, (value) => value / 32_768);
    await device.hear(pcm, (await detector.detect([{ stream, samples }]))[0] ?? 0);
    if (device.nowMs > 20_000) break;
  }
  const { soundings } = device.speaker;
  const spokenMs = soundings.filter((sounding) => sounding.fromMs < fromMs + what.endMs + 200);
  const gaps = soundings.slice(1).map((sounding, i) => sounding.fromMs - (soundings[i]?.toMs ?? 0));
  return {
    name: what.name,
    goesOn: device.questionsMs.length === 1 && (soundings.at(-1)?.toMs ?? 0) > device.nowMs - 2 * WINDOW_MS,
    silentMs: Math.max(0, ...gaps),
    stopsAfterMs: (spokenMs.at(-1)?.toMs ?? 0) - (fromMs + what.firstWordMs),
  };
}
