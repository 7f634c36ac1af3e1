import type { SpeechFormat } from '../../audio/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { SpeechSource } from './encoding/speech-encoder.js';
import type { DeviceLink } from '../../device/device-port.js';

/**
 * Text that is played as a soft tone, which needs no voice. A reply can contain the text like a sentence, and the
 * screen shows it.
 */
export const HINT_TONE = '♪';

/** Text that is played as the ring of an alarm. It is used like {@link HINT_TONE}. */
export const ALARM_TONE = '♪♪♪';

/** The socket of one device, which takes the packets of a reply. */
export interface PacketSink {
  /**
   * Sends one Opus packet (24 kHz, 60 ms) now. `timestampMs` is above 0 and strictly increases within the connection.
   */
  sendPacket(packet: Uint8Array, timestampMs: number): void;
  /** Number of bytes that the socket has not yet taken. Above a limit, sending to this device pauses. */
  bufferedBytes(): number;
  /** Undefined if the server cannot find out whether packets arrive. */
  readonly link?: DeviceLink | undefined;
  /** Number of packets that the device can hold, including the one it plays. */
  readonly deviceQueueLimit: number;
}

/** The device that the reply is for, and its preferred voice. */
export interface VoiceRequest {
  readonly deviceId: string;
  readonly language: LanguageTag;
  /** A voice of the first provider for the language, or `provider:voice`. */
  readonly voice: string | undefined;
}

export interface ReplyOptions {
  readonly deviceId: string;
  readonly language: LanguageTag;
  readonly voice?: string;
  /**
   * Earliest time (`Clock.nowMs`) of the first packet: 100 ms after `tts start` (docs/protocol.md, checklist 44).
   * Infinity if {@link SpokenReply.begin} sets the time later.
   */
  readonly notBeforeMs: number;
  /**
   * Time at which the first audio was due. Synthesis for devices that wait longer takes precedence. If undefined, the
   * audio is due when the device may play it.
   */
  readonly wantedMs?: number;
  /**
   * If true, the reply may never be needed. Until {@link SpokenReply.begin}, only spare capacity is used, and the reply
   * fails if there is none.
   */
  readonly guess?: boolean;
  readonly sink: PacketSink;
}

/** Events in order. After `finished`, `failed` or {@link SpokenReply.stop}, there are no more. */
export type ReplyEvent =
  /** The first packet of the sentence is about to be sent. The receiver sends `sentence_start` to the device. */
  | { readonly type: 'sentence'; readonly index: number; readonly text: string }
  /** All of the sentence has been sent, except for its last 300 ms. */
  | { readonly type: 'sentence_sent'; readonly index: number }
  /**
   * Sent about every ten seconds while a recording or speech of the model is played, and in a reply that contains other
   * sounds.
   */
  | { readonly type: 'progress' }
  | { readonly type: 'first_packet'; readonly atMs: number }
  /** Everything was sent, and all but the last `tailMs` was probably played. */
  | { readonly type: 'finished'; readonly stats: ReplyStats }
  /** Nothing more can be spoken. Packets encoded before the failure were still sent. */
  | { readonly type: 'failed'; readonly error: unknown; readonly stats: ReplyStats };

export interface ReplyStats {
  readonly packets: number;
  readonly bytes: number;
  /** Times without audio within the reply, as computed by the pacer. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly firstAudioMs: number | undefined;
  readonly cachedSentences: number;
  readonly sentences: number;
  /** How much of the music, stories and radio after the speech was played. */
  readonly musicMs: number;
}

/** A sound that is not speech, such as music or a story. */
export interface Sound {
  readonly title: string;
  readonly format: SpeechFormat;
  readonly source: SpeechSource;
  /** Playback starts at this position. The audio before it is decoded too, which takes 10 ms per second. */
  readonly fromMs?: number;
  close(): void;
}

export interface SoundQueue {
  /** Resolves with undefined if there are no more sounds. */
  next(signal: AbortSignal): Promise<Sound | undefined>;
  /**
   * Called when the current sound was cut off. `playedMs` of the encoded `madeMs` were played. A later {@link next}
   * resumes there if possible.
   */
  stopped(playedMs: number, madeMs: number): void;
}

/** A reply in progress. It synthesises the next sentence while the current one is played. */
export interface SpokenReply {
  /** Call it when the device was told to speak. Sets the times of {@link ReplyOptions}. A guess becomes certain. */
  begin(notBeforeMs: number, wantedMs?: number): void;
  /**
   * Queues a sentence or a part of one. Does nothing after `end` or `stop`. With `speech`, the model itself produces
   * the sound. Several texts with the same `speech` play as one sound, without pauses.
   */
  say(text: string, speech?: ModelSpeech): void;
  /** Queues a recording that is already encoded for devices. `title` is shown while it plays. */
  sayRecorded(title: string, packets: readonly Uint8Array[]): void;
  /**
   * Adds text to the unfinished sentence, or begins a new one. The voice may begin before the sentence is complete. The
   * sentence is complete after `last`, or when any other text is queued.
   */
  write(piece: string, last: boolean): void;
  /** Queues the text only if nothing of this reply is waiting or being played. */
  sayIfQuiet(text: string): void;
  /**
   * Resolves when another sentence can be synthesised soon. The caller waits, so that a fast LLM does not run far
   * ahead.
   */
  ready(): Promise<void>;
  /** Plays these sounds after the text. No text may follow. A sound that cannot be decoded is skipped. */
  play(sounds: SoundQueue): void;
  /** Call it when there is no more text. `finished` follows, even if the reply is empty. */
  end(): void;
  /** Pauses sending until {@link resume}. The device plays what is in its buffer. */
  hold(): void;
  resume(): void;
  /**
   * Stops the reply, as at a barge-in. No packet is sent after this call. The heard text includes a proportional part
   * of the interrupted sentence.
   */
  stop(): HeardReply;
}

export interface HeardReply {
  readonly text: string;
  readonly playedMs: number;
  readonly stats: ReplyStats;
}

export interface Speaking {
  speaks(request: VoiceRequest): boolean;
  /**
   * True if the voice that would speak now accepts a sentence that is still being written ({@link SpokenReply.write}).
   */
  takesPieces(request: VoiceRequest): boolean;
  /**
   * True if the voice that would speak now may synthesise a guess ({@link ReplyOptions.guess}). A local voice needs
   * more than one CPU slot. A paid voice needs permission for paid guesses, and a service must have room for a request.
   */
  takesGuesses(request: VoiceRequest): boolean;
  reply(options: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply;
}
