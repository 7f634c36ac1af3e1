import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { floatToInt16 } from '../../audio/index.js';
import { ChorusError } from '../../core/index.js';
import { ttsWords } from '../../providers/index.js';
import type { TtsProvider } from '../../providers/tts/tts-port.js';
import { createSpeechDecoder } from './encoding/speech-decoder.js';
import { readSentence, type SentenceRequest, type SynthesisOptions } from './synthesis.js';

export type PlainSpeechOptions = Pick<SynthesisOptions, 'clock' | 'slots' | 'limits'>;

/** Mono speech. */
export interface PlainSpeech {
  readonly rateHz: number;
  readonly pcm: Int16Array;
}

/** A third of a second of MP3 is decoded at a time, so that the event loop is not blocked for long. */
const PIECE_BYTES = 2 * 1024;

/**
 * Synthesises one sentence in the background for a program that is not a device. Throws the errors of
 * `synthesizeSentence`.
 */
export async function* plainSentence(
  options: PlainSpeechOptions,
  provider: TtsProvider,
  request: Pick<SentenceRequest, 'deviceId' | 'text' | 'language' | 'voice' | 'deadlineMs'>,
  signal: AbortSignal,
): AsyncGenerator<PlainSpeech, void> {
  let samples = 0;
  for await (const speech of readSentence(
    options,
    provider,
    { ...request, background: true },
    signal,
    async function* (format, intake) {
      const decoder = await createSpeechDecoder(format);
      try {
        for (let last = false; !last;) {
          const taken = await intake.take(PIECE_BYTES);
          last = taken.last;
          const pcm = floatToInt16(decoder.push(taken.bytes));
          if (pcm.length > 0 && decoder.rateHz !== undefined) yield { rateHz: decoder.rateHz, pcm };
          await nextMacrotask();
        }
        decoder.end();
      } finally {
        decoder.close();
      }
    },
  )) {
    samples += speech.pcm.length;
    yield speech;
  }
  if (samples === 0 && /[\p{L}\p{N}]/u.test(request.text)) throw new ChorusError('tts.failed', ttsWords.noSound);
}
