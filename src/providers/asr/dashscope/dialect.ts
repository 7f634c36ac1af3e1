import { primarySubtag } from '../../../core/index.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { dashscopeSocket, DashscopeTask } from '../../wire/dashscope.js';
import type { WarmSockets } from '../../wire/warm-sockets.js';
import { numberIn, textIn, within } from '../../wire/json-news.js';
import { textOrEmpty } from '../../wire/http.js';

export interface DashscopeAsrSettings {
  readonly url: string;
  readonly model: string;
  readonly vocabulary_id?: string | undefined;
}

/** Paraformer and Fun-ASR: https://help.aliyun.com/zh/model-studio/websocket-for-paraformer-real-time-service */
export function dashscopeAsr(
  { url, model, vocabulary_id: vocabulary }: DashscopeAsrSettings,
  language: string,
  key: string | undefined,
  sockets?: WarmSockets,
): AsrDialect {
  const task = new DashscopeTask();
  return {
    ...dashscopeSocket({ kind: 'asr', url, maxMessageBytes: 256 * 1024 }, key, sockets),
    begin: () => [
      task.run({
        task_group: 'audio',
        task: 'asr',
        function: 'recognition',
        model,
        parameters: {
          format: 'pcm',
          sample_rate: 16_000,
          max_sentence_silence: 400,
          language_hints: [primarySubtag(language)],
          ...(vocabulary !== undefined && { vocabulary_id: vocabulary }),
        },
      }),
    ],
    waitsForStart: true,
    audio: (pcm) => pcm,
    end: () => [task.finish()],
    read(message): readonly AsrNews[] {
      if (typeof message !== 'string') return [];
      const { event, output, failure } = task.read(message);
      if (event === 'task-started') return [{ type: 'started' }];
      if (event === 'task-finished') return [{ type: 'over' }];
      if (event === 'task-failed') return [failure];
      const sentence = within(output, 'sentence');
      if (event !== 'result-generated' || sentence['heartbeat'] === true) return [];
      const untilMs = numberIn(sentence['end_time']);
      const final =
        sentence['sentence_end'] === true || (sentence['sentence_end'] === undefined && untilMs !== undefined);
      return [{ type: 'text', text: textOrEmpty(textIn(output, 'sentence', 'text')), final, untilMs }];
    },
  };
}
