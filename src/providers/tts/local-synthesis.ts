import type { LocalVoiceEngine, LocalVoiceSynthesis } from './local.js';

/**
 * Each voice is loaded at first use, because flite's module has 21 MB, and espeak, which is GPL, may be missing. This
 * is a separate file, because the speaking process must not load every provider.
 */
export const LOCAL_SYNTHESIZERS: Readonly<Record<LocalVoiceEngine, (() => Promise<LocalVoiceSynthesis>) | undefined>> =
  {
    flite: async () => (await import('./flite/synthesize.js')).fliteSynthesize,
    espeak: async () => (await import('./espeak/synthesize.js')).espeakSynthesize,
  };
