import { both, type Clock } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { noSettings } from '../../settings.js';
import { localVoice } from '../local-voice.js';
import type { LocalVoiceClient } from '../local.js';
import type { TtsProvider } from '../tts-port.js';

export interface EspeakOptions {
  readonly clock: Clock;
  /** Runs `espeakSynthesize` in the speaking process. */
  readonly client: LocalVoiceClient;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
}

/** The last resort for every language that has no better voice. GPL-3.0, so an optional dependency that is loaded at its first use. */
export function espeakTts(options: EspeakOptions): TtsProvider {
  return {
    ...localVoice({
      ...options,
      engine: 'espeak',
      languages: ['*'],
      // 0.003 to 0.03 of real time; a unit is 60 ms of speech. The first use of a language reads its dictionary.
      msPerUnit: 1,
      fixedMs: 20,
    }),
    lastResort: true,
  };
}

export const espeak = defineVoice({
  id: 'espeak',
  name: both('espeak-ng', 'espeak-ng'),
  about: both('Every language, mechanical, without internet (GPL).', '什么语言都会，机械音，不需要联网（GPL）。'),
  local: true,
  settings: noSettings,
  languages: ['*'],
  automatic: true,
  inTable: {
    languages: both('a hundred', '一百种'),
    needs: both('nothing; optional package under the GPL', '不用；可选的包，GPL 许可'),
    sounds: both('like a machine', '像机器'),
  },
  create: (_, { clock, speakingProcess, rate }) => espeakTts({ clock, client: speakingProcess, rate }),
});
