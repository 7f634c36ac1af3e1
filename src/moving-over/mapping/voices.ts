import { both } from '../bilingual.js';
import { isPlaceholder, numberOf, textOf, isBranch, type Branch } from '../tree.js';
import { trimmed } from './openai-service.js';
import type { ProviderRow, ProviderTaken, Taking } from './row.js';

const OPENAI_TO = 'tts.provider, tts.openai.base_url, tts.openai.model, tts.openai.voice, tts.openai.api_key, tts.rate';

const none = (types: readonly string[], en: string, zh: string): ProviderRow => ({
  module: 'TTS',
  types,
  about: both(
    `${en} has a protocol of its own. Nearest: the voice of Edge, free and without a key (tts.provider auto), or a local one (\`chorus models list\`).`,
    `${zh}使用自己的协议。最接近的做法：Edge 语音，免费且不需要密钥（tts.provider auto），或本地语音（\`chorus models list\`）。`,
  ),
});

/** Voices, by their `type`. */
export const VOICES: readonly ProviderRow[] = [
  {
    module: 'TTS',
    types: ['edge'],
    to: 'tts.provider, tts.voice',
    about: both('The same service and the same voice.', '同一服务，同一音色。'),
    take: takeEdge,
  },
  {
    module: 'TTS',
    types: ['openai'],
    to: OPENAI_TO,
    about: both(
      'OpenAI-compatible: address, model, voice, key and speed are taken.',
      '兼容 OpenAI：沿用地址、模型、音色、密钥和语速。',
    ),
    take: (settings) =>
      takeSpeech(settings, {
        url: textOf(settings['api_url']) ?? textOf(settings['base_url']),
        urlField: 'api_url',
        key: 'api_key',
        model: 'model',
        voice: 'voice',
      }),
  },
  {
    module: 'TTS',
    types: ['siliconflow'],
    to: OPENAI_TO,
    about: both(
      'SiliconFlow speaks OpenAI’s protocol (https://api.siliconflow.cn/v1/audio/speech).',
      '硅基流动兼容 OpenAI 接口（https://api.siliconflow.cn/v1/audio/speech）。',
    ),
    take: (settings) =>
      takeSpeech(settings, {
        url: 'https://api.siliconflow.cn/v1',
        urlField: 'type',
        key: 'access_token',
        model: 'model',
        voice: 'voice',
      }),
  },
  {
    module: 'TTS',
    types: ['volcengine'],
    to: OPENAI_TO,
    about: both(
      'The gateway of Volcengine, OpenAI-compatible at https://HOST/v1.',
      '火山引擎边缘大模型网关，兼容接口为 https://主机/v1。',
    ),
    take: (settings) =>
      takeSpeech(settings, {
        url: `https://${textOf(settings['host']) ?? ''}/v1`,
        urlField: 'host',
        key: 'api_key',
        model: 'model_name',
        voice: 'voice',
      }),
  },
  {
    module: 'TTS',
    types: ['custom'],
    to: OPENAI_TO,
    about: both(
      'Taken when its address ends in /audio/speech (Kokoro-FastAPI and the like); another protocol is not.',
      '地址以 /audio/speech 结尾时沿用（如 Kokoro-FastAPI）；其他协议不支持。',
    ),
    take: takeCustom,
  },
  none(['doubao', 'huoshan_double_stream', 'gizwits', '302ai'], 'Doubao (Volcengine) speech', '豆包（火山引擎）语音'),
  none(['cozecn'], 'Coze', '扣子（Coze）'),
  none(['fishspeech'], 'Fish Speech', 'Fish Speech '),
  none(['gpt_sovits_v2', 'gpt_sovits_v3'], 'GPT-SoVITS', 'GPT-SoVITS '),
  none(['minimax', 'minimax_httpstream'], 'MiniMax', 'MiniMax '),
  none(
    ['aliyun', 'aliyun_stream', 'alibl_stream', 'cosyvoice'],
    'Aliyun (CosyVoice) speech',
    '阿里云（CosyVoice）语音',
  ),
  none(['tencent'], 'Tencent Cloud speech', '腾讯云语音'),
  none(['xunfei_stream'], 'iFlytek speech', '讯飞语音'),
  none(['ttson'], 'ACGN TTS', 'ACGN TTS '),
  none(['linkerai'], 'LinkerAI', 'LinkerAI '),
  none(['paddle_speech'], 'PaddleSpeech', 'PaddleSpeech '),
  none(['index_stream'], 'Index-TTS', 'Index-TTS '),
  none(['elevenlabs', 'gemini', 'azure', 'deepgram', 'kittentts', 'piper'], 'This voice', '该语音'),
];

function takeEdge(settings: Branch): ProviderTaken {
  const voice = textOf(settings['voice']);
  const usable = voice !== undefined && /^[a-z]{2,3}-[A-Za-z-]+Neural$/.test(voice);
  return {
    takings: [
      { field: 'type', key: 'tts.provider', value: 'edge' },
      ...(usable ? [{ field: 'voice', key: 'tts.voice', value: voice }] : []),
    ],
  };
}

interface SpeechFields {
  readonly url: string | undefined;
  readonly urlField: string;
  readonly key: string;
  readonly model: string;
  readonly voice: string;
}

function takeSpeech(settings: Branch, { url, urlField, key, model, voice }: SpeechFields): ProviderTaken | undefined {
  if (url === undefined || isPlaceholder(url) || !URL.canParse(url) || !/^https?:\/\/[^/]/.test(url)) return undefined;
  const takings: Taking[] = [
    { field: 'type', key: 'tts.provider', value: 'openai' },
    { field: urlField, key: 'tts.openai.base_url', value: trimmed(url) },
  ];
  const text = (field: string, newKey: string): boolean => {
    const value = textOf(settings[field]);
    if (value === undefined || isPlaceholder(value)) return false;
    takings.push({ field, key: newKey, value });
    return true;
  };
  text(model, 'tts.openai.model');
  text(voice, 'tts.openai.voice');
  const speed = numberOf(settings['speed']);
  if (speed !== undefined && speed !== 1 && speed >= 0.5 && speed <= 2)
    takings.push({ field: 'speed', key: 'tts.rate', value: speed });
  const hasKey = text(key, 'tts.openai.api_key');
  return {
    takings,
    notes:
      hasKey || urlField === 'url'
        ? []
        : [both('There is no key in it: set tts.openai.api_key.', '其中没有密钥：请设置 tts.openai.api_key。')],
  };
}

function takeCustom(settings: Branch): ProviderTaken | undefined {
  const url = textOf(settings['url']);
  if (url === undefined || !/\/audio\/speech\/?$/.test(url)) return undefined;
  const params = isBranch(settings['params']) ? settings['params'] : {};
  const headers = isBranch(settings['headers']) ? settings['headers'] : {};
  const bearer = /^Bearer\s+(\S+)$/i.exec(textOf(headers['Authorization'] ?? headers['authorization']) ?? '')?.[1];
  const flat = { ...params, ...(bearer !== undefined && { api_key: bearer }) };
  return takeSpeech(flat, { url, urlField: 'url', key: 'api_key', model: 'model', voice: 'voice' });
}
