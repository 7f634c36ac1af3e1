import { primarySubtag, type LanguageTag } from '../../core/index.js';
import type { TtsProvider } from './tts-port.js';

/** The voices that this server has; absent: not configured, not installed, or not wanted. */
export interface InstalledVoices {
  readonly edge?: TtsProvider;
  readonly openai?: TtsProvider;
  /** Local neural voices, best first. */
  readonly neural?: readonly TtsProvider[];
  readonly flite?: TtsProvider;
  readonly espeak?: TtsProvider;
}

export interface VoiceChoice {
  /** `tts.provider`: `auto`, or the id of the one to be asked first. */
  readonly provider: string;
  /** True: nothing outside this machine is asked unless it was chosen by name. */
  readonly offline?: boolean;
}

/**
 * All voices in the order in which they are asked: the chosen one, Edge, local neural voices, flite, espeak. Which of
 * them speak a language is for {@link voicesFor} to say. An OpenAI-compatible service costs money and is asked only when chosen.
 */
export function voiceOrder(installed: InstalledVoices, choice: VoiceChoice): readonly TtsProvider[] {
  const { edge, openai, neural = [], flite, espeak } = installed;
  const known = [edge, openai, ...neural, flite, espeak].filter((provider) => provider !== undefined);
  const chosen = known.filter((provider) => provider.id === choice.provider);
  const automatic = [...(choice.offline ? [] : [edge]), ...neural, flite, espeak].filter(
    (provider) => provider !== undefined,
  );
  return [...chosen, ...automatic.filter((provider) => !chosen.includes(provider))];
}

/**
 * Who can speak a language now, in order. Those out of reach are left out, unless there is nobody else. espeak is the last
 * resort, left out where a better local voice speaks the language, unless it was chosen (then it stands first). Empty: no voice speaks it.
 */
export function voicesFor(order: readonly TtsProvider[], language: LanguageTag): readonly TtsProvider[] {
  const primary = primarySubtag(language);
  const able = order.filter((provider) => provider.languages.includes('*') || provider.languages.includes(primary));
  const better = able.some((provider) => provider.local && provider.id !== LAST_RESORT);
  const wanted = able.filter((provider, index) => index === 0 || provider.id !== LAST_RESORT || !better);
  const reachable = wanted.filter((provider) => provider.available?.() ?? true);
  return reachable.length > 0 ? reachable : wanted;
}
const LAST_RESORT = 'espeak';
