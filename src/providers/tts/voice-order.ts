import { primarySubtag, type LanguageTag } from '../../core/index.js';
import type { VoiceDescriptor } from '../descriptor.js';
import type { TtsProvider } from './tts-port.js';

/** The voice of `tts.provider` comes first. If this voice is local, no remote voice is used. */
export function voiceOrder(voices: readonly VoiceDescriptor[], provider: string): readonly VoiceDescriptor[] {
  const chosen = voices.find(({ id }) => id === provider);
  const stayHere = chosen?.local === true;
  const others = voices.filter((voice) => voice !== chosen && voice.automatic && (voice.local || !stayHere));
  return [...(chosen ? [chosen] : []), ...others];
}

/**
 * The voices that can speak a language now, in order. Unreachable voices are left out, unless all are unreachable. A
 * voice of last resort is left out if a better local voice speaks the language, unless it comes first in `order`.
 */
export function voicesFor(order: readonly TtsProvider[], language: LanguageTag): readonly TtsProvider[] {
  const primary = primarySubtag(language);
  const able = order.filter((provider) => provider.languages.includes('*') || provider.languages.includes(primary));
  const better = able.some((provider) => provider.local && provider.lastResort !== true);
  const wanted = able.filter((provider, index) => index === 0 || provider.lastResort !== true || !better);
  const reachable = wanted.filter((provider) => provider.available?.() ?? true);
  return reachable.length > 0 ? reachable : wanted;
}
