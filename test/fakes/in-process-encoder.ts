import { SentenceEncoder } from '../../src/speech/speaking/encoding/sentence-encoder.js';
import type { SpeechEncoder } from '../../src/speech/speaking/encoding/speech-encoder.js';

/** Decodes, levels and encodes for real, but in this process. `open` returns how many encoders are open. */
export function inProcessEncoder(): SpeechEncoder & { readonly open: () => number } {
  let open = 0;
  return {
    open: () => open,
    start: async () => undefined,
    status: () => ({ name: 'speaking', state: 'ready', pid: undefined, restarts: 0, reason: undefined }),
    close: async () => undefined,
    synthesize: async () => ({ rateHz: 16_000, pcm: new Int16Array(0) }),
    async *encode(request, source, signal) {
      const encoder = await SentenceEncoder.create({
        format: request.format,
        trailingMs: request.trailingMs,
        targetLufs: -18,
        known: { power: 0.01, blocks: 10 },
        opus: { complexity: 0, bitrate: 32_000 },
      });
      open += 1;
      try {
        for (let last = false; !last;) {
          signal.throwIfAborted();
          const piece = await source.take(24_000);
          last = piece.last;
          const packets = await encoder.feed(piece.bytes);
          if (last) packets.push(...(await encoder.finish()));
          signal.throwIfAborted();
          if (packets.length > 0) yield packets;
        }
      } finally {
        encoder.close();
        open -= 1;
      }
    },
  };
}
