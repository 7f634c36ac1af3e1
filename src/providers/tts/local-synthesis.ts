import type { LocalVoiceEngine, LocalVoiceSynthesis } from './local.js';

/**
 * The voices inside the speaking process. Each is loaded at first use: flite's module has 21 MB; espeak is GPL and may
 * be missing. The list is a separate file, because that process must not load every provider.
 */
export const LOCAL_SYNTHESIZERS: Readonly<Record<LocalVoiceEngine, (() => Promise<LocalVoiceSynthesis>) | undefined>> =
  {
    flite: async () => (await import('./flite/synthesize.js')).fliteSynthesize,
    espeak: async () => (await import('./espeak/synthesize.js')).espeakSynthesize,
  };
