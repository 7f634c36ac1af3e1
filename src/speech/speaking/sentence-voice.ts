import { primarySubtag } from '../../core/index.js';
import type { ReplyOptions, VoiceRequest } from './speaking-port.js';
import type { VoiceChain } from './voice-chain.js';

/** Languages that are written with Chinese characters themselves. */
const WITH_HAN: ReadonlySet<string> = new Set(['zh', 'yue', 'ja']);
const LETTER = /\p{L}/gu;
const HAN = /\p{Script=Han}/gu;

/**
 * The voice for a sentence: that of the conversation, except for a Chinese sentence in a conversation of another
 * language, such as a message of a Chinese room. Voices of many other languages leave Chinese characters out without a
 * word, so the sentence would be silence.
 */
export function voiceOfSentence(
  chain: Pick<VoiceChain, 'able'>,
  text: string,
  { deviceId, language, voice }: Pick<ReplyOptions, 'deviceId' | 'language' | 'voice'>,
): VoiceRequest {
  const own = { deviceId, language, voice };
  if (WITH_HAN.has(primarySubtag(language))) return own;
  const han = text.match(HAN)?.length ?? 0;
  if (han * 2 <= (text.match(LETTER)?.length ?? 0)) return own;
  const chinese = { deviceId, language: 'zh-CN', voice: undefined };
  return chain.able(chinese).length > 0 ? chinese : own;
}
