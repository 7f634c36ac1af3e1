import { nlsAddress, NlsTask, type NlsAccount, type NlsToken } from '../../wire/aliyun-nls.js';
import { socketConnection } from '../../wire/connection.js';
import type { TtsDialect, TtsNews, TtsParameters } from '../../wire/tts-dialect.js';

/** https://help.aliyun.com/zh/isi/developer-reference/websocket-protocol-description */
export function aliyunNlsVoice(
  { url, appkey, voice }: NlsAccount & { readonly voice: string },
  parameters: TtsParameters,
  rate: number,
  token: () => ReturnType<NlsToken['value']>,
): TtsDialect {
  const task = new NlsTask('FlowingSpeechSynthesizer', appkey);
  return {
    async connect(signal) {
      const value = await token();
      return socketConnection(
        { kind: 'tts', address: () => nlsAddress(url, value), maxMessageBytes: 1024 * 1024 },
        signal,
      );
    },
    begin: () => [
      task.message('StartSynthesis', {
        voice: parameters.voice ?? voice,
        format: 'pcm',
        sample_rate: 24_000,
        volume: 50,
        speech_rate: Math.round(Math.min(500, Math.max(-500, (rate - 1) * 500))),
        pitch_rate: 0,
      }),
    ],
    say: (text) => [task.message('RunSynthesis', { text })],
    end: () => [task.message('StopSynthesis')],
    read(message): readonly TtsNews[] {
      if (typeof message !== 'string') return [{ type: 'audio', bytes: message }];
      const { name, failure } = task.read(message);
      if (name === 'SynthesisStarted') return [{ type: 'started' }];
      if (name === 'SynthesisCompleted') return [{ type: 'over' }];
      return name === 'TaskFailed' ? [failure] : [];
    },
  };
}
