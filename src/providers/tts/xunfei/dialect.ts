import { socketConnection } from '../../wire/connection.js';
import { failureOf, jsonMessage, numberIn, textIn, within } from '../../wire/json-news.js';
import type { ServiceTime } from '../../wire/service-time.js';
import type { TtsDialect, TtsNews, TtsParameters } from '../../wire/tts-dialect.js';
import { xunfeiAddress, type XunfeiAccount } from '../../wire/xunfei.js';

export interface XunfeiVoiceSettings extends XunfeiAccount {
  readonly url: string;
  readonly voice: string;
}

const RATE_HZ = 24_000;
const FIRST = 0;
const MIDDLE = 1;
const LAST = 2;

/** https://www.xfyun.cn/doc/spark/super%20smart-tts.html */
export function xunfeiVoice(
  settings: XunfeiVoiceSettings,
  parameters: TtsParameters,
  rate: number,
  key: string | undefined,
  time: ServiceTime,
): TtsDialect {
  let sent = 0;
  const send = (text: string, last: boolean): string => {
    const status = last ? LAST : sent === 0 ? FIRST : MIDDLE;
    return frame(settings, parameters, rate, { text, status, seq: sent++ });
  };
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'tts',
          address: () => xunfeiAddress(settings.url, settings, key, time),
          maxMessageBytes: 1024 * 1024,
          time,
        },
        signal,
      ),
    begin: () => [],
    takesTextAtOnce: true,
    say: (piece) => [send(piece, false)],
    end: () => [send('', true)],
    read(message): readonly TtsNews[] {
      const value = jsonMessage(message);
      const code = numberIn(within(value, 'header')['code']) ?? 0;
      if (code !== 0) return [failureOf(String(code), textIn(value, 'header', 'message'))];
      const audio = within(value, 'payload', 'audio');
      const bytes = Buffer.from(textIn(audio, 'audio'), 'base64');
      const rateHz = numberIn(audio['sample_rate']) ?? RATE_HZ;
      const over = audio['status'] === 2 || within(value, 'header')['status'] === 2;
      const rate = rateHz === RATE_HZ ? [] : [{ type: 'rate', rateHz } as const];
      return [...rate, { type: 'audio', bytes }, ...(over ? [{ type: 'over' } as const] : [])];
    },
  };
}

function frame(
  settings: XunfeiVoiceSettings,
  parameters: TtsParameters,
  rate: number,
  { text, status, seq }: { readonly text: string; readonly status: number; readonly seq: number },
): string {
  return JSON.stringify({
    header: { app_id: settings.app_id, status },
    parameter: {
      oral: { oral_level: 'mid' },
      tts: {
        vcn: parameters.voice ?? settings.voice,
        speed: Math.round(Math.min(100, Math.max(0, 50 * rate))),
        volume: 50,
        pitch: 50,
        audio: { encoding: 'raw', sample_rate: RATE_HZ, channels: 1, bit_depth: 16, frame_size: 0 },
      },
    },
    payload: {
      text: {
        encoding: 'utf8',
        compress: 'raw',
        format: 'plain',
        status,
        seq,
        text: Buffer.from(text).toString('base64'),
      },
    },
  });
}
