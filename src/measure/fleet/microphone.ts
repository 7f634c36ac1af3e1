import {
  concatFloat,
  createResampler,
  floatToInt16,
  int16ToFloat,
  OpusDecoder,
  type OpusEncoder,
  type OpusRateHz,
  type Resampler,
} from '../../audio/index.js';
import {
  packetAt,
  silentClip,
  UPLINK_FRAME_MS,
  UPLINK_FRAME_SAMPLES,
  UPLINK_RATE_HZ,
  uplinkEncoder,
  type Clip,
} from './clip.js';

/** Source of the sound at the device. Frames are requested in order while the microphone is on. */
export interface Microphone {
  say(clip: Clip, startMs: number): void;
  /** The packet of the 60 ms that began at `startMs`. */
  frame(startMs: number): Uint8Array;
  /** Called when the speaker plays this packet from `startMs` on. */
  played?(packet: Uint8Array, startMs: number): void;
  close(): void;
}

let silence: Clip | undefined;

/**
 * Says clips and is silent otherwise. Packets are encoded beforehand, so that a thousand microphones cost almost
 * nothing.
 */
export class ClipMicrophone implements Microphone {
  #clip: { readonly clip: Clip; readonly startMs: number } | undefined;
  #silentFrames = 0;

  /** `room` is the sound while nobody speaks. Undefined means silence. */
  constructor(private readonly room?: Clip) {}

  say(clip: Clip, startMs: number): void {
    this.#clip = { clip, startMs };
  }

  frame(startMs: number): Uint8Array {
    const index = this.#clip ? Math.round((startMs - this.#clip.startMs) / UPLINK_FRAME_MS) : -1;
    if (this.#clip && index >= 0) return packetAt(this.#clip.clip, index);
    silence ??= silentClip();
    return packetAt(this.room ?? silence, this.#silentFrames++);
  }

  close(): void {
    this.#clip = undefined;
  }
}

export interface EchoOptions {
  /** Level of the reply in the microphone in dB, e.g. -20. */
  readonly gainDb: number;
  /** Delay from the speaker to the microphone in ms, e.g. 150. */
  readonly delayMs: number;
  readonly downlinkRateHz: OpusRateHz;
}

/** Says clips and picks up what the device plays, like a board without echo cancellation. */
export class EchoMicrophone implements Microphone {
  readonly #encoder: OpusEncoder = uplinkEncoder();
  readonly #decoder: OpusDecoder;
  readonly #gain: number;
  #clip: { readonly clip: Clip; readonly startMs: number } | undefined;
  #echoes: { readonly pcm: Float32Array; readonly startMs: number }[] = [];

  private constructor(
    private readonly options: EchoOptions,
    private readonly resampler: Resampler,
  ) {
    this.#decoder = new OpusDecoder(options.downlinkRateHz);
    this.#gain = 10 ** (options.gainDb / 20);
  }

  static async create(options: EchoOptions): Promise<EchoMicrophone> {
    return new EchoMicrophone(options, await createResampler(options.downlinkRateHz, UPLINK_RATE_HZ));
  }

  say(clip: Clip, startMs: number): void {
    this.#clip = { clip, startMs };
  }

  played(packet: Uint8Array, startMs: number): void {
    const decoded = this.#decoder.decode(packet);
    if (!decoded.ok) return;
    this.#echoes.push({
      pcm: this.resampler.process(int16ToFloat(decoded.pcm)),
      startMs: startMs + this.options.delayMs,
    });
  }

  frame(startMs: number): Uint8Array {
    const mix = new Float32Array(UPLINK_FRAME_SAMPLES);
    if (this.#clip)
      add(
        mix,
        startMs,
        int16ToFloat(slice(this.#clip.clip.pcm, startMs - this.#clip.startMs)),
        Math.max(startMs, this.#clip.startMs),
        1,
      );
    this.#echoes = this.#echoes.filter((echo) => echo.startMs + 1000 > startMs);
    for (const echo of this.#echoes) add(mix, startMs, echo.pcm, echo.startMs, this.#gain);
    return this.#encoder.encode(floatToInt16(mix));
  }

  close(): void {
    this.resampler.close();
  }
}

/**
 * A live source, for example the microphone of this machine. Samples at 16 kHz arrive at any time, and silence fills
 * the gaps.
 */
export class LiveMicrophone implements Microphone {
  readonly #encoder = uplinkEncoder();
  #pending: Float32Array[] = [];
  #samples = 0;

  push(pcm: Int16Array): void {
    // At most half a second is kept, because sound from before the microphone was on must not be sent later.
    while (this.#samples > UPLINK_RATE_HZ / 2) this.#samples -= this.#pending.shift()?.length ?? this.#samples;
    this.#pending.push(int16ToFloat(pcm));
    this.#samples += pcm.length;
  }

  say(): void {
    throw new Error('a live microphone cannot be told what to say');
  }

  frame(): Uint8Array {
    const all = concatFloat(this.#pending);
    const rest = all.subarray(UPLINK_FRAME_SAMPLES);
    this.#pending = rest.length > 0 ? [rest] : [];
    this.#samples = rest.length;
    const frame = new Float32Array(UPLINK_FRAME_SAMPLES);
    frame.set(all.subarray(0, UPLINK_FRAME_SAMPLES));
    return this.#encoder.encode(floatToInt16(frame));
  }

  close(): void {
    this.#pending = [];
  }
}

/** One frame of `pcm`. `offsetMs` may be negative. */
function slice(pcm: Int16Array, offsetMs: number): Int16Array {
  const from = Math.round((offsetMs * UPLINK_RATE_HZ) / 1000);
  return pcm.subarray(Math.max(0, from), Math.max(0, from + UPLINK_FRAME_SAMPLES));
}

function add(mix: Float32Array, mixStartMs: number, pcm: Float32Array, startMs: number, gain: number): void {
  const offset = Math.round(((startMs - mixStartMs) * UPLINK_RATE_HZ) / 1000);
  for (let i = Math.max(0, -offset); i < pcm.length && i + offset < mix.length; i++)
    mix[i + offset] = (mix[i + offset] ?? 0) + (pcm[i] ?? 0) * gain;
}
