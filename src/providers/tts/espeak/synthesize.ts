import { ChorusError } from '../../../core/index.js';
import type { LocalVoicePcm, LocalVoiceRequest } from '../local.js';
import { trimLeadingSilence } from '../trim.js';
import { espeakSpelling } from './spelling.js';
import { espeakVoice } from './voices.js';
import { espeakWords } from './words.js';

/** The module has no types of its own. */
interface EspeakWorker {
  readonly samplerate: number;
  set_rate(wordsPerMinute: number): void;
  /** Returns 0 if the voice was found. */
  set_voice(name: string): number;
  /** If the callback returns true, the synthesis stops. */
  synthesize(text: string, onAudio: (pcm: Int16Array | undefined) => boolean): void;
}
type LoadEspeak = () => Promise<{ readonly eSpeakNGWorker: new () => EspeakWorker }>;

/** The type is not a literal, so that compiler and bundlers do not include the GPL-licensed package. */
const PACKAGE: string = '@echogarden/espeak-ng-emscripten';
/** espeak's own default. */
const NORMAL_WORDS_PER_MINUTE = 175;
/** espeak's limits. */
const MIN_WORDS_PER_MINUTE = 80;
const MAX_WORDS_PER_MINUTE = 450;
/** Limit for hostile text. The longest chunk takes less than 20 s. */
const MAX_AUDIO_MS = 60_000;

let loaded: Promise<EspeakWorker> | undefined;

function worker(): Promise<EspeakWorker> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error instanceof ChorusError
      ? error
      : new ChorusError('tts.unavailable', espeakWords.notInstalled, { cause: error });
  });
  return loaded;
}

async function load(): Promise<EspeakWorker> {
  const imported = (await import(PACKAGE)) as { readonly default: LoadEspeak };
  const { eSpeakNGWorker } = await imported.default();
  return new eSpeakNGWorker();
}

/**
 * Speech in about a hundred languages by espeak-ng, 22.05 kHz. The synthesis does not yield, so it runs in the speaking
 * process. Errors: `tts.unavailable` if espeak is not installed or the language is unknown, `tts.failed`.
 */
export async function espeakSynthesize(request: LocalVoiceRequest): Promise<LocalVoicePcm> {
  const espeak = await worker();
  const rateHz = espeak.samplerate;
  const voice = [request.voice, espeakVoice(request.language)].find(
    (name) => name !== undefined && name !== '' && espeak.set_voice(name) === 0,
  );
  if (voice === undefined) throw new ChorusError('tts.unavailable', espeakWords.noVoice);
  const text = espeakSpelling(request.text, voice);
  if (!/[\p{L}\p{N}]/u.test(text)) return { rateHz, pcm: new Int16Array(0) };
  const wordsPerMinute = NORMAL_WORDS_PER_MINUTE * (request.rate ?? 1);
  espeak.set_rate(Math.round(Math.min(MAX_WORDS_PER_MINUTE, Math.max(MIN_WORDS_PER_MINUTE, wordsPerMinute))));
  return { rateHz, pcm: trimLeadingSilence(runEspeak(espeak, text), rateHz) };
}

function runEspeak(espeak: EspeakWorker, text: string): Int16Array {
  const pieces: Int16Array[] = [];
  const maxSamples = (espeak.samplerate * MAX_AUDIO_MS) / 1000;
  let samples = 0;
  try {
    espeak.synthesize(text, (pcm) => {
      if (pcm && pcm.length > 0) {
        pieces.push(pcm);
        samples += pcm.length;
      }
      return samples > maxSamples;
    });
  } catch (error) {
    // The module cannot be used again after an abort.
    loaded = undefined;
    throw new ChorusError('tts.failed', espeakWords.brokeOff, { cause: error });
  }
  const pcm = new Int16Array(samples);
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return pcm;
}
