import { ChorusError, withTimeout } from '../../core/index.js';
import { START_MS } from './connection.js';
import type { TtsAudio, TtsProvider, WrittenTtsRequest } from '../tts/tts-port.js';
import { serviceError } from './refusal.js';
import { serviceVoice, type ServiceVoiceOptions } from './service-voice.js';
import { onePiece, SpokenSentence } from './spoken-sentence.js';
import type { MakeTtsDialect } from './tts-dialect.js';
import { wireWords } from './words.js';

export interface SocketVoiceOptions extends ServiceVoiceOptions {
  readonly dialect: MakeTtsDialect;
  readonly streams?: boolean;
}

/** The connection is paused at this amount of unread audio: 10 s of PCM at 24 kHz. */
const MAX_UNREAD_BYTES = 480 * 1024;
/** The first audio takes half a second. Later audio arrives five times faster than speech. */
const GUESS = { overheadMs: 500, msPerUnit: 12 };

const mayBeTheConnection = (error: unknown): boolean =>
  error instanceof ChorusError && (error.code === 'tts.unreachable' || error.code === 'tts.failed');

const late = (): ChorusError => serviceError('tts', 'timeout', wireWords.noBegin);

/**
 * A voice over a socket. `format` is the requested format. The service may state another rate before its first audio,
 * or send WAV. If a kept connection fails before any sound, the whole sentence is requested again on a new connection.
 */
export function socketVoice({ dialect: make, streams = false, ...options }: SocketVoiceOptions): TtsProvider {
  const { clock, format } = options;
  const stream = async (
    { pieces, ...parameters }: WrittenTtsRequest,
    key: string | undefined,
    signal: AbortSignal,
    done: (complete: boolean) => void,
  ): Promise<TtsAudio> => {
    // The sentence keeps its lease while a lost connection is replaced.
    const onEnd = (complete: boolean, heard: boolean): void => {
      if (heard) done(complete);
    };
    const ask = async (fresh: boolean): Promise<TtsAudio> => {
      const dialect = await make(parameters, key);
      const connection = await withTimeout(clock, START_MS, signal, late, (inner) => dialect.connect(inner, fresh));
      const sentence = new SpokenSentence(connection, dialect, pieces, signal, onEnd, MAX_UNREAD_BYTES);
      try {
        await sentence.begun;
      } catch (error) {
        if (connection.reused !== true || !mayBeTheConnection(error)) throw error;
        return ask(true);
      }
      return { format: sentence.formatOr(format), chunks: sentence.chunks };
    };
    return ask(false);
  };
  return serviceVoice(options, GUESS, {
    speak: ({ text, ...parameters }, ...rest) => stream({ ...parameters, pieces: onePiece(text) }, ...rest),
    ...(streams && { stream }),
  });
}
