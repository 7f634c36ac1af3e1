import { flatSession, openAiRealtime, type OpenAiRealtimeSettings } from '../../wire/openai-realtime.js';
import type { RealtimeDialect } from '../../wire/realtime-dialect.js';
import type { RealtimeOpening } from '../realtime-port.js';

/** https://help.aliyun.com/zh/model-studio/client-events */
export function qwenOmni(
  settings: OpenAiRealtimeSettings,
  opening: RealtimeOpening,
  key: string | undefined,
): RealtimeDialect {
  return openAiRealtime(settings, opening, key, {
    inputHz: 16_000,
    takesItems: false,
    truncates: false,
    clears: true,
    tool: ({ name, description, inputSchema }) => ({
      type: 'function',
      function: { name, description, parameters: inputSchema },
    }),
    session: (of) =>
      flatSession(of, opening, {
        input_audio_format: 'pcm',
        output_audio_format: 'pcm',
        input_audio_transcription: { model: 'gummy-realtime-v1' },
      }),
  });
}
