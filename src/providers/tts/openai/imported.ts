import { both } from '../../../core/index.js';
import {
  isBranch,
  isPlaceholder,
  numberOf,
  textOf,
  withoutEndpoint,
  type Branch,
  type ImportedField,
  type ImportedProvider,
  type ImportRow,
} from '../../imported-settings.js';

const TO = 'tts.provider, tts.openai.base_url, tts.openai.model, tts.openai.voice, tts.openai.api_key, tts.rate';

export const IMPORTED_SPEECH: readonly ImportRow[] = [
  {
    types: ['openai'],
    to: TO,
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
    types: ['siliconflow'],
    to: TO,
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
    types: ['volcengine'],
    to: TO,
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
    types: ['custom'],
    to: TO,
    about: both(
      'Taken when its address ends in /audio/speech (Kokoro-FastAPI and the like); another protocol is not.',
      '地址以 /audio/speech 结尾时沿用（如 Kokoro-FastAPI）；其他协议不支持。',
    ),
    take: takeCustom,
  },
];

interface SpeechFields {
  readonly url: string | undefined;
  readonly urlField: string;
  readonly key: string;
  readonly model: string;
  readonly voice: string;
}

function takeSpeech(
  settings: Branch,
  { url, urlField, key, model, voice }: SpeechFields,
): ImportedProvider | undefined {
  if (url === undefined || isPlaceholder(url) || !URL.canParse(url) || !/^https?:\/\/[^/]/.test(url)) return undefined;
  const fields: ImportedField[] = [
    { field: 'type', key: 'tts.provider', value: 'openai' },
    { field: urlField, key: 'tts.openai.base_url', value: withoutEndpoint(url) },
  ];
  const text = (field: string, newKey: string): boolean => {
    const value = textOf(settings[field]);
    if (value === undefined || isPlaceholder(value)) return false;
    fields.push({ field, key: newKey, value });
    return true;
  };
  text(model, 'tts.openai.model');
  text(voice, 'tts.openai.voice');
  const speed = numberOf(settings['speed']);
  if (speed !== undefined && speed !== 1 && speed >= 0.5 && speed <= 2)
    fields.push({ field: 'speed', key: 'tts.rate', value: speed });
  const hasKey = text(key, 'tts.openai.api_key');
  return {
    fields,
    notes:
      hasKey || urlField === 'url'
        ? []
        : [both('There is no key in it: set tts.openai.api_key.', '其中没有密钥：请设置 tts.openai.api_key。')],
  };
}

function takeCustom(settings: Branch): ImportedProvider | undefined {
  const url = textOf(settings['url']);
  if (url === undefined || !/\/audio\/speech\/?$/.test(url)) return undefined;
  const params = isBranch(settings['params']) ? settings['params'] : {};
  const headers = isBranch(settings['headers']) ? settings['headers'] : {};
  const bearer = /^Bearer\s+(\S+)$/i.exec(textOf(headers['Authorization'] ?? headers['authorization']) ?? '')?.[1];
  const flat = { ...params, ...(bearer !== undefined && { api_key: bearer }) };
  return takeSpeech(flat, { url, urlField: 'url', key: 'api_key', model: 'model', voice: 'voice' });
}
