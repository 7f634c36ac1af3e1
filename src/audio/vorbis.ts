import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { OggPacket } from './ogg.js';
import { mixToMono } from './pcm.js';

/** The functions that are used here. The library has no types of its own. */
interface VorbisModule {
  readonly audioFormat: { readonly channels: number; readonly rate: number } | null;
  readonly audioBuffer: readonly Float32Array[] | null;
  init(done: () => void): void;
  processHeader(packet: ArrayBuffer, done: (ok: number) => void): void;
  processAudio(packet: ArrayBuffer, done: (ok: number) => void): void;
  close(): void;
}
type Factory = (options: { readonly wasmBinary: Uint8Array }) => Promise<VorbisModule>;

const PROGRAM = 'ogv/dist/ogv-decoder-audio-vorbis-wasm';
/** An empty comment packet (Vorbis I, section 5). It replaces a stream's own comments, which may contain pictures. */
const NO_COMMENTS = new Uint8Array([3, ...new TextEncoder().encode('vorbis'), 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const HEADERS = 3;

let library: Promise<() => Promise<VorbisModule>> | undefined;

async function load(): Promise<() => Promise<VorbisModule>> {
  const require = createRequire(import.meta.url);
  const factory = require(`${PROGRAM}.js`) as Factory;
  const wasmBinary = await readFile(require.resolve(`${PROGRAM}.wasm`));
  return () => factory({ wasmBinary });
}

/** Decodes the packets of Vorbis streams to mono floats, one stream after the other. */
export class VorbisDecoder {
  #rateHz: number | undefined;
  #closed = false;

  private constructor(private readonly decoder: VorbisModule) {}

  static async create(): Promise<VorbisDecoder> {
    const decoder = await (await (library ??= load()))();
    await new Promise<void>((resolve) => decoder.init(resolve));
    return new VorbisDecoder(decoder);
  }

  /** Undefined until the headers are complete. */
  get rateHz(): number | undefined {
    return this.#rateHz;
  }

  decode({ bytes, index }: OggPacket): Float32Array | undefined {
    if (bytes.byteLength === 0) return undefined;
    const { decoder } = this;
    let ok = false;
    const done = (result: number): void => void (ok = result === 1);
    if (index < HEADERS) {
      decoder.processHeader(ownBuffer(index === 1 ? NO_COMMENTS : bytes), done);
      this.#rateHz = decoder.audioFormat?.rate ?? this.#rateHz;
      return ok ? new Float32Array(0) : undefined;
    }
    decoder.processAudio(ownBuffer(bytes), done);
    return ok && decoder.audioBuffer ? mixToMono(decoder.audioBuffer).slice() : undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.decoder.close();
  }
}

const ownBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
