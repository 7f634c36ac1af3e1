/** Text messages of the server (docs/protocol.md: hello, tts, stt, llm, alert). */
export type ServerMessage =
  /** `rateHz` is the sample rate of the server's audio. */
  | { readonly type: 'hello'; readonly rateHz: number }
  | { readonly type: 'tts'; readonly state: 'start' | 'stop' }
  | { readonly type: 'tts'; readonly state: 'sentence_start'; readonly text: string }
  | { readonly type: 'stt'; readonly text: string }
  | { readonly type: 'llm'; readonly emotion: string }
  | { readonly type: 'alert'; readonly message: string };

/** Returns undefined if the page ignores the message, as devices ignore messages that they do not know. */
export function parseServerMessage(json: string): ServerMessage | undefined {
  const value = objectOf(json);
  if (value === undefined) return undefined;
  const { type, state, text, emotion, message } = value;
  switch (type) {
    case 'hello':
      return hello(value);
    case 'tts':
      if (state === 'start' || state === 'stop') return { type, state };
      return state === 'sentence_start' && typeof text === 'string' ? { type, state, text } : undefined;
    case 'stt':
      return typeof text === 'string' ? { type, text } : undefined;
    case 'llm':
      return typeof emotion === 'string' ? { type, emotion } : undefined;
    case 'alert':
      return typeof message === 'string' ? { type, message } : undefined;
    default:
      return undefined;
  }
}

/** The sample rate if the server states none. */
const DEFAULT_RATE_HZ = 24_000;

function hello({ transport, audio_params: audio }: Readonly<Record<string, unknown>>): ServerMessage | undefined {
  if (transport !== 'websocket') return undefined;
  const rateHz = typeof audio === 'object' && audio !== null && 'sample_rate' in audio ? audio.sample_rate : undefined;
  return { type: 'hello', rateHz: typeof rateHz === 'number' ? rateHz : DEFAULT_RATE_HZ };
}

function objectOf(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
