import type { WebSocket } from 'ws';
import { both, ChorusError, type Clock } from '../../../core/index.js';
import { ChunkStream } from '../chunk-stream.js';
import type { ServiceGate } from '../../service-gate.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../tts-port.js';
import { SynthesisCost } from '../speed.js';
import { ServiceTime } from '../../wire/service-time.js';
import { hexId } from '../../wire/socket.js';
import { connectEdge, type EdgeConnectOptions } from './connection.js';
import { configMessage, parseBinaryMessage, parseTextMessage, ssmlMessage, type EdgeMessage } from './messages.js';
import { SpareConnections } from './spare-connections.js';
import { EDGE_LANGUAGES, edgeVoice } from './voices.js';

export const EDGE_URL = 'wss://speech.platform.bing.com/consumer/speech/synthesize/readaloud/edge/v1';
/** What public clients that work say they are, November 2026. */
export const EDGE_VERSION = '143.0.3650.75';

export interface EdgeOptions {
  readonly clock: Clock;
  /** Default {@link EDGE_URL}. */
  readonly url?: string;
  /** Default {@link EDGE_VERSION}. */
  readonly version?: string;
  /** One lease for each sentence that the service speaks. */
  readonly gate: ServiceGate;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
}

export interface EdgeTts extends TtsProvider {
  /** Whether the service lets us in: a connection is opened and closed. Errors as of {@link TtsProvider.synthesize}. */
  probe(signal: AbortSignal): Promise<void>;
}

/**
 * Unread audio at which the connection is paused: 40 s of speech, more than any chunk, so that a slow device does not
 * hold one of the few connections.
 */
const MAX_UNREAD_BYTES = 240 * 1024;

/**
 * The voices of Microsoft Edge's read-aloud feature: free, good, unofficial. One connection a request, opened before it
 * where it is expected; MP3 at 24 kHz. Resolves when the first audio is there, so that a request that fails before it
 * can go to another voice.
 */
export function edgeTts(options: EdgeOptions): EdgeTts {
  const { clock, gate } = options;
  const connect = connectionOf(options);
  const spares = new SpareConnections(clock, (signal) => connectEdge(connect, signal));
  // Until it is known better: half a second to the first audio, ten times faster than speech after that.
  const cost = new SynthesisCost({ overheadMs: 500, msPerUnit: 6 });

  return {
    id: 'edge',
    languages: EDGE_LANGUAGES,
    local: false,
    predictMs: (text) => cost.predictMs(text),
    async probe(signal) {
      (await connectEdge(connect, signal)).terminate();
    },
    expect: (signal) => spares.open(signal, gate.free),
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      if (!/[\p{L}\p{N}]/u.test(request.text)) return { format: { kind: 'mp3' }, chunks: nothing() };
      const { release } = await gate.take(request.device, signal);
      const startedMs = clock.nowMs();
      const ask = (socket: WebSocket): EdgeSpeech => {
        const speech = new EdgeSpeech(socket, signal, (complete) => {
          release();
          if (complete) cost.observe(request.text, clock.nowMs() - startedMs);
        });
        const wallMs = connect.time.wallMs();
        socket.send(configMessage(wallMs));
        const voice = edgeVoice(request.language, request.voice);
        socket.send(
          ssmlMessage(
            { requestId: speech.requestId, text: request.text, voice, rate: request.rate ?? options.rate ?? 1 },
            wallMs,
          ),
        );
        return speech;
      };
      try {
        const spare = spares.take(signal);
        let speech = ask(await (spare ?? connectEdge(connect, signal)));
        try {
          await speech.begun;
        } catch (error) {
          if (!spare || !speech.lost) throw error;
          // It was dead already, and nothing had reported it.
          speech = ask(await connectEdge(connect, signal));
          await speech.begun;
        }
        return { format: { kind: 'mp3' }, chunks: speech.chunks };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

const connectionOf = ({ clock, url, version }: Omit<EdgeOptions, 'gate'>): EdgeConnectOptions => ({
  url: url ?? EDGE_URL,
  version: version ?? EDGE_VERSION,
  time: new ServiceTime(clock),
});

/** Opens and closes a connection, to see whether the service accepts us. Errors: `tts.*`, or the signal's reason. */
export async function probeEdge(options: Omit<EdgeOptions, 'gate'>, signal: AbortSignal): Promise<void> {
  (await connectEdge(connectionOf(options), signal)).terminate();
}

/** One request on one connection, from the first message to the end of the audio. */
class EdgeSpeech {
  readonly requestId = hexId();
  readonly chunks: ChunkStream;
  /** Resolves with the first audio, rejects when the request ends without any. */
  readonly begun: Promise<void>;
  /** The connection ended before a sound came. */
  lost = false;
  /** The service has said that this was all. */
  #complete = false;
  #bytes = 0;
  #ended = false;
  #begin: () => void = ignore;
  #refuse: (error: unknown) => void = ignore;

  constructor(
    private readonly socket: WebSocket,
    private readonly signal: AbortSignal,
    /** Of a request that had begun: its connection is no longer needed. */
    private readonly onEnd: (complete: boolean) => void,
  ) {
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    this.chunks = new ChunkStream(
      { pause: () => socket.pause(), resume: () => socket.resume(), close: () => this.#close() },
      MAX_UNREAD_BYTES,
    );
    socket.on('message', this.#onMessage).on('close', this.#onClose).on('error', this.#onError);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  readonly #onMessage = (data: unknown, isBinary: boolean): void => {
    if (this.#ended || !Buffer.isBuffer(data)) return;
    try {
      this.#take(isBinary ? parseBinaryMessage(data) : parseTextMessage(data.toString('utf8')));
    } catch (error) {
      this.#fail(error);
    }
  };
  readonly #onClose = (code: number): void => {
    this.lost = this.#bytes === 0;
    this.#fail(
      new ChorusError(
        this.#bytes > 0 ? 'tts.unreachable' : 'tts.failed',
        both(
          `the Edge service closed the connection (${code}) before the end of the speech`,
          `话还没说完，Edge 语音服务就断开了连接（${code}）`,
        ),
      ),
    );
  };
  readonly #onError = (error: Error): void => {
    this.lost = this.#bytes === 0;
    this.#fail(
      new ChorusError(
        'tts.unreachable',
        both('the connection to the Edge service broke', '和 Edge 语音服务的连接断了'),
        { cause: error },
      ),
    );
  };
  readonly #onAbort = (): void => {
    this.#refuse(this.signal.reason);
    this.chunks.abort(this.signal.reason);
  };

  #take(message: EdgeMessage): void {
    if (message.requestId !== undefined && message.requestId.toLowerCase() !== this.requestId) return;
    if (message.path === 'turn.end') {
      if (this.#bytes === 0)
        throw new ChorusError('tts.failed', both('the Edge service sent no audio', 'Edge 语音服务没有发来声音'));
      this.#complete = true;
      this.chunks.end();
      this.#end();
    } else if (message.path === 'audio' && message.body.byteLength > 0) {
      if (this.#bytes === 0 && !isMp3(message.body))
        throw new ChorusError(
          'tts.failed',
          both('the Edge service sent something that is not MP3', 'Edge 语音服务发来的不是 MP3'),
        );
      this.#bytes += message.body.byteLength;
      // A copy: the message may be a view of a larger buffer of the socket.
      this.chunks.push(message.body.slice());
      this.#begin();
    }
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#refuse(error);
    this.chunks.fail(error);
    this.#end();
  }

  /** Nobody reads any more. */
  #close(): void {
    this.signal.removeEventListener('abort', this.#onAbort);
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // One error listener stays: a terminated socket may still report one.
    this.socket.off('message', this.#onMessage).off('close', this.#onClose);
    this.socket.terminate();
    if (this.#bytes > 0) this.onEnd(this.#complete);
  }
}

/** A frame of MPEG audio, or the tag before it. */
function isMp3(data: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = data;
  return (first === 0xff && (second & 0xe0) === 0xe0) || (first === 0x49 && second === 0x44 && third === 0x33);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function ignore(): void {}
