import type { LocalVoiceEngine, LocalVoiceSynthesis } from '../../../providers/tts/local.js';

/**
 * The voices that run inside the speaking child, loaded at their first use: flite's module is 21 MB, and espeak is GPL
 * and may not be installed at all.
 */
export const LOCAL_SYNTHESIZERS: Readonly<Record<LocalVoiceEngine, () => Promise<LocalVoiceSynthesis>>> = {
  flite: async () => (await import('../../../providers/tts/flite/synthesize.js')).fliteSynthesize,
  espeak: async () => (await import('../../../providers/tts/espeak/synthesize.js')).espeakSynthesize,
};
