import { otherLanguageOf } from '../../core/index.js';
import type { ReplyOptions, VoiceRequest } from './speaking-port.js';
import type { VoiceChain } from './voice-chain.js';

/**
 * Chooses the voice for a sentence. It is the voice of the conversation, with two exceptions that get a voice of their
 * own language: a Chinese sentence in a conversation of another language, and an English sentence in a Chinese
 * conversation whose voice does not speak English. Voices silently skip characters that they do not know, so such a
 * sentence would be silent. `first`: the first sentence of its reply. It fails instead of being silent.
 */
export function voiceOfSentence(
  chain: Pick<VoiceChain, 'able'>,
  text: string,
  { deviceId, language, voice }: Pick<ReplyOptions, 'deviceId' | 'language' | 'voice'>,
  first = false,
): VoiceRequest {
  const own = { deviceId, language, voice };
  const other = otherLanguageOf(text, language);
  if (other === undefined) return own;
  const request = { deviceId, language: other, voice: undefined };
  const able = chain.able(request);
  if (other === 'zh-CN') return able.length > 0 || first ? request : own;
  const [preferred] = chain.able(own);
  return able.length === 0 || (preferred !== undefined && able.includes(preferred)) ? own : request;
}
