import { MPEGDecoder } from 'mpg123-decoder';

/** Idle decoders take 175 kB each. */
const MAX_IDLE = 16;

/** Private parts of the library. Its version is pinned, and a test covers these parts. */
interface DecoderInternals {
  _decoder: number;
  readonly _samplesDecodedPtr: { readonly ptr: number; readonly buf: Record<0, number> };
  readonly _common: {
    readonly wasm: {
      mpeg_frame_decoder_create(handle: number, gapless: number): number;
      mpeg_frame_decoder_destroy(decoder: number): void;
    };
  };
}

const idle: MPEGDecoder[] = [];

/** Reuses decoders, because a new module takes 2.8 ms, a sixth of the cost of a sentence. */
export async function takeDecoder(): Promise<MPEGDecoder> {
  const known = idle.pop();
  if (known) return known;
  const decoder = new MPEGDecoder();
  await decoder.ready;
  return decoder;
}

/** Call this only after a stream without errors. The caller must not use the decoder afterwards. */
export function returnDecoder(decoder: MPEGDecoder): void {
  if (idle.length >= MAX_IDLE) decoder.free();
  else if (renew(decoder as unknown as DecoderInternals)) idle.push(decoder);
}

/** Replaces the decoder inside the WASM module, which has room for only one. Returns false if that failed. */
function renew(inside: DecoderInternals): boolean {
  const { _common: common, _samplesDecodedPtr: scratch } = inside;
  // oxlint-disable no-underscore-dangle -- the library's own names
  common.wasm.mpeg_frame_decoder_destroy(inside._decoder);
  scratch.buf[0] = 0;
  if (common.wasm.mpeg_frame_decoder_create(scratch.ptr, 1) !== 0) return false;
  inside._decoder = scratch.buf[0];
  // oxlint-enable no-underscore-dangle
  return true;
}
