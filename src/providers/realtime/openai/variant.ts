import type { RealtimeDialect } from '../../wire/realtime-dialect.js';
import { flatTool, openAiRealtime, spokenLanguage, type OpenAiRealtimeSettings } from '../../wire/openai-realtime.js';
import type { RealtimeOpening } from '../realtime-port.js';

const FORMAT = { type: 'audio/pcm', rate: 24_000 };

/** https://platform.openai.com/docs/guides/realtime-conversations */
export function openAi(
  settings: OpenAiRealtimeSettings & { readonly transcription: string },
  opening: RealtimeOpening,
  key: string | undefined,
): RealtimeDialect {
  return openAiRealtime(settings, opening, key, {
    inputHz: FORMAT.rate,
    tool: flatTool,
    takesItems: true,
    truncates: true,
    clears: true,
    session: ({ voice }) => ({
      type: 'realtime',
      output_modalities: ['audio'],
      audio: {
        input: {
          format: FORMAT,
          transcription: { model: settings.transcription, language: spokenLanguage(opening) },
          turn_detection: null,
        },
        output: { format: FORMAT, voice: opening.voice ?? voice },
      },
    }),
  });
}
