import type { Clock } from '../../../core/index.js';
import { localVoice } from '../local-voice.js';
import type { LocalVoiceClient } from '../local.js';
import type { TtsProvider } from '../tts-port.js';

export interface EspeakOptions {
  readonly clock: Clock;
  /** Runs {@link espeakSynthesize} in the speaking child. */
  readonly client: LocalVoiceClient;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
}

/** The last resort for every language that has no better voice. GPL-3.0, so an optional dependency that is loaded at its first use. */
export function espeakTts(options: EspeakOptions): TtsProvider {
  return localVoice({
    ...options,
    engine: 'espeak',
    languages: ['*'],
    // 0.003 to 0.03 of real time; a unit is 60 ms of speech. The first use of a language reads its dictionary.
    msPerUnit: 1,
    fixedMs: 20,
  });
}
