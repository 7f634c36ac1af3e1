import { loadSpeech } from '../../fleet/index.js';
import { serveChild } from '../../../engines/child.js';
import {
  bytesToInt16,
  int16ToFloat,
  Mp3Decoder,
  OpusDecoder,
  OpusEncoder,
  LISTEN_RATE_HZ,
} from '../../../audio/index.js';
import { SILERO_WINDOW_SAMPLES, SileroDetector } from '../../../providers/vad/silero.js';
import { seededRandom } from '../../../core/index.js';
import { PCM_RATE_HZ, SpeechAsset } from '../stand-ins/speech-asset.js';
import type { KernelAnswer, KernelCall } from './kernel-protocol.js';

// Entry of the process that runs the product's own kernels in a tight loop and measures its CPU time.

/** Length of a sentence. Each sentence gets its own MP3 decoder. */
const SENTENCE_MS = 2500;
const DOWNLINK_FRAME_SAMPLES = (PCM_RATE_HZ * 60) / 1000;

interface Material {
  readonly packets: readonly Uint8Array[];
  readonly windows: readonly Float32Array[];
  /** Frames of 60 ms at 24 kHz. */
  readonly frames: readonly Int16Array[];
  readonly mp3: Uint8Array;
  readonly vad: SileroDetector;
}

let material: Material | undefined;

serveChild({
  async init() {
    const speech = await loadSpeech();
    const asset = await SpeechAsset.load();
    await asset.decode();
    const pcm = bytesToInt16(asset.pcmOf(asset.durationMs, () => 0));
    const clips = speech.utterances.map(({ clip }) => clip);
    material = {
      packets: clips.flatMap(({ packets, tail }) => [...packets, ...tail]),
      windows: clips.flatMap((clip) => cut(clip.pcm, SILERO_WINDOW_SAMPLES).map(int16ToFloat)),
      frames: cut(pcm, DOWNLINK_FRAME_SAMPLES),
      mp3: asset.mp3Of(SENTENCE_MS, seededRandom(1)),
      vad: await SileroDetector.load(),
    };
  },
  async call(request): Promise<KernelAnswer> {
    if (!material) throw new Error('not initialised');
    const call = request as KernelCall;
    const loop = prepare(call, material);
    // The first round warms caches, JIT and the allocator, which are warm in the server, too.
    await loop();
    const before = process.cpuUsage();
    let amount = 0;
    for (;;) {
      amount += await loop();
      const { user, system } = process.cpuUsage(before);
      const cpuMs = (user + system) / 1000;
      if (cpuMs >= call.cpuMs) return { amount, cpuMs };
    }
  },
});

/** The returned function runs one round and resolves with the amount of work done. */
function prepare(call: KernelCall, { packets, windows, frames, mp3, vad }: Material): () => Promise<number> {
  switch (call.kernel) {
    case 'vad': {
      const streams = Array.from({ length: call.batch }, () => vad.createStream());
      let at = 0;
      return async () => {
        await vad.detect(
          streams.map((stream) => ({
            stream,
            samples: windows[at++ % windows.length] ?? new Float32Array(SILERO_WINDOW_SAMPLES),
          })),
        );
        return call.batch;
      };
    }
    case 'opus_decode': {
      const decoder = new OpusDecoder(LISTEN_RATE_HZ);
      return () => {
        for (const packet of packets) decoder.decode(packet);
        return Promise.resolve(packets.length);
      };
    }
    case 'opus_encode': {
      const encoder = new OpusEncoder({
        rateHz: PCM_RATE_HZ,
        application: 'audio',
        complexity: call.complexity,
        bitrate: call.bitrate,
        dtx: false,
      });
      return () => {
        for (const frame of frames) encoder.encode(frame);
        return Promise.resolve(frames.length);
      };
    }
    default:
      return async () => {
        const decoder = await Mp3Decoder.create();
        decoder.push(mp3);
        // As in the server, the decoder is ended first. Only the memory of an ended decoder is used again.
        decoder.end();
        decoder.close();
        return SENTENCE_MS / 1000;
      };
  }
}

function cut(pcm: Int16Array, length: number): Int16Array[] {
  return Array.from({ length: Math.floor(pcm.length / length) }, (_, index) =>
    pcm.slice(index * length, (index + 1) * length),
  );
}
