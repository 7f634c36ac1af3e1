import { ChorusError, type Clock, type Logger, type Metrics, type Scope } from '../../../core/index.js';
import {
  concatBytes,
  mergeLoudness,
  SPEECH_TARGET_LUFS,
  type SpeechFormat,
  type VoiceLoudness,
} from '../../../audio/index.js';
import { childEntry, type EngineStatus, SupervisedChild } from '../../../engines/index.js';
import type { LocalVoiceClient } from '../../../providers/index.js';
import type { TakeWait } from '../chunk-intake.js';
import { packetsOf, type FeedResult, type SpeakingRequest, type SynthesizeResult } from './protocol.js';
import type { OpusSettings, SentenceEncoding } from './sentence-encoder.js';

/** On a small loudspeaker, no loss can be heard. Complexity 10 would take 660 instead of 500 µs per packet of 60 ms. */
export const OPUS = { complexity: 5, bitrate: 32_000 } satisfies OpusSettings;

export interface SpeechEncoderOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** Niceness of the speaking process. The main process must send packets in time, so its niceness is lower. */
  readonly niceness: number;
  readonly startTimeoutMs: number;
  /** Read for each sentence, so the property may be a getter. */
  readonly opus: OpusSettings;
  /** Target loudness of all voices. Default -18. */
  readonly targetLufs?: number;
}

export interface SpeechSource {
  /**
   * Returns up to `maxBytes`. Waits for the first bytes, and then for more as `wait` says. `last` is true if no more
   * bytes follow.
   */
  take(maxBytes: number, wait?: TakeWait): Promise<{ readonly bytes: Uint8Array; readonly last: boolean }>;
}

export interface EncodeRequest {
  readonly format: SpeechFormat;
  /** All speech of one voice has the same key, because loudness is learnt for each key. */
  readonly voiceKey: string;
  /** Loudness of a sound that is not speech. If set, nothing is learnt about the voice. */
  readonly loudness?: VoiceLoudness;
  readonly trailingMs: number;
  /**
   * Time (`Clock.nowMs`) at which the device will have played all its packets. Returns undefined if the device has
   * none. May be absent if the time is unknown.
   */
  readonly underrunAtMs?: () => number | undefined;
}

export interface SpeechEncoder {
  start(): Promise<void>;
  status(): EngineStatus;
  /**
   * Yields the Opus packets of one sentence (24 kHz, 60 ms). `source` is read only when more packets are requested. If
   * the process dies once, a sentence of ordinary length is still completed. Throws `audio.undecodable`, `engine.*`,
   * errors of the source and the signal's reason.
   */
  encode(
    request: EncodeRequest,
    source: SpeechSource,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Uint8Array[], void>;
  /** Runs a voice inside the speaking process. The caller holds a CPU slot. */
  readonly synthesize: LocalVoiceClient;
  close(): Promise<void>;
}

const MAX_VOICES = 256;
/** A sentence up to this size is encoded again if its process dies: 90 s of PCM at 24 kHz. A longer sentence fails. */
const MAX_REPLAY_BYTES = 4 * 1024 * 1024;
/** Length of the audio that is encoded first. With 250 ms, a device on a busy CI machine ran out of audio for 79 ms. */
const FIRST_PIECE_MS = 600;
/** Length of each later piece. Encoding takes 6 ms, so no device waits long for another. */
const PIECE_MS = 1200;
/** The MP3 of Edge, a remote voice, has 48 kbit/s. A WAV may have any rate, and 24 kHz is assumed. */
const MP3_BYTES_PER_MS = 6;
const WAV_BYTES_PER_MS = 48;
/** FLAC with stereo music. Ogg has about as many bytes as MP3. */
const FLAC_BYTES_PER_MS = 100;
/**
 * While the device has more than this left to play, audio is collected into whole pieces. Sending a piece to the
 * process costs as much as encoding a tenth of a second of speech.
 */
const KEPT_AHEAD_MS = 300;
/**
 * A reply begins with four packets, or with fewer after 60 ms. Without this minimum, one reply in 800 had a gap of 4 to
 * 7 ms after its first packet, with 40 devices on two cores.
 */
const BEGIN_WITH_MS = 240;
const BEGIN_WITHIN_MS = 60;
/**
 * Upper estimate for one piece, because encoding is 100 times faster than speech. The supervisor kills the process
 * after ten times this estimate, but not before 5 s.
 */
const PREDICTED_FEED_MS = 20;
/**
 * Grows with the size of the piece, because a sentence that is encoded again is sent as one large piece. MP3 has the
 * most speech per byte, and encoding is 100 times faster than speech.
 */
const predictFeedMs = (bytes: number): number => PREDICTED_FEED_MS + bytes / MP3_BYTES_PER_MS / 100;

export function createSpeechEncoder(options: SpeechEncoderOptions): SpeechEncoder {
  return new SpeakingProcess(options);
}

class SpeakingProcess implements SpeechEncoder {
  readonly #child: SupervisedChild;
  readonly #voices = new Map<string, VoiceLoudness>();
  #nextStream = 1;

  constructor(private readonly options: SpeechEncoderOptions) {
    const { clock, log, metrics, scope, niceness, startTimeoutMs } = options;
    this.#child = new SupervisedChild({
      name: 'speaking',
      entry: childEntry(import.meta.url, 'speaking-child'),
      niceness,
      clock,
      log,
      metrics,
      scope,
      startTimeoutMs,
      init: undefined,
    });
  }

  start(): Promise<void> {
    return this.#child.start();
  }

  status(): EngineStatus {
    return this.#child.status();
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  readonly synthesize: LocalVoiceClient = (engine, request, { predictedMs, signal }) => {
    const message: SpeakingRequest = { type: 'synthesize', engine, request };
    return this.#child.call<SynthesizeResult>(message, { predictedMs, signal, waitOnCancel: true });
  };

  async *encode(
    request: EncodeRequest,
    source: SpeechSource,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Uint8Array[], void> {
    const { opus, targetLufs = SPEECH_TARGET_LUFS, scope } = this.options;
    const { format, trailingMs, voiceKey, loudness } = request;
    const known = loudness ?? this.#voices.get(voiceKey);
    const encoding: SentenceEncoding = { format, targetLufs, known, trailingMs, opus };
    const stream = new SentenceStream(this.#child, encoding, () => this.#nextStream++, signal);
    try {
      for (let first = true, last = false; !last; first = false) {
        signal.throwIfAborted();
        const dryAtMs = request.underrunAtMs?.();
        const wait =
          dryAtMs === undefined
            ? { least: { bytes: bytesOf(format, BEGIN_WITH_MS), withinMs: BEGIN_WITHIN_MS } }
            : { wholeByMs: dryAtMs - KEPT_AHEAD_MS };
        const piece = await source.take(bytesOf(format, first ? FIRST_PIECE_MS : PIECE_MS), wait);
        last = piece.last;
        const result = await stream.feed(piece.bytes, last);
        if (result.loudness && !loudness) this.#learn(voiceKey, result.loudness);
        const packets = packetsOf(result);
        if (packets.length > 0) yield packets;
      }
    } finally {
      const abandoned = stream.abandoned();
      if (abandoned) scope.fork('drop sentence', () => this.#drop(abandoned));
    }
  }

  #learn(voiceKey: string, loudness: VoiceLoudness): void {
    const merged = mergeLoudness(this.#voices.get(voiceKey), loudness);
    this.#voices.delete(voiceKey);
    this.#voices.set(voiceKey, merged);
    const [oldest] = this.#voices.keys();
    if (this.#voices.size > MAX_VOICES && oldest !== undefined) this.#voices.delete(oldest);
  }

  async #drop(abandoned: SpeakingRequest): Promise<void> {
    try {
      await this.#child.call(abandoned, { predictedMs: 1, native: false, retryOnCrash: false });
    } catch (error) {
      if (!(error instanceof ChorusError && error.code.startsWith('engine.'))) throw error;
    }
  }
}

/** One sentence in the speaking process. If the process dies, the sentence continues in the next process. */
class SentenceStream {
  #id: number;
  #fed: Uint8Array[] = [];
  #fedBytes = 0;
  #packets = 0;
  #state: 'new' | 'open' | 'ended' = 'new';
  #replayed = false;

  constructor(
    private readonly child: SupervisedChild,
    private readonly encoding: SentenceEncoding,
    private readonly nextId: () => number,
    private readonly signal: AbortSignal,
  ) {
    this.#id = nextId();
  }

  async feed(bytes: Uint8Array, last: boolean): Promise<FeedResult> {
    this.#fedBytes += bytes.byteLength;
    if (this.#fedBytes > MAX_REPLAY_BYTES) this.#fed = [];
    else this.#fed.push(bytes);
    const result = await this.#feedOrReplay(bytes, last);
    if (last) this.#state = 'ended';
    this.#packets += result.lengths.length;
    return result;
  }

  /** Returns the message that frees the stream, or undefined if the process does not have the stream. */
  abandoned(): SpeakingRequest | undefined {
    return this.#state === 'open' ? { type: 'drop', stream: this.#id } : undefined;
  }

  async #feedOrReplay(bytes: Uint8Array, last: boolean): Promise<FeedResult> {
    const first = this.#state === 'new';
    this.#state = 'open';
    try {
      return await this.#send(first, bytes, last, 0);
    } catch (error) {
      const lost = error instanceof ChorusError && (error.code === 'engine.crashed' || error.code === 'engine.hung');
      if (!lost || this.#replayed || this.#fedBytes > MAX_REPLAY_BYTES) {
        // After an error, the process has already freed the stream.
        if (error instanceof ChorusError) this.#state = 'ended';
        throw error;
      }
      this.#replayed = true;
      this.#id = this.nextId();
      return await this.#send(true, concatBytes(this.#fed), last, this.#packets);
    }
  }

  #send(first: boolean, bytes: Uint8Array, last: boolean, skipPackets: number): Promise<FeedResult> {
    const request: SpeakingRequest = {
      type: 'feed',
      stream: this.#id,
      encoding: first ? this.encoding : undefined,
      bytes,
      last,
      skipPackets,
    };
    return this.child.call<FeedResult>(request, {
      predictedMs: predictFeedMs(bytes.length),
      signal: this.signal,
      retryOnCrash: false,
    });
  }
}

function bytesOf(format: SpeechFormat, ms: number): number {
  const perMs =
    format.kind === 'pcm'
      ? (format.rateHz * 2) / 1000
      : { mp3: MP3_BYTES_PER_MS, ogg: MP3_BYTES_PER_MS, wav: WAV_BYTES_PER_MS, flac: FLAC_BYTES_PER_MS }[format.kind];
  return Math.ceil(perMs * ms);
}
