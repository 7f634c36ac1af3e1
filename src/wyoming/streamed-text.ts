import { int16ToBytes } from '../audio/index.js';
import { ChorusError, type LanguageTag } from '../core/index.js';
import { SentenceChunker } from '../conversation/dialogue/index.js';
import { monoFormat, wyomingEvent, type WyomingEvent } from '../platform/wyoming/index.js';
import type { SpeechSettings, SpokenText, TakeSpeech } from './speech.js';
import { wyomingWords } from './words.js';

/** At least four minutes of speech. */
const MAX_CHARS = 4_000;

export interface TextOutput {
  readonly usualLanguage: LanguageTag;
  begin(settings: SpeechSettings, take: TakeSpeech): SpokenText;
  write(event: WyomingEvent): Promise<void>;
  within(signal: AbortSignal): AbortSignal;
}

/** Splits a text into sentences, and speaks each sentence as soon as it is complete. */
export class StreamedText {
  #text = '';
  readonly #chunker: SentenceChunker;
  #spoken: SpokenText | undefined;
  #sounding = false;
  #spoke = false;

  constructor(
    private readonly settings: { readonly language: LanguageTag | undefined; readonly voice: string | undefined },
    private readonly output: TextOutput,
    /** With `apart`, each sentence has its own start and stop event. With `together`, the whole text has one pair. */
    private readonly sentences: 'apart' | 'together' = 'apart',
  ) {
    this.#chunker = new SentenceChunker({ language: settings.language ?? output.usualLanguage });
  }

  async push(text: string, signal: AbortSignal): Promise<void> {
    this.#text += text;
    if (this.#text.length > MAX_CHARS) throw new ChorusError('wyoming.too_much', wyomingWords.textTooLong(MAX_CHARS));
    await this.#say(this.#chunker.push(text), signal);
  }

  async end(signal: AbortSignal): Promise<void> {
    await this.#say(this.#chunker.flush(), signal);
    if (this.#sounding) await this.#stop();
    // A client waits for the end of the audio even if the text has no word.
    else if (this.sentences === 'together' && !this.#spoke) await this.#silence();
  }

  async #say(sentences: readonly string[], signal: AbortSignal): Promise<void> {
    for (const sentence of sentences) {
      this.#spoken ??= this.#begin();
      await this.#spoken.say(sentence, this.output.within(signal));
      if (this.sentences === 'apart' && this.#sounding) await this.#stop();
    }
  }

  /** The first sentence shows the language better than the first word, which may be a number or "OK". */
  #begin(): SpokenText {
    const language = this.settings.language ?? languageIn(this.#text, this.output.usualLanguage);
    return this.output.begin({ language, voice: this.settings.voice }, (rateHz, pcm) => this.#take(rateHz, pcm));
  }

  async #take(rateHz: number, pcm: Int16Array): Promise<void> {
    const format = monoFormat(rateHz);
    if (!this.#sounding) await this.output.write(wyomingEvent('audio-start', format));
    this.#sounding = true;
    this.#spoke = true;
    await this.output.write(wyomingEvent('audio-chunk', format, int16ToBytes(pcm)));
  }

  async #stop(): Promise<void> {
    this.#sounding = false;
    await this.output.write(wyomingEvent('audio-stop'));
  }

  async #silence(): Promise<void> {
    await this.output.write(wyomingEvent('audio-start', monoFormat(16_000)));
    await this.#stop();
  }
}

/** Clients usually do not name the language of a text, so its letters decide if possible. */
function languageIn(text: string, usual: LanguageTag): LanguageTag {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja-JP';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko-KR';
  // Japanese and the kinds of Chinese share these letters.
  if (/\p{Script=Han}/u.test(text)) return /^(?:zh|yue|ja)\b/i.test(usual) ? usual : 'zh-CN';
  return /\p{L}/u.test(text) && /^(?:zh|yue|ja|ko)\b/i.test(usual) ? 'en-US' : usual;
}
