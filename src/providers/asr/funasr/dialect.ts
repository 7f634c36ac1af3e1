import { jsonOrUndefined } from '../../../core/index.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { jsonMessage, numberIn, textIn } from '../../wire/json-news.js';
import { hexId } from '../../wire/socket.js';

export interface FunasrSettings {
  readonly url: string;
  readonly api_key?: string | undefined;
  readonly hotwords: Readonly<Record<string, number>>;
}

const BYTES_PER_MS = 32;
/** The reported end of a text is inexact. The last answer may end this long before the end of the audio. */
const TAIL_MS = 1_500;

/**
 * FunASR's two-pass mode sends a fast text during speech. Later, a better text replaces each sentence.
 * https://github.com/modelscope/FunASR/blob/main/runtime/docs/websocket_protocol.md
 */
export function funasr({ url, hotwords }: FunasrSettings, key: string | undefined): AsrDialect {
  let quick = '';
  let sentMs = 0;
  let ended = false;
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'asr',
          address: () => ({
            url,
            protocols: ['binary'],
            ...(key !== undefined && { headers: { Authorization: `Bearer; ${key}` } }),
          }),
          maxMessageBytes: 256 * 1024,
        },
        signal,
      ),
    begin: () => [
      JSON.stringify({
        mode: '2pass',
        wav_name: hexId(),
        wav_format: 'pcm',
        audio_fs: 16_000,
        is_speaking: true,
        chunk_size: [5, 10, 5],
        chunk_interval: 10,
        itn: true,
        // The protocol's document requires a string, not an object.
        ...(Object.keys(hotwords).length > 0 && { hotwords: JSON.stringify(hotwords) }),
      }),
    ],
    audio(pcm) {
      sentMs += pcm.length / BYTES_PER_MS;
      return pcm;
    },
    end() {
      ended = true;
      return [JSON.stringify({ is_speaking: false })];
    },
    read(message): readonly AsrNews[] {
      const value = jsonMessage(message);
      const mode = textIn(value, 'mode');
      // SenseVoice puts tags for language, emotion and sound type before the text.
      const text = textIn(value, 'text').replaceAll(/<\|[^|]*\|>/gu, '');
      if (mode === '2pass-online' || mode === 'online') {
        quick += text;
        return [{ type: 'text', text: quick, final: false }];
      }
      if (!mode.endsWith('offline')) return [];
      quick = '';
      const untilMs = endOf(value['timestamp']);
      // `is_final` is unreliable. So the last answer is one without times, or one that reaches the end of the audio.
      const over = ended && (untilMs === undefined || untilMs >= sentMs - TAIL_MS);
      return [{ type: 'text', text, final: true, untilMs }, ...(over ? [{ type: 'over' } as const] : [])];
    },
  };
}

/** The service sends the times of the words in ms, such as `[[0,240],[240,480]]`, possibly as a string. */
function endOf(timestamp: unknown): number | undefined {
  const words = typeof timestamp === 'string' ? jsonOrUndefined(timestamp) : timestamp;
  const last: unknown = Array.isArray(words) ? words.at(-1) : undefined;
  return Array.isArray(last) ? numberIn(last[1]) : undefined;
}
