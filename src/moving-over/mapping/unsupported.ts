import { both } from '../../core/index.js';
import type { ProviderRow } from './row.js';

const noModel = (types: readonly string[], en: string, zh: string): ProviderRow => ({
  module: 'LLM',
  types,
  about: both(
    `${en} Until then the offline assistant answers; nearest: llm.preset with a key (\`chorus setup\` tries one).`,
    `${zh}在此之前由离线助手回答；最接近的做法：llm.preset 加密钥（\`chorus setup\` 可以试用）。`,
  ),
});

export const OTHER_LANGUAGE_MODELS: readonly ProviderRow[] = [
  noModel(
    ['langflow', 'codex', 'zgc_agent', 'hybrid_router', 'doubao_cache', 'aistudio'],
    'Not a part of that server everywhere, and with a protocol of its own.',
    '并非该服务器通用的类型，使用自己的协议。',
  ),
];

const noVoice = (types: readonly string[], en: string, zh: string): ProviderRow => ({
  module: 'TTS',
  types,
  about: both(
    `${en} has a protocol of its own. Nearest: the voice of Edge, free and without a key ` +
      `(tts.provider auto), or a local one (\`chorus models list\`).`,
    `${zh}使用自己的协议。最接近的做法：Edge 语音，免费且不需要密钥（tts.provider auto），或本地语音（\`chorus models list\`）。`,
  ),
});

export const OTHER_VOICES: readonly ProviderRow[] = [
  noVoice(['gizwits', '302ai'], 'Doubao by a reseller', '豆包（经销商）语音'),
  noVoice(['cozecn'], 'Coze', '扣子（Coze）'),
  noVoice(['ttson'], 'ACGN TTS', 'ACGN TTS '),
  noVoice(['linkerai'], 'LinkerAI', 'LinkerAI '),
  noVoice(['paddle_speech'], 'PaddleSpeech', 'PaddleSpeech '),
  noVoice(['gemini', 'deepgram', 'kittentts', 'piper'], 'This voice', '该语音'),
];
