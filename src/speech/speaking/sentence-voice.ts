import { otherLanguageOf } from '../../core/index.js';
import type { ReplyOptions, VoiceRequest } from './speaking-port.js';
import type { VoiceChain } from './voice-chain.js';

/**
 * Chooses the voice for a sentence. Voices silently skip characters that they do not know. A Chinese sentence in a
 * conversation in another language therefore gets a Chinese voice. An English sentence in a Chinese conversation gets
 * an English voice if the Chinese voice speaks no English. If `first` is true, a Chinese sentence that no voice can
 * speak fails instead of being skipped.
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
