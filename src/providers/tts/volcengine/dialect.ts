import { randomUUID } from 'node:crypto';
import { socketConnection, type WireMessage } from '../../wire/connection.js';
import { failureOf } from '../../wire/json-news.js';
import type { TtsDialect, TtsNews, TtsParameters } from '../../wire/tts-dialect.js';
import { keptConnection, type WarmSockets } from '../../wire/warm-sockets.js';
import {
  int32,
  readVolcFrame,
  sized,
  VOLC_EVENT,
  VOLC_FLAG,
  VOLC_FORMAT,
  VOLC_TYPE,
  volcFrame,
  volcHeaders,
  VolcReader,
} from '../../wire/volcengine.js';

export interface VolcengineVoiceSettings {
  readonly url: string;
  readonly app_id?: string | undefined;
  readonly resource_id: string;
  readonly voice: string;
}

export const RATE_HZ = 24_000;
const TEXT = 200;

/** Doubao's voices, streaming in both directions: https://www.volcengine.com/docs/6561/1329505 */
export function volcengineVoice(
  settings: VolcengineVoiceSettings,
  parameters: TtsParameters,
  rate: number,
  key: string | undefined,
  sockets?: WarmSockets,
): TtsDialect {
  const session = randomUUID();
  let reused = false;
  const send = (event: number, payload: unknown, id = true): Buffer =>
    volcFrame(
      VOLC_TYPE.request,
      VOLC_FLAG.event,
      VOLC_FORMAT.json,
      int32(event),
      id ? sized(Buffer.from(session)) : new Uint8Array(0),
      json(payload),
    );
  const params = (event: number, more: object): object => ({
    user: { uid: session },
    event,
    namespace: 'BidirectionalTTS',
    req_params: {
      speaker: parameters.voice ?? settings.voice,
      audio_params: { format: 'pcm', sample_rate: RATE_HZ, speech_rate: speedOf(rate) },
      ...more,
    },
  });
  const startSession = (): readonly WireMessage[] => [
    send(VOLC_EVENT.startSession, params(VOLC_EVENT.startSession, {})),
  ];
  const kept = keptConnection(
    (signal) =>
      socketConnection(
        {
          kind: 'tts',
          address: () => ({ url: settings.url, headers: volcHeaders(settings, key, session) }),
          maxMessageBytes: 1024 * 1024,
        },
        signal,
      ),
    key,
    sockets,
  );
  return {
    ...kept,
    async connect(signal, fresh) {
      const connection = await kept.connect(signal, fresh);
      reused = connection.reused === true;
      return connection;
    },
    begin: () => (reused ? startSession() : [send(VOLC_EVENT.startConnection, {}, false)]),
    say: (text) => [send(TEXT, params(TEXT, { text }))],
    end: () => [send(VOLC_EVENT.finishSession, {})],
    read: (message) => read(message, startSession),
  };
}

const json = (value: unknown): Buffer => sized(Buffer.from(JSON.stringify(value)));

const speedOf = (rate: number): number => Math.round(Math.min(100, Math.max(-50, (rate - 1) * 100)));

function read(message: WireMessage, session: () => readonly WireMessage[]): readonly TtsNews[] {
  if (typeof message === 'string') throw new TypeError('not a frame');
  const frame = readVolcFrame(message);
  const reader = new VolcReader(frame);
  const event = reader.int32();
  if (frame.type === VOLC_TYPE.error) return [failureOf(String(event), reader.sized().toString('utf8'))];
  reader.sized(false);
  switch (event) {
    case VOLC_EVENT.connectionStarted:
      return [{ type: 'next', messages: session() }];
    case VOLC_EVENT.sessionStarted:
      return [{ type: 'started' }];
    case VOLC_EVENT.speech:
      return [{ type: 'audio', bytes: reader.sized() }];
    case VOLC_EVENT.sessionFinished:
      return [{ type: 'over' }];
    case VOLC_EVENT.connectionFailed:
    case VOLC_EVENT.sessionFailed:
      return [failureOf('', reader.sized().toString('utf8'))];
    default:
      return [];
  }
}
