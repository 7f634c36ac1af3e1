import { z } from 'zod';
import { type Bilingual, both, hostOf } from '../core/index.js';

export const words = (en: string, zh: string) => ({ description: en, zh });

export const described = <S extends z.ZodType>(schema: S, en: string, zh: string): S => schema.meta(words(en, zh));

export const noSettings = z.strictObject({});

export const text = (max = 2048) => z.string().min(1).max(max);

export const httpUrl = z.url({ protocol: /^https?$/, hostname: /.+/, error: 'not an http(s) URL' }).max(2048);

export const wsUrl = z.url({ protocol: /^wss?$/, hostname: /.+/, error: 'not a ws(s) URL' }).max(2048);

const ADDRESS = words('Address of the service.', '服务的地址。');
export const httpAddress = (usual: string) => httpUrl.default(usual).meta(ADDRESS);
export const wsAddress = (usual: string) => wsUrl.default(usual).meta(ADDRESS);

export const modelName = (usual: string) => text(128).default(usual).meta(words('Its model.', '它的模型。'));

export const voiceName = (usual: string) => text(256).default(usual).meta(words('Its voice.', '它的音色。'));

export const serviceKey = (variables: readonly string[]) =>
  secret(
    'Key of the service, or several, separated by ' +
      `commas${variables.length > 0 ? `; also ${variables.join(', ')}` : ''}.`,
    `服务的密钥，可写多个，用逗号分隔${variables.length > 0 ? `；也可以用 ${variables.join('、')}` : ''}。`,
  ).meta({ page: true });

/** Masked in all output. `writeOnly` is JSON Schema's term for a secret. */
export const secret = (en: string, zh?: string, leastChars = 1) =>
  z
    .string()
    .min(leastChars)
    .max(8192)
    .optional()
    .meta({
      writeOnly: true,
      description: `${en} Better not in this file: write "file:/path" or "env:NAME", or set the environment variable.`,
      ...(zh !== undefined && { zh: `${zh}最好不写在这个文件里：写 "file:/path" 或 "env:NAME"，或设置环境变量。` }),
    });

export const accountId = () => z.string().max(128).default('').meta(words('Id of the application.', '应用的 APPID。'));

export const accountSecret = () => secret('Secret of the application.', '应用的 APISecret。');

/** Aliyun's older speech service. Its recogniser and its voices share these settings. */
export const nlsSettings = {
  appkey: z.string().max(128).default('').meta(words('AppKey of the project.', '项目的 AppKey。')),
  access_key_id: described(
    z.string().max(128).default(''),
    'Id of an access key; tokens are fetched with it. Without it the key is a token itself.',
    'AccessKey ID，用于获取令牌；不设置时，密钥本身就是令牌。',
  ),
  api_key: serviceKey(['ALIYUN_ACCESS_KEY_SECRET']),
  // Whoever runs a server at this address could reuse the signed request. So only Alibaba's hosts and loopback are
  // allowed.
  token_url: httpUrl
    .regex(/^https:\/\/nls-meta[\w.-]*\.aliyuncs\.com\/$|^http:\/\/127\.0\.0\.1(:\d+)?\//)
    .default('https://nls-meta.cn-shanghai.aliyuncs.com/')
    .meta({
      ...words('Address that issues tokens.', '获取令牌的地址。'),
      examples: ['https://nls-meta.cn-shanghai.aliyuncs.com/'],
      format: 'uri',
    }),
};

/** `only` lists the languages, by their subtags and in words, if the service does not decide. */
export const cloudVoice = (
  keyed?: 'api_key',
  only?: { readonly languages: readonly string[]; readonly words: Bilingual },
) =>
  ({
    local: false,
    languages: only?.languages ?? ['*'],
    // The voice costs money or needs a server of the user's own, so the user has to choose it.
    automatic: false,
    address: { setting: 'url', changeable: false },
    inTable: {
      languages: only?.words ?? both('by the service', '由服务决定'),
      needs: keyed ? both('an account and its key', '账户和密钥') : both('a server with it', '有它的服务器'),
      sounds: both('natural', '自然'),
    },
    unproven: true,
  }) as const;

/** Raw audio has no header that states its rate. */
export const sampleRate = (usual: number) =>
  described(
    z.int().min(8000).max(48_000).default(usual),
    'Samples a second, where it sends raw ones.',
    '发来裸 PCM 时的采样率。',
  );

export const concurrentSentences = (usual: number) =>
  z.int().min(1).max(64).default(usual).meta(words('Sentences at a time.', '同时合成的句子数。'));

export const concurrentUtterances = (usual: number) =>
  described(
    z.int().min(1).max(500).default(usual),
    'Utterances at a time with one key. The others wait; after 3 s the next recogniser is asked.',
    '每个密钥同时识别的句子数。其余的排队；超过 3 秒就改用下一个识别。',
  );

export const concurrentConversations = (usual: number) =>
  described(
    z.int().min(1).max(500).default(usual),
    'Conversations at a time with one key. Others wait; after 3 s recognition, language model and voice answer.',
    '每个密钥同时进行的对话数。其余的排队；超过 3 秒就由识别、大模型和声音来回答。',
  );

export const requestsPerMinute = (usual?: number) => {
  const field = z.int().min(1).max(100_000);
  const about = words(
    'Requests a minute with one key; further ones wait, or the next provider is asked. Without it: no limit is known.',
    '每个密钥每分钟的请求数；超出的排队，或改用下一个提供者。不设置：没有已知的限制。',
  );
  return (usual === undefined ? field.optional() : field.default(usual)).meta(about);
};

export interface ServiceLimits {
  readonly concurrent: number;
  readonly perMinute?: number | undefined;
}

export const serviceLimits = (settings: {
  readonly max_concurrent: number;
  readonly max_per_minute?: number | undefined;
}): ServiceLimits => ({ concurrent: settings.max_concurrent, perMinute: settings.max_per_minute });

/** Returns true for addresses of this machine or this network, and for names that only a local network resolves. */
export function isLocalAddress(url: string): boolean {
  let host: string;
  try {
    host = hostOf(url);
  } catch {
    return false;
  }
  if (host.includes(':')) return host === '::1' || /^f[cd]|^fe[89ab]/i.test(host);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host))
    return /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(host);
  return !host.includes('.') || /\.(?:local|lan|internal|home)$/i.test(host);
}
