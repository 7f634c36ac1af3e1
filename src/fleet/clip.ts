import { OpusEncoder } from '../voice/audio/index.js';

/** Uplink audio as the firmware makes it (protocol.md 4.1): 16 kHz, 60 ms, complexity 0, DTX. */
export const UPLINK_RATE_HZ = 16_000;
export const UPLINK_FRAME_MS = 60;
export const UPLINK_FRAME_SAMPLES = (UPLINK_RATE_HZ * UPLINK_FRAME_MS) / 1000;

const WINDOW_SAMPLES = UPLINK_RATE_HZ / 100;
/** Windows this far below the loudest are not speech. Breath and room noise of the recorded clips lie below. */
const SPEECH_BELOW_PEAK_DB = 30;
/** Silence that is encoded behind a clip; the last second of it is repeated for as long as needed. */
const TAIL_MS = 2400;
const TAIL_LOOP_FRAMES = 16;

/** Something to say into the microphone, encoded once and shared by all devices that say it. */
export interface Clip {
  /** 16 kHz mono, for microphones that mix. */
  readonly pcm: Int16Array;
  readonly packets: readonly Uint8Array[];
  /** Silence that follows, as the same encoder makes it: small packets. Ends in a loop of the last `loopFrames`. */
  readonly tail: readonly Uint8Array[];
  readonly loopFrames: number;
  readonly durationMs: number;
  /** First and last moment of speech, from the samples. Equal when there is none. */
  readonly speechStartMs: number;
  readonly speechEndMs: number;
}

export function uplinkEncoder(): OpusEncoder {
  return new OpusEncoder({ rateHz: UPLINK_RATE_HZ, application: 'audio', complexity: 0, bitrate: 'auto', dtx: true });
}

/** `pcm`: 16 kHz mono. */
export function encodeClip(pcm: Int16Array): Clip {
  const encoder = uplinkEncoder();
  const packets: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += UPLINK_FRAME_SAMPLES) {
    const frame = new Int16Array(UPLINK_FRAME_SAMPLES);
    frame.set(pcm.subarray(at, at + UPLINK_FRAME_SAMPLES));
    packets.push(encoder.encode(frame));
  }
  const silence = new Int16Array(UPLINK_FRAME_SAMPLES);
  const tail = Array.from({ length: TAIL_MS / UPLINK_FRAME_MS }, () => encoder.encode(silence));
  const [speechStartMs, speechEndMs] = speechBounds(pcm);
  return { pcm, packets, tail, loopFrames: TAIL_LOOP_FRAMES, durationMs: (pcm.length * 1000) / UPLINK_RATE_HZ, speechStartMs, speechEndMs };
}

/** Nothing but silence: what a microphone hears in an empty room. */
export function silentClip(): Clip {
  return encodeClip(new Int16Array(0));
}

/** Packet `index` of the clip, silence after its end for ever. */
export function packetAt(clip: Clip, index: number): Uint8Array {
  const behind = index - clip.packets.length;
  const packet = behind < 0 ? clip.packets[index] : behind < clip.tail.length ? clip.tail[behind] : clip.tail[clip.tail.length - clip.loopFrames + (behind % clip.loopFrames)];
  if (packet === undefined) throw new RangeError(`a clip has no packet ${index}`);
  return packet;
}

function speechBounds(pcm: Int16Array): [startMs: number, endMs: number] {
  const energies: number[] = [];
  for (let at = 0; at < pcm.length; at += WINDOW_SAMPLES) {
    let sum = 0;
    const window = pcm.subarray(at, at + WINDOW_SAMPLES);
    for (const sample of window) sum += sample * sample;
    energies.push(sum / window.length);
  }
  const threshold = Math.max(...energies, 1) * 10 ** (-SPEECH_BELOW_PEAK_DB / 10);
  const first = energies.findIndex((energy) => energy >= threshold);
  const last = energies.findLastIndex((energy) => energy >= threshold);
  return first < 0 ? [0, 0] : [first * 10, Math.min((last + 1) * 10, (pcm.length * 1000) / UPLINK_RATE_HZ)];
}
