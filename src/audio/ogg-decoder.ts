import { ChorusError } from '../core/index.js';
import { SPEAK_RATE_HZ } from './format.js';
import { OggReader, type OggPacket } from './ogg.js';
import { OpusDecoder } from './opus.js';
import { concatFloat, int16ToFloat } from './pcm.js';
import { VorbisDecoder } from './vorbis.js';
import { audioWords } from './words.js';

const MAX_DAMAGED = 8;
/** Unit of the pre-skip of Ogg Opus (RFC 7845 section 4.2). */
const PRE_SKIP_RATE_HZ = 48_000;

/** Decodes one logical stream. Returns undefined for an undecodable packet. */
interface Codec {
  readonly rateHz: number | undefined;
  decode(packet: OggPacket): Float32Array | undefined;
}

/** Decodes streamed Ogg with Vorbis or Opus, in chunks of any size, to mono floats. Errors: `audio.undecodable`. */
export class OggDecoder {
  readonly #reader = new OggReader();
  #codec: Codec | undefined;
  #rateHz: number | undefined;
  #damages = 0;

  private constructor(private readonly vorbis: VorbisDecoder) {}

  /** The caller must close the decoder. */
  static async create(): Promise<OggDecoder> {
    return new OggDecoder(await VorbisDecoder.create());
  }

  /** Undefined until the headers are complete. */
  get rateHz(): number | undefined {
    return this.#rateHz;
  }

  push(bytes: Uint8Array): Float32Array {
    return concatFloat(this.#reader.push(bytes).map((packet) => this.#decode(packet)));
  }

  /** Throws if the stream ended before its headers were complete. */
  end(): void {
    if (this.#rateHz === undefined) throw new ChorusError('audio.undecodable', audioWords.ogg.other);
  }

  close(): void {
    this.vorbis.close();
  }

  #decode(packet: OggPacket): Float32Array {
    if (packet.index === 0) this.#codec = this.#codecOf(packet.bytes);
    const samples = this.#codec?.decode(packet);
    if (samples === undefined && ++this.#damages > MAX_DAMAGED)
      throw new ChorusError('audio.undecodable', audioWords.ogg.damaged);
    const { rateHz } = this.#codec ?? {};
    if (this.#rateHz !== undefined && rateHz !== undefined && this.#rateHz !== rateHz)
      throw new ChorusError('audio.undecodable', audioWords.ogg.rateChanges);
    this.#rateHz ??= rateHz;
    return samples ?? new Float32Array(0);
  }

  #codecOf(head: Uint8Array): Codec {
    const magic = new TextDecoder('latin1').decode(head.subarray(0, 8));
    if (magic === 'OpusHead' && head[18] === 0) return new OpusCodec(head);
    if (magic.startsWith('\u0001vorbis')) return this.vorbis;
    throw new ChorusError('audio.undecodable', audioWords.ogg.otherCodec);
  }
}

class OpusCodec implements Codec {
  readonly rateHz = SPEAK_RATE_HZ;
  readonly #decoder = new OpusDecoder(SPEAK_RATE_HZ);
  #skip: number;

  constructor(head: Uint8Array) {
    this.#skip = (((head[10] ?? 0) | ((head[11] ?? 0) << 8)) * SPEAK_RATE_HZ) / PRE_SKIP_RATE_HZ;
  }

  decode({ bytes, index }: OggPacket): Float32Array | undefined {
    // The first two packets are the header and the comments.
    if (index < 2) return new Float32Array(0);
    const result = this.#decoder.decode(bytes);
    if (!result.ok) return undefined;
    const from = Math.min(this.#skip, result.pcm.length);
    this.#skip -= from;
    return int16ToFloat(result.pcm.subarray(from));
  }
}
