import { nlsAddress, NlsTask, type NlsAccount, type NlsToken } from '../../wire/aliyun-nls.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { numberIn, textIn } from '../../wire/json-news.js';

/** Aliyun's older speech service (NLS): https://help.aliyun.com/zh/isi/developer-reference/websocket */
export function aliyunNlsAsr({ url, appkey }: NlsAccount, key: string | undefined, tokens: NlsToken): AsrDialect {
  const task = new NlsTask('SpeechTranscriber', appkey);
  return {
    async connect(signal) {
      const token = await tokens.value(key);
      return socketConnection(
        { kind: 'asr', address: () => nlsAddress(url, token), maxMessageBytes: 256 * 1024 },
        signal,
      );
    },
    begin: () => [
      task.message('StartTranscription', {
        format: 'pcm',
        sample_rate: 16_000,
        enable_intermediate_result: true,
        enable_punctuation_prediction: true,
        enable_inverse_text_normalization: true,
        max_sentence_silence: 400,
      }),
    ],
    waitsForStart: true,
    audio: (pcm) => pcm,
    end: () => [task.message('StopTranscription')],
    read(message): readonly AsrNews[] {
      const { name, payload, failure } = task.read(message);
      const text = textIn(payload, 'result');
      switch (name) {
        case 'TranscriptionStarted':
          return [{ type: 'started' }];
        case 'TranscriptionResultChanged':
          return [{ type: 'text', text, final: false }];
        case 'SentenceEnd':
          return [{ type: 'text', text, final: true, untilMs: numberIn(payload['time']) }];
        case 'TranscriptionCompleted':
          return [{ type: 'over' }];
        case 'TaskFailed':
          return [failure];
        default:
          return [];
      }
    },
  };
}
