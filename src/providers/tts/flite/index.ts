import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { noSettings } from '../../settings.js';
import { localVoice, type LocalVoiceSetup } from '../local-voice.js';
import type { TtsProvider } from '../tts-port.js';

/**
 * The English voice that is always available: it comes with Chorus, has a permissive licence, and needs no network.
 */
export function fliteTts(setup: LocalVoiceSetup): TtsProvider {
  return localVoice({
    ...setup,
    engine: 'flite',
    languages: ['en'],
    // Measured with slt on one core: 59 ms for 3.5 s of speech (54 letters). Instantiation takes 12 ms of this time.
    msPerUnit: 1,
    overheadMs: 15,
  });
}

export const flite = defineVoice({
  id: 'flite',
  name: both('flite', 'flite'),
  about: both('English, comes with Chorus, without internet.', '英语，随 Chorus 安装，不需要联网。'),
  local: true,
  settings: noSettings,
  languages: ['en'],
  automatic: true,
  inTable: {
    languages: both('English', '英语'),
    needs: both('nothing, comes with Chorus', '不用，随 Chorus 安装'),
    sounds: both('like a machine', '像机器'),
  },
  create: (_, { clock, speakingProcess, rate }) => fliteTts({ clock, client: speakingProcess, rate }),
});
