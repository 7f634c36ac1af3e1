import { randomInt, randomUUID } from 'node:crypto';
import { primarySubtag } from '../../../core/index.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { jsonMessage, numberIn, textIn, within } from '../../wire/json-news.js';
import type { ServiceTime } from '../../wire/service-time.js';
import { hmacBase64 } from '../../wire/signatures.js';

export interface TencentAsrSettings {
  readonly url: string;
  readonly app_id: string;
  readonly secret_id: string;
  readonly api_key?: string | undefined;
}

const DAY_S = 86_400;
/** 4004: the quota is used up. 4005: the account has debts. 4006: too many concurrent requests. */
const BUSY_CODES = new Set([4004, 4005, 4006]);
const REFUSED_CODES = new Set([4001, 4002, 4003]);

/** Tencent Cloud's realtime recognition: https://cloud.tencent.com/document/product/1093/48982 */
export function tencentAsr(
  settings: TencentAsrSettings,
  language: string,
  key: string | undefined,
  time: ServiceTime,
): AsrDialect {
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'asr',
          address: () => ({ url: signedUrl(settings, language, key, time) }),
          maxMessageBytes: 256 * 1024,
          time,
        },
        signal,
      ),
    begin: () => [],
    waitsForStart: true,
    audio: (pcm) => pcm,
    end: () => [JSON.stringify({ type: 'end' })],
    read(message): readonly AsrNews[] {
      const value = jsonMessage(message);
      const code = numberIn(value['code']) ?? 0;
      if (code !== 0) {
        const kind = BUSY_CODES.has(code) ? 'rate_limited' : REFUSED_CODES.has(code) ? 'rejected' : 'failed';
        return [{ type: 'failed', code: kind, message: `${code} ${textIn(value, 'message')}` }];
      }
      if (value['final'] === 1) return [{ type: 'over' }];
      if (value['result'] === undefined) return [{ type: 'started' }];
      const result = within(value, 'result');
      const final = result['slice_type'] === 2;
      return [
        {
          type: 'text',
          text: textIn(result, 'voice_text_str'),
          final,
          untilMs: final ? numberIn(result['end_time']) : undefined,
        },
      ];
    },
  };
}

function signedUrl(settings: TencentAsrSettings, language: string, key: string | undefined, time: ServiceTime): string {
  const url = new URL(`${settings.url.replace(/\/+$/u, '')}/${settings.app_id}`);
  const nowS = Math.floor(time.wallMs() / 1000);
  const values: Readonly<Record<string, string>> = {
    engine_model_type: `16k_${primarySubtag(language) === 'yue' ? 'yue' : primarySubtag(language)}`,
    expired: String(nowS + DAY_S),
    needvad: '1',
    nonce: String(randomInt(1e9)),
    secretid: settings.secret_id,
    timestamp: String(nowS),
    voice_format: '1',
    voice_id: randomUUID(),
  };
  const query = Object.keys(values)
    .sort()
    .map((name) => `${name}=${values[name]}`)
    .join('&');
  const signature = hmacBase64('sha1', key ?? '', `${url.host}${url.pathname}?${query}`);
  return `${url.href}?${query}&signature=${encodeURIComponent(signature)}`;
}
