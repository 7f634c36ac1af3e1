import { concatBytes } from '../../../audio/index.js';
import { serveChild } from '../../../engines/child.js';
import type { EncodeAnswer, EncodeCall } from './recording-encoder.js';
import { encodeRecording } from './encode-recording.js';

// Entry of the process that decodes one recording and then ends. Each recording has its own process, because the file
// is not trusted and a crash of the decoder must not affect other processes.

serveChild({
  init: () => Promise.resolve(),
  async call(request): Promise<EncodeAnswer> {
    const { bytes, ...encoding } = request as EncodeCall; // Both processes run the same build.
    const packets = await encodeRecording(bytes, encoding);
    return { packets: concatBytes(packets), lengths: packets.map((packet) => packet.byteLength) };
  },
});
