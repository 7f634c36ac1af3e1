import { randomUUID } from 'node:crypto';
import { parseObject } from '../../wire/http.js';
import { socketConnection, type WireMessage } from '../../wire/connection.js';
import { failureOf, numberIn, textIn, within, type JsonObject } from '../../wire/json-news.js';
import type { RealtimeDialect, RealtimeNews } from '../../wire/realtime-dialect.js';
import {
  int32,
  readVolcFrame,
  sized,
  VOLC_EVENT,
  VOLC_FLAG,
  VOLC_FORMAT,
  VOLC_TYPE,
  volcFrame,
  VolcReader,
} from '../../wire/volcengine.js';
import type { RealtimeOpening } from '../realtime-port.js';

export interface DoubaoRealtimeSettings {
  readonly url: string;
  readonly app_id: string;
  readonly model: string;
  readonly voice: string;
}

const SEND_AUDIO = 200;
const END_ASR = 400;
const TEXT_QUERY = 501;
const INTERRUPT = 515;
const USAGE = 154;
const SPEECH_SENTENCE = 350;
const SPEECH_ENDED = 359;
const HEARD = 451;
const HEARD_ALL = 459;
const ANSWER_TEXT = 550;
const TEXT_CONFIRMED = 553;
const DIALOG_ERROR = 599;

/** Limit of the service. */
const MAX_ROLE_CHARS = 3_800;
/** The service's documentation gives this key for all applications. */
const APP_KEY = 'PlgvMymc7f3tQnJ6';

/**
 * Doubao's end-to-end realtime model: https://www.volcengine.com/docs/6561/1594356. In the mode `push_to_talk`, the
 * client declares the end of an utterance. The answer follows without a request.
 */
export function doubao(
  settings: DoubaoRealtimeSettings,
  opening: RealtimeOpening,
  key: string | undefined,
): RealtimeDialect {
  const session = randomUUID();
  const id = sized(Buffer.from(session));
  const send = (event: number, payload: unknown): Buffer =>
    volcFrame(VOLC_TYPE.request, VOLC_FLAG.event, VOLC_FORMAT.json, int32(event), id, json(payload));
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'realtime',
          address: () => ({ url: settings.url, headers: headersOf(settings, key, session) }),
          maxMessageBytes: 1024 * 1024,
        },
        signal,
      ),
    begin: () => [
      volcFrame(VOLC_TYPE.request, VOLC_FLAG.event, VOLC_FORMAT.json, int32(VOLC_EVENT.startConnection), json({})),
    ],
    setUp: () => [send(VOLC_EVENT.startSession, sessionOf(settings, opening))],
    inputHz: 16_000,
    outputHz: 24_000,
    answersByItself: true,
    audio: (pcm) => volcFrame(VOLC_TYPE.audio, VOLC_FLAG.event, VOLC_FORMAT.raw, int32(SEND_AUDIO), id, sized(pcm)),
    clear: () => [],
    commit: () => [send(END_ASR, {})],
    configure: () => [],
    text: (text) => [send(TEXT_QUERY, { content: text })],
    respond: () => [],
    cancel: () => [send(INTERRUPT, {})],
    truncate: () => [],
    read: new DoubaoReader().read,
  };
}

function headersOf({ app_id: app }: DoubaoRealtimeSettings, key: string | undefined, connectId: string) {
  return {
    'X-Api-App-ID': app,
    'X-Api-Access-Key': key ?? '',
    'X-Api-Resource-Id': 'volc.speech.dialog',
    'X-Api-App-Key': APP_KEY,
    'X-Api-Connect-Id': connectId,
  };
}

function sessionOf({ model, voice }: DoubaoRealtimeSettings, opening: RealtimeOpening): object {
  return {
    asr: { extra: {} },
    tts: {
      speaker: opening.voice ?? voice,
      audio_config: { channel: 1, format: 'pcm_s16le', sample_rate: 24_000 },
    },
    dialog: {
      ...(opening.name !== undefined && { bot_name: opening.name.slice(0, 20) }),
      system_role: opening.instructions.slice(0, MAX_ROLE_CHARS),
      extra: { strict_audit: false, input_mod: 'push_to_talk', model },
    },
  };
}

const json = (value: unknown): Buffer => sized(Buffer.from(JSON.stringify(value)));

/**
 * The service may send frames of an interrupted answer for a moment. The answer id identifies these frames, and they
 * are ignored.
 */
class DoubaoReader {
  #heard = '';
  #reply = '';
  #stale = '';
  #usage: JsonObject = {};

  readonly read = (message: WireMessage): readonly RealtimeNews[] => {
    if (typeof message === 'string') throw new TypeError('not a frame');
    const frame = readVolcFrame(message);
    const reader = new VolcReader(frame);
    const event = reader.int32();
    if (frame.type === VOLC_TYPE.error) return [failureOf(String(event), reader.sized().toString('utf8'))];
    reader.sized(false);
    const payload = reader.sized();
    if (event === VOLC_EVENT.speech)
      return this.#isStale ? [] : [{ type: 'audio', itemId: this.#reply, bytes: payload }];
    return this.#readJson(event, parseObject(payload.toString('utf8')) ?? {});
  };

  get #isStale(): boolean {
    return this.#reply !== '' && this.#reply === this.#stale;
  }

  #readJson(event: number, value: JsonObject): readonly RealtimeNews[] {
    switch (event) {
      case VOLC_EVENT.connectionStarted:
        return [{ type: 'connected' }];
      case VOLC_EVENT.sessionStarted:
        return [{ type: 'started' }];
      case HEARD:
        this.#heard = heardIn(value) || this.#heard;
        return [];
      case HEARD_ALL:
        return this.#next([{ type: 'transcript', text: this.#heard }]);
      case TEXT_CONFIRMED:
        return this.#next([]);
      case USAGE:
        this.#usage = within(value, 'usage');
        return [];
      case SPEECH_SENTENCE:
      case ANSWER_TEXT:
      case SPEECH_ENDED:
        return this.#answer(event, value);
      case VOLC_EVENT.connectionFailed:
      case VOLC_EVENT.sessionFailed:
      case VOLC_EVENT.sessionFinished:
        return [failureOf('', textIn(value, 'error') || 'the session is over')];
      case DIALOG_ERROR:
        return [failureOf(textIn(value, 'status_code'), textIn(value, 'message'))];
      default:
        return [];
    }
  }

  #next(news: readonly RealtimeNews[]): readonly RealtimeNews[] {
    this.#stale = this.#reply;
    this.#heard = '';
    return [...news, { type: 'response_begun' }];
  }

  #answer(event: number, value: JsonObject): readonly RealtimeNews[] {
    const reply = textIn(value, 'reply_id');
    if (reply !== '') this.#reply = reply;
    if (this.#isStale) return [];
    if (event === ANSWER_TEXT) return [{ type: 'text', text: textIn(value, 'content') }];
    if (event === SPEECH_SENTENCE) return [];
    const usage = this.#usage;
    this.#usage = {};
    return [
      {
        type: 'response_over',
        inputTokens: sumOf(usage, 'input_text_tokens', 'input_audio_tokens'),
        outputTokens: sumOf(usage, 'output_text_tokens', 'output_audio_tokens'),
      },
    ];
  }
}

/** The last result contains the whole text. */
function heardIn(value: JsonObject): string {
  const results: unknown = value['results'];
  const last: unknown = Array.isArray(results) ? results.at(-1) : undefined;
  return typeof last === 'object' && last !== null && 'text' in last && typeof last.text === 'string' ? last.text : '';
}

function sumOf(usage: JsonObject, ...names: readonly string[]): number | undefined {
  const numbers = names.flatMap((name) => numberIn(usage[name]) ?? []);
  return numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0);
}
