import {
  bytesToInt16,
  concatBytes,
  FlacDecoder,
  int16ToFloat,
  Mp3Decoder,
  OggDecoder,
  type SpeechFormat,
  WavDecoder,
} from '../../../audio/index.js';

/** Decodes a provider's bytes to mono floats. Throws `audio.undecodable`. */
export interface SpeechDecoder {
  /** Undefined until the stream has shown its rate. */
  readonly rateHz: number | undefined;
  push(bytes: Uint8Array): Float32Array;
  /** Returns the last samples, which can be decoded only when all bytes have arrived. Call it before {@link end}. */
  tail?(): Float32Array;
  /** Throws if the stream was not in the announced format. */
  end(): void;
  close(): void;
}

export async function createSpeechDecoder(format: SpeechFormat): Promise<SpeechDecoder> {
  switch (format.kind) {
    case 'pcm':
      return new PcmDecoder(format.rateHz);
    case 'mp3':
      return Mp3Decoder.create();
    case 'flac':
      return FlacDecoder.create();
    case 'ogg':
      return OggDecoder.create();
    default:
      return Object.assign(new WavDecoder(), { close: () => undefined });
  }
}

class PcmDecoder implements SpeechDecoder {
  /** The first byte of a sample whose second byte has not arrived yet. */
  #odd: Uint8Array = new Uint8Array(0);

  constructor(readonly rateHz: number) {}

  push(bytes: Uint8Array): Float32Array {
    const all = this.#odd.byteLength > 0 ? concatBytes([this.#odd, bytes]) : bytes;
    this.#odd = all.slice(all.byteLength - (all.byteLength % 2));
    return int16ToFloat(bytesToInt16(all));
  }

  end(): void {
    this.#odd = new Uint8Array(0);
  }

  close(): void {
    this.#odd = new Uint8Array(0);
  }
}
