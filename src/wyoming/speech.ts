import { createResampler, floatToInt16, int16ToFloat, type Resampler } from '../audio/index.js';
import { type Clock, type LanguageTag, type Logger } from '../core/index.js';
import type { TtsProvider } from '../providers/index.js';
import { plainSentence, VoiceChain } from '../speech/speaking/index.js';
import { CLIENTS_ID, WANTED_WITHIN_MS, type WyomingServices } from './options.js';

export interface SpeechSettings {
  readonly language: LanguageTag;
  readonly voice: string | undefined;
}

export interface SpeakerOptions {
  readonly services: WyomingServices;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Accepts mono speech. Resolves when there is room for more. */
export type TakeSpeech = (rateHz: number, pcm: Int16Array) => Promise<void>;

export class Speaker {
  #chain: VoiceChain | undefined;
  #providers: readonly TtsProvider[] | undefined;
  #requests = 0;

  constructor(private readonly options: SpeakerOptions) {}

  /** The whole text is spoken at one sample rate. */
  begin(settings: SpeechSettings, take: TakeSpeech): SpokenText {
    const { services, clock, log } = this.options;
    const providers = services.voices();
    if (this.#providers !== providers) {
      this.#providers = providers;
      this.#chain = new VoiceChain({ clock, log, providers });
    }
    const chain = this.#chain ?? new VoiceChain({ clock, log, providers });
    this.#requests = (this.#requests + 1) % 1_000;
    return new SpokenText(chain, this.options, `${CLIENTS_ID} ${this.#requests}`, settings, take);
  }
}

export class SpokenText {
  #rateHz: number | undefined;

  constructor(
    private readonly chain: VoiceChain,
    private readonly options: SpeakerOptions,
    /** Key under which all sentences of the text keep the same voice. */
    private readonly conversation: string,
    private readonly settings: SpeechSettings,
    private readonly take: TakeSpeech,
  ) {}

  /** Errors: those of `VoiceChain.speak`. */
  async say(text: string, signal: AbortSignal): Promise<void> {
    const { services, clock } = this.options;
    const { language, voice: wanted } = this.settings;
    const options = { clock, slots: services.slots, limits: services.limits() };
    let begun = false;
    const run = async (provider: TtsProvider, voice: string | undefined, inner: AbortSignal): Promise<void> => {
      const request = {
        deviceId: CLIENTS_ID,
        text,
        language,
        // A name such as `edge:` contains no voice, so the provider's default voice is used.
        voice: voice === '' ? undefined : voice,
        deadlineMs: clock.nowMs() + WANTED_WITHIN_MS,
      };
      let resampler: Resampler | undefined;
      try {
        for await (const { rateHz, pcm } of plainSentence(options, provider, request, inner)) {
          begun = true;
          // A fallback voice may have another rate, but the client knows only the first one.
          const rate = (this.#rateHz ??= rateHz);
          if (rate !== rateHz) resampler ??= await createResampler(rateHz, rate);
          await this.take(rate, resampler ? floatToInt16(resampler.process(int16ToFloat(pcm))) : pcm);
        }
        if (resampler) await this.take(this.#rateHz ?? 0, floatToInt16(resampler.flush()));
      } finally {
        resampler?.close();
      }
    };
    await this.chain.speak(
      { deviceId: this.conversation, language, voice: wanted },
      { run, begun: () => begun },
      signal,
    );
  }
}
