import { createHash, createHmac, randomUUID } from 'node:crypto';
import { type Clock, type HttpClient } from '../../../core/index.js';
import type { ServiceGate } from '../../service-gate.js';
import { askService, jsonOf, parseObject } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { failureOf, textIn, within } from '../../wire/json-news.js';
import { said, serviceError } from '../../wire/refusal.js';
import type { ProbeContext } from '../../descriptor.js';
import type { TtsProvider } from '../tts-port.js';
import { ttsWords } from '../words.js';

export interface TencentSettings {
  readonly url: string;
  readonly secret_id: string;
  readonly region: string;
  readonly voice: string;
}

interface TencentContext {
  readonly clock: Clock;
  readonly gate: ServiceGate;
  readonly http: HttpClient | undefined;
  readonly rate: number;
}

const RATE_HZ = 24_000;

/** The requests are signed with TC3-HMAC-SHA256. */
export function tencentVoice(
  settings: TencentSettings,
  { clock, gate, http, rate: usual }: TencentContext,
): TtsProvider {
  return httpVoice({
    id: 'tencent',
    languages: ['*'],
    clock,
    gate,
    format: { kind: 'pcm', rateHz: RATE_HZ },
    expect: () => http?.open?.(settings.url),
    ask: ({ text, voice, language, rate = usual }, key, signal) => {
      const body = JSON.stringify({
        Text: text,
        SessionId: randomUUID(),
        VoiceType: Number(voice ?? settings.voice) || Number(settings.voice),
        Speed: speedOf(rate),
        PrimaryLanguage: language.startsWith('en') ? 2 : 1,
        Codec: 'pcm',
        SampleRate: RATE_HZ,
      });
      const headers = signed(settings, key ?? '', body, Math.floor(clock.wallMs() / 1000));
      return askService({ kind: 'tts', http, url: settings.url, headers, body }, signal);
    },
    unpack: audioOf,
  });
}

/**
 * The service's scale is linear between four points: -2 is 0.6 times the normal speed, 0 is 1 times, 2 is 1.5 times,
 * and 6 is 2.5 times.
 */
export function speedOf(rate: number): number {
  const speed = (rate - 1) * (rate < 1 ? 5 : 4);
  return Math.max(-2, Math.min(6, Math.round(speed * 10) / 10));
}

/**
 * Requests speech for an empty text, which costs nothing. The service checks the signature before it rejects the text.
 * Errors: `tts.*`.
 */
export async function probeTencent(
  settings: TencentSettings & { readonly api_key?: string | undefined },
  { clock, http, signal }: ProbeContext,
): Promise<void> {
  const body = JSON.stringify({ Text: '', SessionId: randomUUID(), VoiceType: Number(settings.voice) });
  const headers = signed(settings, settings.api_key ?? '', body, Math.floor(clock.wallMs() / 1000));
  const response = await askService({ kind: 'tts', http, url: settings.url, headers, body }, signal);
  const answer = within(await jsonOf('tts', response, signal), 'Response', 'Error');
  const code = textIn(answer, 'Code');
  if (!code.startsWith('AuthFailure')) return;
  throw serviceError('tts', 'rejected', said(`${code} ${textIn(answer, 'Message')}`));
}

const BEFORE_AUDIO = /"Audio"\s*:\s*"/u;
/** Maximum number of characters before the sound. Error messages are shorter, too. */
const MAX_HEAD_CHARS = 16_384;

/** An error also has status 200, but contains no sound. */
async function* audioOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  let text = '';
  let sounding = false;
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    if (!sounding) {
      const found = BEFORE_AUDIO.exec(text);
      if (!found && text.length > MAX_HEAD_CHARS) break;
      if (!found) continue;
      sounding = true;
      text = text.slice(found.index + found[0].length);
    }
    // JSON may escape slashes.
    text = text.replaceAll('\\', '');
    const end = text.indexOf('"');
    const whole = end < 0 ? text.length - (text.length % 4) : end;
    if (whole > 0) yield Buffer.from(text.slice(0, whole), 'base64');
    if (end >= 0) return;
    text = text.slice(whole);
  }
  const answer = within(parseObject(text) ?? {}, 'Response');
  const { code, message } = failureOf(textIn(answer, 'Error', 'Code'), textIn(answer, 'Error', 'Message'));
  throw serviceError('tts', code, message === '' ? ttsWords.sentNoSound : said(message));
}

const TYPE = 'application/json; charset=utf-8';
const SERVICE = 'tts';
const SIGNED = 'content-type;host';

/** https://cloud.tencent.com/document/api/1073/37991 */
export function signed(
  { url, secret_id: id, region }: Pick<TencentSettings, 'url' | 'secret_id' | 'region'>,
  key: string,
  body: string,
  atS: number,
): Readonly<Record<string, string>> {
  const { host } = new URL(url);
  const day = new Date(atS * 1000).toISOString().slice(0, 10);
  const scope = `${day}/${SERVICE}/tc3_request`;
  const request = ['POST', '/', '', `content-type:${TYPE}`, `host:${host}`, '', SIGNED, sha256(body)].join('\n');
  const text = ['TC3-HMAC-SHA256', String(atS), scope, sha256(request)].join('\n');
  const signing = [day, SERVICE, 'tc3_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `TC3${key}`,
  );
  const signature = createHmac('sha256', signing).update(text).digest('hex');
  return {
    'content-type': TYPE,
    authorization: `TC3-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${SIGNED}, Signature=${signature}`,
    'x-tc-action': 'TextToVoice',
    'x-tc-version': '2019-08-23',
    'x-tc-timestamp': String(atS),
    ...(region !== '' && { 'x-tc-region': region }),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
