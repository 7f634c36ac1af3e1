import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  httpAddress,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  words,
} from '../../settings.js';
import { probeTencent, tencentVoice } from './tencent.js';

const KEYS = ['TENCENTCLOUD_SECRET_KEY'];

/** https://cloud.tencent.com/document/product/1073/37995 */
export const tencent = defineVoice({
  id: 'tencent',
  name: both('Tencent Cloud', '腾讯云'),
  about: both('Voices of Tencent Cloud, a sentence at a time.', '腾讯云语音合成，一次一句。'),
  ...cloudVoice('api_key'),
  key: { variables: KEYS, required: true },
  settings: z
    .strictObject({
      url: httpAddress('https://tts.tencentcloudapi.com'),
      secret_id: z.string().max(128).default('').meta(words('SecretId of the account.', '账户的 SecretId。')),
      region: z
        .string()
        .regex(/^[a-z0-9-]{0,32}$/)
        .default('ap-guangzhou')
        .meta({ ...words('Region of the service.', '服务所在的地域。'), examples: ['ap-guangzhou'] }),
      voice: z
        .string()
        .regex(/^\d{1,9}$/)
        .default('501002')
        .meta({ ...words('Number of the voice (VoiceType).', '音色编号（VoiceType）。'), examples: ['501002'] }),
      api_key: serviceKey(KEYS),
      max_concurrent: concurrentSentences(10),
      max_per_minute: requestsPerMinute(),
    })
    .meta(words('Voices of Tencent Cloud; the key is the SecretKey.', '腾讯云语音合成；密钥为 SecretKey。')),
  importFrom: [
    keyedService('tts', 'tencent', ['tencent'], {
      api_key: 'secret_key',
      secret_id: 'secret_id',
      region: 'region',
      voice: 'voice',
    }),
  ],
  limits: serviceLimits,
  create: (of, { clock, gate, http, rate }) => tencentVoice(of, { clock, gate, http, rate }),
  probe: probeTencent,
});
