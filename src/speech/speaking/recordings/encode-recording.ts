import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { FRAME_MS, SPEECH_TARGET_LUFS } from '../../../audio/index.js';
import { ChorusError } from '../../../core/index.js';
import { speechWords } from '../../words.js';
import { SentenceEncoder, type SentenceEncoding } from '../encoding/sentence-encoder.js';
import { MAX_RECORDING_S, recordingKind, tooLong, unreadable } from './recording-kind.js';

const words = speechWords.recording;

/**
 * Bytes decoded at a time. A sound may be a thousand times larger than its file, and must be refused before it takes
 * much memory.
 */
const PIECE_BYTES = 4 * 1024;

export type RecordingEncoding = Pick<SentenceEncoding, 'opus' | 'trailingMs'>;

/**
 * Returns Opus packets (24 kHz, 60 ms), as loud as speech and without silence at both ends. Throws
 * `recording.unreadable` or `recording.too_long`.
 */
export async function encodeRecording(bytes: Uint8Array, encoding: RecordingEncoding): Promise<readonly Uint8Array[]> {
  const format = recordingKind(bytes);
  const encoder = await SentenceEncoder.create({
    ...encoding,
    format,
    targetLufs: SPEECH_TARGET_LUFS,
    known: undefined,
  });
  // The last packet is padded with silence, so one more packet is allowed.
  const most = Math.ceil((MAX_RECORDING_S * 1000 + encoding.trailingMs) / FRAME_MS) + 1;
  const packets: Uint8Array[] = [];
  const take = (made: readonly Uint8Array[]): void => {
    packets.push(...made);
    if (packets.length > most) throw tooLong(words.seconds(MAX_RECORDING_S));
  };
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      take(await encoder.feed(bytes.subarray(at, at + PIECE_BYTES)));
      await nextMacrotask();
    }
    take(await encoder.finish());
  } catch (error) {
    if (error instanceof ChorusError && error.code === 'recording.too_long') throw error;
    throw unreadable(words.damaged, error);
  } finally {
    encoder.close();
  }
  if (packets.length === 0) throw unreadable(words.noSound);
  return packets;
}
