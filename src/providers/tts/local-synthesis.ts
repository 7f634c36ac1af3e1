import type { LocalVoiceEngine, LocalVoiceSynthesis } from './local.js';

/**
 * The voices that run inside the speaking process, loaded at their first use: flite's module has 21 MB, and espeak is
 * GPL and may not be installed at all. The list stands apart, because that process must not load every provider.
 */
export const LOCAL_SYNTHESIZERS: Readonly<Record<LocalVoiceEngine, (() => Promise<LocalVoiceSynthesis>) | undefined>> =
  {
    flite: async () => (await import('./flite/synthesize.js')).fliteSynthesize,
    espeak: async () => (await import('./espeak/synthesize.js')).espeakSynthesize,
  };
