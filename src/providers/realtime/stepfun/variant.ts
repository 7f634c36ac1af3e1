import { flatSession, flatTool, openAiRealtime, type OpenAiRealtimeSettings } from '../../wire/openai-realtime.js';
import type { RealtimeDialect } from '../../wire/realtime-dialect.js';
import type { RealtimeOpening } from '../realtime-port.js';

/** https://platform.stepfun.com/docs/api-reference/realtime/chat */
export function stepFun(
  settings: OpenAiRealtimeSettings,
  opening: RealtimeOpening,
  key: string | undefined,
): RealtimeDialect {
  return openAiRealtime(settings, opening, key, {
    inputHz: 24_000,
    takesItems: true,
    truncates: false,
    clears: true,
    tool: flatTool,
    session: (of) => flatSession(of, opening, { input_audio_format: 'pcm16', output_audio_format: 'pcm16' }),
  });
}
