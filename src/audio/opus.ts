import { Decoder, Encoder } from '@evan/opus';

export type OpusRateHz = 8000 | 12_000 | 16_000 | 24_000 | 48_000;

/** A larger packet is refused. The libopus documentation recommends this buffer size for encoders. */
const MAX_OPUS_PACKET_BYTES = 4000;
/** From RFC 6716 section 2.1.4. */
const MAX_PACKET_MS = 120;
/** CTL numbers from opus_defines.h. The type declarations of the library misspell its `lookahead`. */
const GET_LOOKAHEAD = 4027;
const RESET_STATE = 4028;

type OpusDecodeResult =
  /** `pcm` lasts 0 to 120 ms and belongs to the caller. */
  | { readonly ok: true; readonly pcm: Int16Array }
  /** The packet is empty, too large, or not Opus. The decoder stays usable. */
  | { readonly ok: false; readonly reason: string };

/** Mono Opus decoder for one stream. It never throws, whatever a device sends. */
export class OpusDecoder {
  readonly #decoder: Decoder;
  readonly #maxSamples: number;

  constructor(readonly rateHz: OpusRateHz) {
    this.#decoder = new Decoder({ channels: 1, sample_rate: rateHz });
    this.#maxSamples = (rateHz / 1000) * MAX_PACKET_MS;
  }

  decode(packet: Uint8Array): OpusDecodeResult {
    if (packet.byteLength === 0) return { ok: false, reason: 'empty packet' };
    if (packet.byteLength > MAX_OPUS_PACKET_BYTES) return { ok: false, reason: 'packet too large' };
    try {
      const pcm = asSamples(this.#decoder.decode(packet));
      return pcm.length > this.#maxSamples ? { ok: false, reason: 'packet too long' } : { ok: true, pcm };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : 'undecodable' };
    }
  }

  reset(): void {
    this.#decoder.ctl(RESET_STATE);
  }
}

export interface OpusEncoderOptions {
  readonly rateHz: OpusRateHz;
  /** The firmware's own encoder uses `audio`. */
  readonly application: 'voip' | 'audio' | 'restricted_lowdelay';
  /** 0..10. A higher value costs more CPU and gives better quality. The firmware encodes at 0. */
  readonly complexity: number;
  /** Bits per second. `auto` lets libopus choose. */
  readonly bitrate: number | 'auto';
  /** If true, silence is encoded as packets of 1 or 2 bytes. */
  readonly dtx: boolean;
}

/** Mono Opus encoder for one stream. */
export class OpusEncoder {
  readonly #encoder: Encoder;

  constructor(readonly options: OpusEncoderOptions) {
    this.#encoder = new Encoder({ channels: 1, sample_rate: options.rateHz, application: options.application });
    this.#encoder.complexity = clampComplexity(options.complexity);
    this.#encoder.bitrate = options.bitrate;
    this.#encoder.dtx = options.dtx;
    this.#encoder.vbr = true;
  }

  /** Delay of the decoded signal after the input, in samples at `options.rateHz` (`OPUS_GET_LOOKAHEAD`). */
  get lookaheadSamples(): number {
    return this.#encoder.ctl(GET_LOOKAHEAD);
  }

  /** A frame lasts 2.5, 5, 10, 20, 40, 60, 80, 100 or 120 ms. Throws RangeError for any other length. */
  encode(frame: Int16Array): Uint8Array {
    const frameMs = (frame.length * 1000) / this.options.rateHz;
    if (!FRAME_DURATIONS_MS.has(frameMs)) throw new RangeError(`an Opus frame cannot last ${frameMs} ms`);
    return this.#encoder.encode(frame);
  }

  reset(): void {
    this.#encoder.ctl(RESET_STATE);
  }
}

const FRAME_DURATIONS_MS: ReadonlySet<number> = new Set([2.5, 5, 10, 20, 40, 60, 80, 100, 120]);

type Complexity = Encoder['complexity'];

function clampComplexity(value: number): Complexity {
  return Math.min(10, Math.max(0, Math.round(value))) as Complexity;
}

/** Returns a view of the bytes. Copies only if their offset is odd. */
function asSamples(bytes: Uint8Array): Int16Array {
  const count = bytes.byteLength >> 1;
  if (bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
  return new Int16Array(bytes.slice(0, count * 2).buffer);
}
