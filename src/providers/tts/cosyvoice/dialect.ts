import { dashscopeSocket, DashscopeTask } from '../../wire/dashscope.js';
import type { WarmSockets } from '../../wire/warm-sockets.js';
import type { TtsDialect, TtsNews, TtsParameters } from '../../wire/tts-dialect.js';

export interface CosyvoiceSettings {
  readonly url: string;
  readonly model: string;
  readonly voice: string;
}

/** https://help.aliyun.com/zh/model-studio/cosyvoice-websocket-api */
export function cosyvoice(
  { url, model, voice }: CosyvoiceSettings,
  parameters: TtsParameters,
  rate: number,
  key: string | undefined,
  sockets?: WarmSockets,
): TtsDialect {
  const task = new DashscopeTask();
  return {
    ...dashscopeSocket({ kind: 'tts', url, maxMessageBytes: 1024 * 1024 }, key, sockets),
    begin: () => [
      task.run({
        task_group: 'audio',
        task: 'tts',
        function: 'SpeechSynthesizer',
        model,
        parameters: {
          text_type: 'PlainText',
          voice: parameters.voice ?? voice,
          format: 'pcm',
          sample_rate: 24_000,
          volume: 50,
          rate,
          pitch: 1,
        },
      }),
    ],
    say: (text) => [task.continue(text)],
    end: () => [task.finish()],
    read(message): readonly TtsNews[] {
      if (typeof message !== 'string') return [{ type: 'audio', bytes: message }];
      const { event, failure } = task.read(message);
      if (event === 'task-started') return [{ type: 'started' }];
      if (event === 'task-finished') return [{ type: 'over' }];
      return event === 'task-failed' ? [failure] : [];
    },
  };
}
