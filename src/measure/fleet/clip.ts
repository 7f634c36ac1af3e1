import { OpusEncoder } from '../../audio/index.js';

/** Uplink audio as the firmware makes it (docs/protocol.md 4.1): 16 kHz, 60 ms, complexity 0, DTX. */
export const UPLINK_RATE_HZ = 16_000;
export const UPLINK_FRAME_MS = 60;
export const UPLINK_FRAME_SAMPLES = (UPLINK_RATE_HZ * UPLINK_FRAME_MS) / 1000;

const WINDOW_SAMPLES = UPLINK_RATE_HZ / 100;
/** Sound this far below the loudest is no speech, but breath and room noise. */
const SPEECH_BELOW_PEAK_DB = 30;
const RUMBLE_HZ = 120;
/** Lengths in windows of 10 ms. A breath is short, and quiet windows follow it. */
const BREATH_MAX_WINDOWS = 15;
const BREATH_QUIET_WINDOWS = 8;
/** Silence that is encoded after a clip. Its last second is repeated for as long as needed. */
const TAIL_MS = 2400;
const TAIL_LOOP_FRAMES = 16;

/** An utterance for the microphone, encoded once and shared by all devices that say it. */
export interface Clip {
  /** 16 kHz mono, for microphones that mix in other sound. */
  readonly pcm: Int16Array;
  readonly packets: readonly Uint8Array[];
  /** Silence or room noise after the clip. The last `loopFrames` packets are repeated endlessly. */
  readonly tail: readonly Uint8Array[];
  readonly loopFrames: number;
  readonly durationMs: number;
  /** First and last moment of speech, found in the samples. They are equal if there is no speech. */
  readonly speechStartMs: number;
  readonly speechEndMs: number;
}

export function uplinkEncoder(): OpusEncoder {
  return new OpusEncoder({ rateHz: UPLINK_RATE_HZ, application: 'audio', complexity: 0, bitrate: 'auto', dtx: true });
}

/** `pcm` is 16 kHz mono. `background` is room noise, repeated as needed and mixed into the clip and its tail. */
export function encodeClip(pcm: Int16Array, background?: Int16Array): Clip {
  const encoder = uplinkEncoder();
  const packets: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += UPLINK_FRAME_SAMPLES) {
    const frame = new Int16Array(UPLINK_FRAME_SAMPLES);
    frame.set(pcm.subarray(at, at + UPLINK_FRAME_SAMPLES));
    packets.push(encoder.encode(within(frame, at, background)));
  }
  const tail = Array.from({ length: TAIL_MS / UPLINK_FRAME_MS }, (_, index) =>
    encoder.encode(
      within(new Int16Array(UPLINK_FRAME_SAMPLES), (packets.length + index) * UPLINK_FRAME_SAMPLES, background),
    ),
  );
  const [speechStartMs, speechEndMs] = speechBounds(pcm);
  return {
    pcm,
    packets,
    tail,
    loopFrames: TAIL_LOOP_FRAMES,
    durationMs: (pcm.length * 1000) / UPLINK_RATE_HZ,
    speechStartMs,
    speechEndMs,
  };
}

export function silentClip(background?: Int16Array): Clip {
  return encodeClip(new Int16Array(0), background);
}

/** The tail follows the end of the clip endlessly. */
export function packetAt(clip: Clip, index: number): Uint8Array {
  const behind = index - clip.packets.length;
  const packet =
    behind < 0
      ? clip.packets[index]
      : behind < clip.tail.length
        ? clip.tail[behind]
        : clip.tail[clip.tail.length - clip.loopFrames + (behind % clip.loopFrames)];
  if (packet === undefined) throw new RangeError(`a clip has no packet ${index}`);
  return packet;
}

function within(frame: Int16Array, at: number, background: Int16Array | undefined): Int16Array {
  if (background === undefined || background.length === 0) return frame;
  return frame.map((value, i) =>
    Math.max(-32_768, Math.min(32_767, value + (background[(at + i) % background.length] ?? 0))),
  );
}

function speechBounds(pcm: Int16Array): [startMs: number, endMs: number] {
  const energies: number[] = [];
  const heard = withoutRumble(pcm);
  for (let at = 0; at < heard.length; at += WINDOW_SAMPLES) {
    let sum = 0;
    const window = heard.subarray(at, at + WINDOW_SAMPLES);
    for (const sample of window) sum += sample * sample;
    energies.push(sum / window.length);
  }
  const threshold = Math.max(...energies, 1) * 10 ** (-SPEECH_BELOW_PEAK_DB / 10);
  const first = firstWord(energies.map((energy) => energy >= threshold));
  const last = energies.findLastIndex((energy) => energy >= threshold);
  return first < 0 ? [0, 0] : [first * 10, Math.min((last + 1) * 10, (pcm.length * 1000) / UPLINK_RATE_HZ)];
}

/** Index of the first window of speech, or -1. A short sound followed by quiet is a breath. */
function firstWord(loud: readonly boolean[]): number {
  const first = loud.indexOf(true);
  const end = loud.indexOf(false, first);
  const next = loud.indexOf(true, end);
  const isBreath =
    first >= 0 && end >= 0 && next >= 0 && end - first < BREATH_MAX_WINDOWS && next - end >= BREATH_QUIET_WINDOWS;
  return isBreath ? next : first;
}

/**
 * Removes sound with frequencies below speech, such as traffic or mains hum. In the clips, such sound lasts 200 ms
 * longer than the last word.
 */
function withoutRumble(pcm: Int16Array): Float32Array {
  const keep = Math.exp((-2 * Math.PI * RUMBLE_HZ) / UPLINK_RATE_HZ);
  let out = Float32Array.from(pcm);
  for (let pass = 0; pass < 2; pass++) {
    const next = new Float32Array(out.length);
    let before = out[0] ?? 0;
    let high = 0;
    out.forEach((value, i) => {
      high = keep * (high + value - before);
      before = value;
      next[i] = high;
    });
    out = next;
  }
  return out;
}
