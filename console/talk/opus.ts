import { FRAME_MS, UPLINK_RATE_HZ } from './audio-messages.js';
import { Resampler } from './resampler.js';

/**
 * Discontinuous transmission is off. It would send nothing in pauses, but the server measures pauses by the packets.
 */
const OPUS: OpusEncoderConfig & { readonly application: 'voip' } = {
  frameDuration: FRAME_MS * 1000,
  application: 'voip',
  complexity: 5,
  usedtx: false,
};

const ENCODER: AudioEncoderConfig = {
  codec: 'opus',
  sampleRate: UPLINK_RATE_HZ,
  numberOfChannels: 1,
  bitrate: 24_000,
  opus: OPUS,
};

export async function canEncode(): Promise<boolean> {
  return AudioEncoder.isConfigSupported(ENCODER).then(
    ({ supported }) => supported === true,
    () => false,
  );
}

export class UplinkEncoder {
  readonly #encoder: AudioEncoder;
  #timestampUs = 0;

  constructor(onPacket: (packet: Uint8Array<ArrayBuffer>) => void, onError: () => void) {
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        onPacket(packet);
      },
      error: onError,
    });
    this.#encoder.configure(ENCODER);
  }

  encode(frame: Float32Array<ArrayBuffer>): void {
    if (this.#encoder.state !== 'configured') return;
    const data = new AudioData({
      format: 'f32',
      sampleRate: UPLINK_RATE_HZ,
      numberOfFrames: frame.length,
      numberOfChannels: 1,
      timestamp: this.#timestampUs,
      data: frame,
    });
    this.#timestampUs += FRAME_MS * 1000;
    this.#encoder.encode(data);
    data.close();
  }

  /** Resolves when all frames so far are encoded. */
  async flush(): Promise<void> {
    if (this.#encoder.state === 'configured') await this.#encoder.flush();
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }
}

/** Decodes the server's Opus packets to samples at the playback rate, in order. */
export class DownlinkDecoder {
  #decoder: AudioDecoder | undefined;
  #resampler: { readonly fromHz: number; readonly resampler: Resampler } | undefined;
  #timestampUs = 0;

  constructor(
    private readonly options: {
      /** The sample rate that the server's hello states. */
      readonly rateHz: number;
      readonly playedRateHz: number;
      readonly onSamples: (samples: Float32Array<ArrayBuffer>) => void;
    },
  ) {}

  decode(packet: ArrayBuffer): void {
    const decoder = this.#open();
    decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: this.#timestampUs, data: packet }));
    this.#timestampUs += FRAME_MS * 1000;
  }

  /** Resolves when all packets so far are decoded. */
  async flush(): Promise<void> {
    if (this.#decoder?.state === 'configured') await this.#decoder.flush().catch(() => undefined);
  }

  /** Starts a new reply and drops what is left of the previous one. */
  reset(): void {
    this.close();
    this.#resampler = undefined;
  }

  close(): void {
    const decoder = this.#decoder;
    this.#decoder = undefined;
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close();
  }

  #open(): AudioDecoder {
    if (this.#decoder?.state === 'configured') return this.#decoder;
    const decoder: AudioDecoder = new AudioDecoder({
      output: (data) => {
        if (this.#decoder === decoder) this.#take(data);
        data.close();
      },
      // After an error the next packet opens a new decoder. The lost sound counts as a gap.
      error: () => undefined,
    });
    decoder.configure({ codec: 'opus', sampleRate: this.options.rateHz, numberOfChannels: 1 });
    this.#decoder = decoder;
    return decoder;
  }

  #take(data: AudioData): void {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    // The resampler is made when sound comes, because a decoder chooses its own rate, mostly 48 kHz.
    if (this.#resampler?.fromHz !== data.sampleRate)
      this.#resampler = {
        fromHz: data.sampleRate,
        resampler: new Resampler(data.sampleRate, this.options.playedRateHz),
      };
    this.options.onSamples(this.#resampler.resampler.push(samples) as Float32Array<ArrayBuffer>);
  }
}
