import type { WireMessage } from '../../wire/connection.js';
import { socketConnection } from '../../wire/connection.js';
import { failureOf, jsonMessage, numberIn, textIn, within, type JsonObject } from '../../wire/json-news.js';
import type { TtsDialect, TtsNews, TtsParameters } from '../../wire/tts-dialect.js';

export interface MinimaxSettings {
  readonly url: string;
  readonly group_id: string;
  readonly model: string;
  readonly voice: string;
}

const RATE_HZ = 24_000;
/** 1002: too many requests. 1039: too many tokens. 1008: no credit left. */
const BUSY_CODES = new Set([1002, 1008, 1039]);
const REFUSED_CODES = new Set([1004, 2013, 2049]);

/** `/v1/t2a_v2` becomes `/ws/v1/t2a_v2_bidi`. */
export function minimaxSocket({ url, group_id: group }: Pick<MinimaxSettings, 'url' | 'group_id'>): string {
  const socket = new URL(url);
  socket.protocol = socket.protocol === 'http:' ? 'ws:' : 'wss:';
  socket.pathname = `/ws${socket.pathname.replace(/\/+$/u, '')}_bidi`;
  if (group !== '') socket.searchParams.set('GroupId', group);
  return socket.href;
}

const event = (name: string, more: object = {}): WireMessage => JSON.stringify({ event: name, ...more });

/**
 * The service collects the text into sentences:
 * https://platform.minimaxi.com/docs/api-reference/speech-t2a-websocket-bidi
 */
export function minimaxVoice(
  settings: MinimaxSettings,
  parameters: TtsParameters,
  rate: number,
  key: string | undefined,
): TtsDialect {
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'tts',
          address: () => ({ url: minimaxSocket(settings), headers: { Authorization: `Bearer ${key ?? ''}` } }),
          maxMessageBytes: 2 * 1024 * 1024,
        },
        signal,
      ),
    begin: () => [],
    say: (text) => [event('task_continue', { text })],
    end: () => [event('task_finish')],
    read(message): readonly TtsNews[] {
      const value = jsonMessage(message);
      const name = textIn(value, 'event');
      const code = numberIn(within(value, 'base_resp')['status_code']) ?? 0;
      if (code !== 0 || name === 'task_failed') {
        const failure = failureOf(String(code), textIn(value, 'base_resp', 'status_msg'));
        if (BUSY_CODES.has(code)) return [{ ...failure, code: 'rate_limited' }];
        return [REFUSED_CODES.has(code) ? { ...failure, code: 'rejected' } : failure];
      }
      if (name === 'task_started') return [{ type: 'started' }];
      if (name === 'task_finished') return [{ type: 'over' }];
      if (name !== 'connected_success') return audioIn(value);
      const task = {
        model: settings.model,
        voice_setting: { voice_id: parameters.voice ?? settings.voice, speed: rate, vol: 1, pitch: 0 },
        audio_setting: { sample_rate: RATE_HZ, format: 'pcm', channel: 1 },
      };
      return [{ type: 'next', messages: [event('task_start', task)] }];
    },
  };
}

/** The service may state the sample rate only with the last audio. */
function audioIn(value: JsonObject): readonly TtsNews[] {
  const rateHz = numberIn(within(value, 'extra_info')['audio_sample_rate']) ?? RATE_HZ;
  const bytes = Buffer.from(textIn(value, 'data', 'audio'), 'hex');
  return [...(rateHz === RATE_HZ ? [] : [{ type: 'rate', rateHz } as const]), { type: 'audio', bytes }];
}
