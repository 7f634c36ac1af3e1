import { isWav, type SpeechFormat } from '../../../audio/index.js';
import { ChorusError, type Bilingual } from '../../../core/index.js';
import { speechWords } from '../../words.js';

const words = speechWords.recording;

/** Maximum size of the file: a minute of 16-bit stereo at 48 kHz. */
export const MAX_RECORDING_BYTES = 12 * 2 ** 20;
/** Maximum length of a recording in seconds, without silence at both ends. */
export const MAX_RECORDING_S = 60;

/**
 * Reads the format from the first bytes, because file names and media types are often wrong. Throws
 * `recording.unreadable`.
 */
export function recordingKind(bytes: Uint8Array): Exclude<SpeechFormat, { readonly kind: 'pcm' }> {
  if (bytes.length === 0) throw unreadable(words.empty);
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (isWav(bytes) && head.slice(8) === 'WAVE') return { kind: 'wav' };
  if (head.startsWith('fLaC')) return { kind: 'flac' };
  if (head.startsWith('OggS')) return { kind: 'ogg' };
  if (head.startsWith('ID3') || isMpegFrame(bytes)) return { kind: 'mp3' };
  throw unreadable(words.otherKind);
}

/** True for a frame header of MPEG audio, layer 3 (ISO/IEC 11172-3). */
function isMpegFrame([first = 0, second = 0]: Uint8Array): boolean {
  return first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) === 0x02;
}

export function unreadable(why: Bilingual, cause?: unknown): ChorusError {
  return new ChorusError('recording.unreadable', words.unreadable(why), { cause });
}

export function tooLong(why: Bilingual): ChorusError {
  return new ChorusError('recording.too_long', words.tooLong(why));
}

export const tooLarge = (): ChorusError => tooLong(words.megabytes(MAX_RECORDING_BYTES / 2 ** 20));
