import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { noSettings } from '../../settings.js';
import { localVoice, type LocalVoiceSetup } from '../local-voice.js';
import type { TtsProvider } from '../tts-port.js';

/** The last resort for languages without a better voice. Its licence is GPL-3.0, so it is an optional dependency. */
export function espeakTts(setup: LocalVoiceSetup): TtsProvider {
  return {
    ...localVoice({
      ...setup,
      engine: 'espeak',
      languages: ['*'],
      // A synthesis takes 0.003 to 0.03 of real time. A unit is 60 ms of speech. The first use of a language also reads
      // its dictionary.
      msPerUnit: 1,
      overheadMs: 20,
    }),
    lastResort: true,
  };
}

export const espeak = defineVoice({
  id: 'espeak',
  name: both('espeak-ng', 'espeak-ng'),
  about: both('Every language, mechanical, without internet (GPL).', '支持多种语言，声音机械，不需要联网（GPL）。'),
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
