import { bytesToInt16, LISTEN_RATE_HZ, writeWav } from '../../../audio/index.js';
import { flatSession, flatTool, openAiRealtime, type OpenAiRealtimeSettings } from '../../wire/openai-realtime.js';
import type { RealtimeDialect } from '../../wire/realtime-dialect.js';
import type { RealtimeOpening } from '../realtime-port.js';

/** https://open.bigmodel.cn/dev/api/rtav/GLM-Realtime */
export function glm(
  settings: OpenAiRealtimeSettings,
  opening: RealtimeOpening,
  key: string | undefined,
): RealtimeDialect {
  return openAiRealtime(settings, opening, key, {
    inputHz: LISTEN_RATE_HZ,
    takesItems: true,
    truncates: false,
    clears: false,
    tool: flatTool,
    // Each audio message is a complete WAV file.
    encode: (pcm) => writeWav({ rateHz: LISTEN_RATE_HZ, pcm: bytesToInt16(pcm) }),
    session: (of) =>
      flatSession(of, opening, {
        model: of.model,
        input_audio_format: 'wav',
        output_audio_format: 'pcm',
        turn_detection: { type: 'client_vad' },
        beta_fields: { chat_mode: 'audio', tts_source: 'e2e', auto_search: false },
      }),
  });
}
