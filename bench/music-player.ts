import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as libflac from 'libflacjs/dist/libflac.js';
import { sleep, systemClock as clock } from '../src/core/index.js';
import { askOta, fleetIdentity } from '../src/measure/fleet/index.js';
import { FRAME_MS } from '../src/audio/index.js';
import { RawDevice } from '../test/e2e/raw-device.js';
import type { ServerUnderTest } from './servers.js';

const FLAC_RATE_HZ = 44_100;
const FLAC_CHUNK = 44_100;
/** A longer time without packets is an audible gap, because the device's queue holds less than two seconds. */
const HOLE_MS = 2000;
/** 18 kB of speech from the repository. Its frames are repeated to make one long MP3. */
const MP3 = new URL('../test/fixtures/austen-0880.mp3', import.meta.url);

/** Makes a folder with one long MP3 and one long FLAC (stereo, 44.1 kHz, 16 bits). */
export async function musicFolder(
  flacSeconds: number,
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-music-'));
  const speech = await readFile(MP3);
  await writeFile(join(folder, 'Story.mp3'), Buffer.concat(Array.from({ length: 600 }, () => speech)));
  await writeFile(join(folder, 'Concert.flac'), await encodeFlac(flacSeconds));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Encodes three tones and some noise, which are neither silent nor easy to compress. The two channels differ. */
async function encodeFlac(seconds: number): Promise<Buffer> {
  const flac = (createRequire(import.meta.url)('libflacjs') as (variant: string) => typeof libflac)('min');
  if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', () => resolve()));
  const parts: Buffer[] = [];
  const encoder = flac.create_libflac_encoder(FLAC_RATE_HZ, 2, 16, 5, 0, false, 0);
  flac.init_encoder_stream(encoder, (bytes) => void parts.push(Buffer.from(bytes)));
  let noise = 1;
  for (let second = 0; second < seconds; second++) {
    const samples = new Int32Array(FLAC_CHUNK * 2);
    for (let i = 0; i < FLAC_CHUNK; i++) {
      noise = (Math.imul(noise, 1_103_515_245) + 12_345) | 0;
      const t = second + i / FLAC_RATE_HZ;
      const left = Math.sin(2 * Math.PI * 220 * t) + Math.sin(2 * Math.PI * 331 * t);
      samples[2 * i] = Math.round(6000 * left) + (noise >> 22);
      samples[2 * i + 1] = Math.round(6000 * Math.sin(2 * Math.PI * 441 * t)) + (noise >> 21);
    }
    flac.FLAC__stream_encoder_process_interleaved(encoder, samples, FLAC_CHUNK);
  }
  flac.FLAC__stream_encoder_finish(encoder);
  flac.FLAC__stream_encoder_delete(encoder);
  return Buffer.concat(parts);
}

export class MusicPlayer {
  #device: RawDevice | undefined;
  #from = 0;

  constructor(
    private readonly server: ServerUnderTest,
    private readonly index: number,
    private readonly title: string,
  ) {}

  /** Resolves when the music plays. */
  async start(): Promise<void> {
    const { otaUrl, localToken } = this.server;
    const identity = fleetIdentity(this.index, 'en-US');
    const { websocket } = await askOta(
      { url: otaUrl, identity, clock, ...(localToken !== undefined && { localToken }) },
      AbortSignal.timeout(30_000),
    );
    if (!websocket) throw new Error('the OTA answer names no WebSocket');
    this.#device = await RawDevice.connect({ ...websocket, identity });
    await this.#device.hello();
    this.#from = this.#device.mark();
    this.#device.send({ type: 'listen', state: 'detect', text: `play ${this.title}` });
    await this.#device.until(
      `the title ${this.title}`,
      (came) => came.type === 'text' && came.message['text'] === this.title,
      this.#from,
      30_000,
    );
  }

  /** Seconds of sound that arrived, and number of audible pauses between packets. */
  heard(): { readonly seconds: number; readonly holes: number } {
    const packets = this.#device?.packets(this.#from) ?? [];
    const holes = packets.filter((packet, at) => packet.atMs - (packets[at - 1]?.atMs ?? packet.atMs) > HOLE_MS).length;
    return { seconds: (packets.length * FRAME_MS) / 1000, holes };
  }

  /** Presses the button. Resolves with the milliseconds until the last packet, or 0 if no packet came afterwards. */
  async stop(): Promise<number> {
    const device = this.#device;
    if (!device) return Number.NaN;
    const atMs = performance.now();
    const from = device.mark();
    device.abort();
    await device.message('tts', { state: 'stop', from });
    await sleep(clock, 500);
    const late = device.packets(from).at(-1);
    return late === undefined ? 0 : late.atMs - atMs;
  }

  close(): void {
    this.#device?.vanish();
    this.#device = undefined;
  }
}
