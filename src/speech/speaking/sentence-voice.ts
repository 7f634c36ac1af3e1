import { otherLanguageOf } from '../../core/index.js';
import type { ReplyOptions, VoiceRequest } from './speaking-port.js';
import type { VoiceChain } from './voice-chain.js';

/**
 * The voice for a sentence: that of the conversation, except for a Chinese sentence in a conversation of another
 * language, or an English one in a Chinese conversation whose voice does not speak English. Voices leave characters
 * that they do not know out without a word, so the sentence would be silence. `first`: of its reply. It fails rather
 * than be silent.
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
