import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  httpUrl,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  voiceName,
  words,
} from '../../settings.js';
import { askService } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { escapeXml } from '../../wire/xml.js';
import { probeHttp } from '../../wire/probe.js';

const KEYS = ['AZURE_SPEECH_KEY', 'SPEECH_KEY'];

const addressOf = ({ url, region }: { readonly url?: string | undefined; readonly region: string }): string =>
  url ?? `https://${region}.tts.speech.microsoft.com/cognitiveservices/v1`;

/** https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech */
export const azure = defineVoice({
  id: 'azure',
  name: both('Azure', 'Azure'),
  about: both(
    'Voices of Azure, the paid and official sisters of those of Edge.',
    'Azure 语音：Edge 音色的官方付费版本。',
  ),
  ...cloudVoice('api_key'),
  key: { variables: KEYS, required: true },
  settings: z.strictObject({
    region: z
      .string()
      .regex(/^[a-z0-9]{2,32}$/)
      .default('eastasia')
      .meta({ ...words('Region of the resource.', '资源所在的区域。'), examples: ['eastasia'] }),
    url: httpUrl.optional().meta(words('Another address than that of the region.', '不用该区域的地址时，另填地址。')),
    voice: voiceName('zh-CN-XiaoxiaoNeural'),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentSentences(8),
    max_per_minute: requestsPerMinute(),
  }),
  importFrom: [keyedService('tts', 'azure', ['azure'], { api_key: 'api_key', region: 'region', voice: 'voice' })],
  limits: serviceLimits,
  create(of, { clock, gate, http, rate: usualRate }) {
    const url = addressOf(of);
    return httpVoice({
      id: 'azure',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 24_000 },
      expect: () => http?.open?.(url),
      ask: ({ text: said, voice = of.voice, rate = usualRate }, key, signal) =>
        askService(
          {
            kind: 'tts',
            http,
            url,
            headers: {
              'content-type': 'application/ssml+xml',
              'ocp-apim-subscription-key': key ?? '',
              'x-microsoft-outputformat': 'raw-24khz-16bit-mono-pcm',
              'user-agent': 'chorus',
            },
            body:
              `<speak version='1.0' xml:lang='${/^[a-z]{2,3}-[A-Z]{2}/u.exec(voice)?.[0] ?? 'en-US'}'>` +
              `<voice name='${escapeXml(voice)}'><prosody rate='${Math.round((rate - 1) * 100)}%'>` +
              `${escapeXml(said)}</prosody></voice></speak>`,
          },
          signal,
        ),
    });
  },
  probe: (of, context) =>
    probeHttp(
      'tts',
      new URL('/cognitiveservices/voices/list', addressOf(of)).href,
      (key) => ({ 'ocp-apim-subscription-key': key }),
      of.api_key,
      context,
    ),
});
