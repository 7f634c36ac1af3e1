import type { TtsRequest } from '../tts-port.js';
import { socketConnection } from '../../wire/connection.js';
import { dashscopeAddress, DashscopeTask } from '../../wire/dashscope.js';
import type { TtsDialect, TtsNews } from '../../wire/tts-dialect.js';

export interface CosyvoiceSettings {
  readonly url: string;
  readonly model: string;
  readonly voice: string;
}

/** https://help.aliyun.com/zh/model-studio/cosyvoice-websocket-api */
export function cosyvoice(
  { url, model, voice }: CosyvoiceSettings,
  request: TtsRequest,
  rate: number,
  key: string | undefined,
): TtsDialect {
  const task = new DashscopeTask();
  return {
    connect: (signal) =>
      socketConnection(
        { kind: 'tts', address: () => dashscopeAddress(url, key), maxMessageBytes: 1024 * 1024 },
        signal,
      ),
    begin: () => [
      task.run({
        task_group: 'audio',
        task: 'tts',
        function: 'SpeechSynthesizer',
        model,
        parameters: {
          text_type: 'PlainText',
          voice: request.voice ?? voice,
          format: 'pcm',
          sample_rate: 24_000,
          volume: 50,
          rate,
          pitch: 1,
        },
      }),
    ],
    speak: () => [task.continue(request.text), task.finish()],
    read(message): readonly TtsNews[] {
      if (typeof message !== 'string') return [{ type: 'audio', bytes: message }];
      const { event, failure } = task.read(message);
      if (event === 'task-started') return [{ type: 'started' }];
      if (event === 'task-finished') return [{ type: 'over' }];
      return event === 'task-failed' ? [failure] : [];
    },
  };
}
