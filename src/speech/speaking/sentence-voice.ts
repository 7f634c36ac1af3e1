import { otherLanguageOf } from '../../core/index.js';
import type { ReplyOptions, VoiceRequest } from './speaking-port.js';
import type { VoiceChain } from './voice-chain.js';

/**
 * Chooses the voice for a sentence. This is the conversation's voice, except for a Chinese sentence in a conversation
 * of another language, and for an English sentence in a Chinese conversation whose voice does not speak English. These
 * get a voice of their own language, because voices silently skip characters that they do not know, so the sentence
 * would not be heard. `first`: the sentence is the first of its reply. If no voice can speak it, it fails instead of
 * being skipped.
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
