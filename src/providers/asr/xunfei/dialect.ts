import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { parseObject } from '../../wire/http.js';
import { failureOf, jsonMessage, numberIn, textIn, within } from '../../wire/json-news.js';
import type { ServiceTime } from '../../wire/service-time.js';
import { xunfeiAddress, type XunfeiAccount } from '../../wire/xunfei.js';

export interface XunfeiAsrSettings extends XunfeiAccount {
  readonly url: string;
}

const BUSY_CODES = new Set([11_200, 11_201, 11_202, 11_203]);

/** iFlytek's large model for Mandarin. Audio and answers are base64 in JSON. A new text may replace earlier texts. */
export function xunfeiAsr(settings: XunfeiAsrSettings, key: string | undefined, time: ServiceTime): AsrDialect {
  const pieces = new Map<number, string>();
  let first = true;
  const frame = (status: number, audio: Uint8Array): string => audioFrame(settings.app_id, status, audio);
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'asr',
          address: () => xunfeiAddress(settings.url, settings, key, time),
          maxMessageBytes: 256 * 1024,
          time,
        },
        signal,
      ),
    begin: () => [],
    // The service's documentation recommends this length.
    messageMs: 40,
    audio(pcm) {
      const status = first ? 0 : 1;
      first = false;
      return frame(status, pcm);
    },
    end: () => [frame(2, new Uint8Array(0))],
    read(message): readonly AsrNews[] {
      const value = jsonMessage(message);
      const header = within(value, 'header');
      const code = numberIn(header['code']) ?? 0;
      if (code !== 0) {
        const failure = failureOf(String(code), textIn(value, 'header', 'message'));
        return [BUSY_CODES.has(code) ? { ...failure, code: 'rate_limited' } : failure];
      }
      const news: AsrNews[] = [];
      const result = parseObject(Buffer.from(textIn(value, 'payload', 'result', 'text'), 'base64').toString('utf8'));
      if (result) {
        take(pieces, result);
        news.push({ type: 'text', text: [...pieces.values()].join(''), final: false, whole: true });
      }
      if (header['status'] === 2) news.push({ type: 'over' });
      return news;
    },
  };
}

/** `pgs: rpl` with `rg: [a, b]` means that this text replaces the texts a to b. */
function take(pieces: Map<number, string>, result: Readonly<Record<string, unknown>>): void {
  const { pgs, rg, sn, ws } = result;
  if (pgs === 'rpl' && Array.isArray(rg)) {
    const [from, to] = rg.map(Number);
    for (const number of pieces.keys()) if (number >= (from ?? 0) && number <= (to ?? -1)) pieces.delete(number);
  }
  const words = (Array.isArray(ws) ? ws : []) as readonly { readonly cw?: readonly { readonly w?: unknown }[] }[];
  const text = words.map(({ cw }) => (typeof cw?.[0]?.w === 'string' ? cw[0].w : '')).join('');
  pieces.set(numberIn(sn) ?? pieces.size, text);
}

function audioFrame(appId: string, status: number, audio: Uint8Array): string {
  return JSON.stringify({
    header: { app_id: appId, status },
    ...(status === 0 && {
      parameter: {
        iat: {
          domain: 'slm',
          language: 'zh_cn',
          accent: 'mandarin',
          dwa: 'wpgs',
          eos: 6_000,
          result: { encoding: 'utf8', compress: 'raw', format: 'json' },
        },
      },
    }),
    payload: {
      audio: {
        encoding: 'raw',
        sample_rate: 16_000,
        channels: 1,
        bit_depth: 16,
        status,
        audio: Buffer.from(audio).toString('base64'),
      },
    },
  });
}
