import { primarySubtag } from '../../../core/index.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { dashscopeAddress } from '../../wire/dashscope.js';
import { failureOf, jsonMessage, textIn } from '../../wire/json-news.js';
import { hexId } from '../../wire/socket.js';

/** Qwen3-ASR. Its events are like those of OpenAI's Realtime API. The client declares the end of the speech. */
export function qwenAsr(
  { url, model }: { readonly url: string; readonly model: string },
  language: string,
  key: string | undefined,
): AsrDialect {
  const address = (): ReturnType<typeof dashscopeAddress> => {
    const full = new URL(url);
    full.searchParams.set('model', model);
    return dashscopeAddress(full.href, key);
  };
  return {
    connect: (signal) => socketConnection({ kind: 'asr', address, maxMessageBytes: 256 * 1024 }, signal),
    begin: () => [
      event('session.update', {
        session: {
          modalities: ['text'],
          input_audio_format: 'pcm',
          sample_rate: 16_000,
          input_audio_transcription: { language: primarySubtag(language) },
          turn_detection: null,
        },
      }),
    ],
    waitsForStart: true,
    audio: (pcm) => event('input_audio_buffer.append', { audio: Buffer.from(pcm).toString('base64') }),
    end: () => [event('input_audio_buffer.commit'), event('session.finish')],
    read(message): readonly AsrNews[] {
      const value = jsonMessage(message);
      switch (value['type']) {
        case 'session.updated':
          return [{ type: 'started' }];
        case 'conversation.item.input_audio_transcription.text':
          return [{ type: 'text', text: textIn(value, 'text') + textIn(value, 'stash'), final: false }];
        case 'conversation.item.input_audio_transcription.completed':
          return [{ type: 'text', text: textIn(value, 'transcript'), final: true }];
        case 'conversation.item.input_audio_transcription.failed':
        case 'error':
          return [failureOf(textIn(value, 'error', 'code'), textIn(value, 'error', 'message'))];
        case 'session.finished':
          return [{ type: 'over' }];
        default:
          return [];
      }
    },
  };
}

const event = (type: string, fields: object = {}): string =>
  JSON.stringify({ event_id: `event_${hexId()}`, type, ...fields });
