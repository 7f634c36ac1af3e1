import {
  bytesToInt16,
  concatInt16,
  createResampler,
  floatToInt16,
  int16ToFloat,
  LISTEN_RATE_HZ,
} from '../audio/index.js';
import { ChorusError, type Clock, joinText, type LanguageTag } from '../core/index.js';
import { monoOf, sameFormat, type WyomingFormat } from '../platform/wyoming/index.js';
import type { Recognizer } from '../speech/recognition/index.js';
import { CLIENTS_ID, WANTED_WITHIN_MS } from './options.js';
import { wyomingWords } from './words.js';

/** Longer than any command. */
const MAX_MS = 60_000;
/** Longer audio is recognised in several pieces, because the models accept no more at a time. */
const PIECE_SAMPLES = 15 * LISTEN_RATE_HZ;
const QUIET_SAMPLES = 0.2 * LISTEN_RATE_HZ;

export class Hearing {
  readonly #parts: Int16Array[] = [];
  #samples = 0;

  constructor(private readonly format: WyomingFormat) {}

  /** Throws `wyoming.too_much`. Throws a RangeError for audio that ends within a sample or changes its format. */
  push(payload: Uint8Array, format: WyomingFormat): void {
    if (!sameFormat(format, this.format)) throw new RangeError('the format changed in the middle of the audio');
    const pcm = bytesToInt16(monoOf(payload, format));
    this.#samples += pcm.length;
    if (this.#samples > (this.format.rateHz * MAX_MS) / 1000)
      throw new ChorusError('wyoming.too_much', wyomingWords.tooLong(MAX_MS / 1000));
    this.#parts.push(pcm.slice());
  }

  /** Errors: those of `Recognizer.recognize`. */
  async text(
    recognizer: Pick<Recognizer, 'recognize'>,
    language: LanguageTag,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<string> {
    const texts: string[] = [];
    for (const pcm of pieces(await this.#listenable())) {
      const deadlineMs = clock.nowMs() + WANTED_WITHIN_MS;
      const { text } = await recognizer.recognize(
        { deviceId: CLIENTS_ID, pcm, language, deadlineMs, background: true },
        signal,
      );
      if (text !== '') texts.push(text);
    }
    return joinText(texts);
  }

  async #listenable(): Promise<Int16Array> {
    const pcm = concatInt16(this.#parts);
    if (this.format.rateHz === LISTEN_RATE_HZ) return pcm;
    const resampler = await createResampler(this.format.rateHz, LISTEN_RATE_HZ);
    try {
      return concatInt16([floatToInt16(resampler.process(int16ToFloat(pcm))), floatToInt16(resampler.flush())]);
    } finally {
      resampler.close();
    }
  }
}

/** Splits the audio at its quietest places, so that no word is split. */
function* pieces(pcm: Int16Array): Generator<Int16Array, void> {
  let rest = pcm;
  while (rest.length > PIECE_SAMPLES) {
    const cut = quietest(rest, PIECE_SAMPLES * 0.6, PIECE_SAMPLES);
    yield rest.subarray(0, cut);
    rest = rest.subarray(cut);
  }
  yield rest;
}

function quietest(pcm: Int16Array, from: number, to: number): number {
  let best = to;
  let least = Infinity;
  for (let at = from; at + QUIET_SAMPLES <= to; at += QUIET_SAMPLES / 2) {
    const energy = pcm.subarray(at, at + QUIET_SAMPLES).reduce((sum, sample) => sum + sample * sample, 0);
    if (energy >= least) continue;
    least = energy;
    best = at + QUIET_SAMPLES / 2;
  }
  return best;
}
