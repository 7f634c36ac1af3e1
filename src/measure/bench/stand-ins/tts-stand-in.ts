import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, type Random, seededRandom } from '../../../core/index.js';
import { readJson } from './body.js';
import { audioMessage, readMessage, spokenText } from './edge-wire.js';
import { clientGone } from './client-gone.js';
import { draw, drawFailure } from './drawing.js';
import type { DelayHistogram } from '../../statistics.js';
import type { StandInOptions, TtsError } from './options.js';
import { UNIT_MS } from './reply-text.js';
import type { RequestLog, TtsRequestRecord } from './request-log.js';
import { FRAME_BYTES, FRAME_MS, PCM_RATE_HZ, type SpeechAsset } from './speech-asset.js';
import { deliver } from './timed-delivery.js';
import { bytesToInt16, spokenUnits, writeWav } from '../../../audio/index.js';

export interface TtsStandInOptions {
  readonly seed: number;
  readonly behaviour: StandInOptions['tts'];
  readonly clock: Clock;
  readonly log: RequestLog;
  readonly lateness: DelayHistogram;
  readonly asset: SpeechAsset;
}

/** An audio message of the Edge service has five frames, 120 ms. */
const PIECE_FRAMES = 5;
const PIECE_MS = PIECE_FRAMES * FRAME_MS;
/** The rest of a longer text is left out. A chunk of Chorus has at most 240 units. */
const MAX_UNITS = 5000;
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Formats of `POST /v1/audio/speech`. */
const CONTENT_TYPES = { mp3: 'audio/mpeg', pcm: 'audio/pcm', wav: 'audio/wav' } as const;
type SpeechFormat = keyof typeof CONTENT_TYPES;

const isSpeechFormat = (value: unknown): value is SpeechFormat =>
  typeof value === 'string' && Object.hasOwn(CONTENT_TYPES, value);

interface Plan {
  readonly failure: Exclude<TtsError, 'refused' | 'busy'> | undefined;
  readonly firstByteMs: number;
  readonly random: Random;
}

/** A voice with the Edge service's WebSocket protocol, and with `POST /v1/audio/speech` in PCM, WAV or MP3. */
export class TtsStandIn {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  readonly #random: Random;
  readonly #handshakes: Random;
  #requests = 0;

  constructor(private readonly options: TtsStandInOptions) {
    this.#random = seededRandom(options.seed, 'tts');
    this.#handshakes = seededRandom(options.seed, 'tts handshakes');
  }

  /** `fork` runs the work of an accepted connection. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    fork: (work: (signal: AbortSignal) => Promise<void>) => void,
  ): void {
    const { refused = 0, busy = 0 } = this.options.behaviour.errors;
    const refusal = drawFailure({ refused, busy }, this.#handshakes);
    if (refusal) {
      this.#recordFailure(0);
      socket.end(
        `HTTP/1.1 ${refusal === 'busy' ? 429 : 403} No\r\nDate: ` +
          `${new Date(this.options.clock.wallMs()).toUTCString()}\r\nContent-Length: 0\r\nConnection: ` +
          `close\r\n\r\n`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      client.on('message', (data: Buffer) => {
        const { path, requestId, body } = readMessage(data.toString('utf8'));
        if (path === 'ssml') fork((signal) => this.#speakEdge(client, requestId, spokenText(body), signal));
      });
    });
  }

  close(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  async #speakEdge(client: WebSocket, requestId: string, text: string, parent: AbortSignal): Promise<void> {
    const plan = this.#plan();
    const closed = new AbortController();
    const onGone = (): void => closed.abort(new Error('the client has gone away'));
    client.once('close', onGone);
    parent.addEventListener('abort', onGone, { once: true });
    const say = (path: string): void =>
      client.send(`X-RequestId:${requestId}\r\nContent-Type:application/json; charset=utf-8\r\nPath:${path}\r\n\r\n{}`);
    try {
      if (plan.failure === 'silence') {
        this.#recordFailure(text.length);
        return;
      }
      say('turn.start');
      say('response');
      const ms = plan.failure === 'mute' ? 0 : durationMs(text);
      const audio = ms === 0 ? new Uint8Array(0) : this.options.asset.mp3Of(ms, plan.random);
      const header = new TextEncoder().encode(
        `X-RequestId:${requestId}\r\nContent-Type:audio/mpeg\r\nX-StreamId:1\r\nPath:audio\r\n`,
      );
      const complete = await this.#send(audio, PIECE_FRAMES * FRAME_BYTES, plan, text, ms, closed.signal, (piece) =>
        client.send(audioMessage(header, piece)),
      );
      if (complete === 'cut') client.terminate();
      else if (complete === 'all') say('turn.end');
    } finally {
      client.off('close', onGone);
      parent.removeEventListener('abort', onGone);
    }
  }

  /** `POST /v1/audio/speech`. */
  async answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const body = await readJson(request);
    const text = body?.['input'];
    const format = body?.['response_format'] ?? 'mp3';
    if (typeof text !== 'string' || !isSpeechFormat(format)) {
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"error":{"message":"input, or a response_format of pcm, wav or mp3, is missing"}}');
      return;
    }
    const { refused = 0, busy = 0 } = this.options.behaviour.errors;
    const refusal = drawFailure({ refused, busy }, this.#handshakes);
    if (refusal) {
      this.#recordFailure(text.length);
      response
        .writeHead(refusal === 'busy' ? 429 : 403, { 'content-type': 'application/json' })
        .end('{"error":{"message":"no"}}');
      return;
    }
    const plan = this.#plan();
    if (plan.failure === 'silence') {
      this.#recordFailure(text.length);
      return;
    }
    const gone = clientGone(response, signal);
    try {
      const ms = plan.failure === 'mute' ? 0 : durationMs(text);
      const audio = ms === 0 ? new Uint8Array(0) : this.#soundOf(format, ms, plan.random);
      const pieceBytes = format === 'mp3' ? PIECE_FRAMES * FRAME_BYTES : (PIECE_MS / 1000) * PCM_RATE_HZ * 2;
      const complete = await this.#send(audio, pieceBytes, plan, text, ms, gone.signal, (piece) => {
        if (!response.headersSent) response.writeHead(200, { 'content-type': CONTENT_TYPES[format] });
        response.write(piece);
      });
      if (complete === 'cut') response.destroy();
      else if (complete === 'all') response.end();
    } finally {
      gone.dispose();
    }
  }

  #soundOf(format: SpeechFormat, ms: number, random: Random): Uint8Array {
    const { asset } = this.options;
    if (format === 'mp3') return asset.mp3Of(ms, random);
    const pcm = asset.pcmOf(ms, random);
    return format === 'pcm' ? pcm : writeWav({ rateHz: PCM_RATE_HZ, pcm: bytesToInt16(pcm) });
  }

  #plan(): Plan {
    const { behaviour, seed } = this.options;
    this.#requests += 1;
    const random = seededRandom(seed, `tts ${this.#requests}`);
    const { mute = 0, silence = 0, cut = 0 } = behaviour.errors;
    return {
      failure: drawFailure({ mute, silence, cut }, this.#random),
      firstByteMs: draw(behaviour.firstByteMs, random),
      random,
    };
  }

  /** For a request without sound. The text of a refused connection is unknown, so it counts no characters. */
  #recordFailure(characters: number): void {
    const { clock, log } = this.options;
    log.tts({ atWallMs: clock.wallMs(), outcome: 'failed', firstByteMs: undefined, characters, audioMs: 0 });
  }

  async #send(
    audio: Uint8Array,
    pieceBytes: number,
    plan: Plan,
    text: string,
    audioMs: number,
    signal: AbortSignal,
    send: (piece: Uint8Array) => void,
  ): Promise<'all' | 'cut' | 'gone'> {
    const { clock, lateness, behaviour, log } = this.options;
    const startMs = clock.nowMs();
    const pieces = Math.ceil(audio.byteLength / pieceBytes);
    const count = plan.failure === 'cut' ? Math.floor(pieces * plan.random()) : pieces;
    let firstByteMs: number | undefined;
    const record = (outcome: TtsRequestRecord['outcome']): void =>
      log.tts({
        atWallMs: clock.wallMs() - (clock.nowMs() - startMs),
        outcome,
        firstByteMs,
        characters: text.length,
        audioMs,
      });
    try {
      await deliver(
        clock,
        lateness,
        {
          count,
          dueMs: (index) => startMs + plan.firstByteMs + (index * PIECE_MS) / behaviour.speed,
          send: (index) => {
            firstByteMs ??= clock.nowMs() - startMs;
            send(audio.subarray(index * pieceBytes, (index + 1) * pieceBytes));
          },
        },
        signal,
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      record('gone');
      return 'gone';
    }
    record(plan.failure === undefined ? 'spoken' : 'failed');
    return plan.failure === 'cut' ? 'cut' : 'all';
  }
}

/** A unit takes 60 ms, so that the reply has the length that the language model planned. */
function durationMs(text: string): number {
  return Math.min(MAX_UNITS, spokenUnits(text.trim())) * UNIT_MS;
}
