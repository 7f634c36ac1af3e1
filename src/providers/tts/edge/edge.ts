import type { WebSocket } from 'ws';
import { type ChorusError, type Clock } from '../../../core/index.js';
import type { ServiceGate } from '../../service-gate.js';
import { connectionOf } from '../../wire/connection.js';
import { serviceError } from '../../wire/refusal.js';
import { ServiceTime } from '../../wire/service-time.js';
import { serviceVoice } from '../../wire/service-voice.js';
import { hexId } from '../../wire/socket.js';
import { onePiece, SpokenSentence } from '../../wire/spoken-sentence.js';
import type { TtsDialect, TtsNews } from '../../wire/tts-dialect.js';
import type { TtsProvider, TtsRequest } from '../tts-port.js';
import { connectEdge, type EdgeConnectOptions } from './connection.js';
import { configMessage, parseBinaryMessage, parseTextMessage, ssmlMessage, type EdgeMessage } from './messages.js';
import { SpareConnections } from './spare-connections.js';
import { EDGE_LANGUAGES, edgeVoice } from './voices.js';
import { edgeWords } from './words.js';

export const EDGE_URL = 'wss://speech.platform.bing.com/consumer/speech/synthesize/readaloud/edge/v1';
/** The version that working public clients report (November 2026). */
export const EDGE_VERSION = '143.0.3650.75';

export interface EdgeOptions {
  readonly clock: Clock;
  readonly url?: string;
  readonly version?: string;
  readonly gate: ServiceGate;
  /** 1 is normal speed. A request may name another speed. */
  readonly rate?: number;
}

export interface EdgeTts extends TtsProvider {
  /** Errors: those of `synthesize`. */
  probe(signal: AbortSignal): Promise<void>;
}

/**
 * The connection is paused at this number of unread bytes. They are 40 s of speech, longer than any chunk, so a slow
 * device does not occupy a connection.
 */
const MAX_UNREAD_BYTES = 240 * 1024;

/** The first audio takes half a second. Later audio arrives ten times faster than speech. */
const GUESS = { overheadMs: 500, msPerUnit: 6 };

/**
 * The voices of Microsoft Edge's read-aloud feature: free, good, unofficial. Each request uses its own connection,
 * because reports disagree whether the service answers a second request on the same one. `synthesize` resolves at the
 * first audio. Until then, a failed request can go to another voice.
 */
export function edgeTts(options: EdgeOptions): EdgeTts {
  const { gate, clock } = options;
  const connect = connectOptions(options);
  const spares = new SpareConnections(clock, (signal) => connectEdge(connect, signal));
  const voice = serviceVoice(
    {
      id: 'edge',
      languages: EDGE_LANGUAGES,
      clock,
      gate,
      format: { kind: 'mp3' },
      expect: (signal) => spares.open(signal, gate.free),
    },
    GUESS,
    {
      async speak(request, _, signal, done) {
        // The sentence keeps its lease while a lost connection is replaced.
        const onEnd = (complete: boolean, heard: boolean): void => {
          if (heard) done(complete);
        };
        const ask = (socket: WebSocket): SpokenSentence => {
          const dialect = edgeDialect(request, options.rate, connect.time.wallMs());
          return new SpokenSentence(
            connectionOf(socket),
            dialect,
            onePiece(request.text),
            signal,
            onEnd,
            MAX_UNREAD_BYTES,
          );
        };
        const spare = spares.take(signal);
        let sentence = ask(await (spare ?? connectEdge(connect, signal)));
        try {
          await sentence.begun;
        } catch (error) {
          if (!sentence.lost) throw error;
          if (!spare) throw closedEarly(error);
          sentence = ask(await connectEdge(connect, signal));
          await sentence.begun.catch((again: unknown) => {
            throw sentence.lost ? closedEarly(again) : again;
          });
        }
        return { format: { kind: 'mp3' }, chunks: sentence.chunks };
      },
    },
  );
  return {
    ...voice,
    async probe(signal) {
      (await connectEdge(connect, signal)).terminate();
    },
  };
}

const closedEarly = (cause: unknown): ChorusError => serviceError('tts', 'failed', edgeWords.closed, { cause });

const connectOptions = ({ clock, url, version }: Omit<EdgeOptions, 'gate'>): EdgeConnectOptions => ({
  url: url ?? EDGE_URL,
  version: version ?? EDGE_VERSION,
  time: new ServiceTime(clock),
});

/** Errors: `tts.*`, or the signal's reason. */
export async function probeEdge(options: Omit<EdgeOptions, 'gate'>, signal: AbortSignal): Promise<void> {
  (await connectEdge(connectOptions(options), signal)).terminate();
}

function edgeDialect(request: TtsRequest, usualRate: number | undefined, wallMs: number): Omit<TtsDialect, 'connect'> {
  const requestId = hexId();
  let heard = false;
  const read = ({ path, requestId: of, body }: EdgeMessage): readonly TtsNews[] => {
    if (of !== undefined && of.toLowerCase() !== requestId) return [];
    if (path === 'turn.end') return [{ type: 'over' }];
    if (path !== 'audio' || body.byteLength === 0) return [];
    if (!heard && !isMp3(body)) return [{ type: 'failed', code: 'failed', message: 'not MP3' }];
    heard = true;
    // The bytes are copied, because the message may be a view of a larger buffer of the socket.
    return [{ type: 'audio', bytes: body.slice() }];
  };
  const voice = edgeVoice(request.language, request.voice);
  return {
    begin: () => [configMessage(wallMs)],
    takesTextAtOnce: true,
    say: (text) => [ssmlMessage({ requestId, text, voice, rate: request.rate ?? usualRate ?? 1 }, wallMs)],
    end: () => [],
    read: (message) => read(typeof message === 'string' ? parseTextMessage(message) : parseBinaryMessage(message)),
  };
}

/** Returns true if `data` starts with an MPEG audio frame, or with the tag before a frame. */
function isMp3(data: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = data;
  return (first === 0xff && (second & 0xe0) === 0xe0) || (first === 0x49 && second === 0x44 && third === 0x33);
}
