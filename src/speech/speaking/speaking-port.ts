import type { SpeechFormat } from '../../audio/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { SpeechSource } from './encoding/speech-encoder.js';
import type { DeviceLink } from '../../device/device-port.js';

/** Text that is played as a soft tone. It can stand in a reply like a sentence, and a screen shows it unchanged. */
export const HINT_TONE = '♪';

/** Text that is played as the ring of an alarm. It is used like {@link HINT_TONE}. */
export const ALARM_TONE = '♪♪♪';

/** Where the packets of a reply go: the socket of one device. */
export interface PacketSink {
  /**
   * Sends one Opus packet (24 kHz, 60 ms) now. `timestampMs` is above 0 and strictly increases within the connection.
   */
  sendPacket(packet: Uint8Array, timestampMs: number): void;
  /** Number of bytes that the socket has not yet taken. Above a limit, sending to this device pauses. */
  bufferedBytes(): number;
  /** Undefined: the server cannot find out whether packets reach this device. */
  readonly link?: DeviceLink | undefined;
  /**
   * Number of packets that the device can hold, including the one it plays. It limits how far ahead the server sends.
   */
  readonly deviceQueueLimit: number;
}

/** The device that the reply is for, and its preferred voice. */
export interface VoiceRequest {
  readonly deviceId: string;
  readonly language: LanguageTag;
  /** The preferred voice: one of the first provider for the language, or `provider:voice`. */
  readonly voice: string | undefined;
}

export interface ReplyOptions {
  readonly deviceId: string;
  readonly language: LanguageTag;
  readonly voice?: string;
  /**
   * Earliest time (`Clock.nowMs`) of the first packet: 100 ms after `tts start` (docs/protocol.md, checklist 44).
   * Infinity: {@link SpokenReply.begin} sets it later.
   */
  readonly notBeforeMs: number;
  /**
   * Time at which the first audio was due. This reply's synthesis takes precedence over devices that began to wait
   * later, and over recognition for them. Undefined: the audio is due when the device may play it.
   */
  readonly wantedMs?: number;
  /**
   * True: the reply may never be needed. Until {@link SpokenReply.begin}, it is synthesised only with capacity that no
   * other device needs, and fails if there is none.
   */
  readonly guess?: boolean;
  readonly sink: PacketSink;
}

/** Events of a reply, in order. After `finished`, `failed` or {@link SpokenReply.stop}, there are no more events. */
export type ReplyEvent =
  /**
   * The first packet of the sentence is about to be sent. The receiver of this event sends `sentence_start` to the
   * device.
   */
  | { readonly type: 'sentence'; readonly index: number; readonly text: string }
  /** All of the sentence has been sent, except for its last 300 ms. */
  | { readonly type: 'sentence_sent'; readonly index: number }
  /** Sent about every ten seconds while a recording or another sound that is not speech is played. */
  | { readonly type: 'progress' }
  /** The first packet of the reply was sent. */
  | { readonly type: 'first_packet'; readonly atMs: number }
  /** Everything was sent, and probably (by the pacer's clock) all but the last `tailMs` was played. */
  | { readonly type: 'finished'; readonly stats: ReplyStats }
  /** Nothing more can be spoken. The packets encoded before the failure were still sent. */
  | { readonly type: 'failed'; readonly error: unknown; readonly stats: ReplyStats };

export interface ReplyStats {
  /** Packets sent to the device, and their Opus bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** Number and total duration of underruns (times without audio) within the reply, as computed by the pacer. */
  readonly underruns: number;
  readonly underrunMs: number;
  /** Time from the first text to the first audio. */
  readonly firstAudioMs: number | undefined;
  readonly cachedSentences: number;
  readonly sentences: number;
  /** How much of the music, stories and radio after the speech was played. */
  readonly musicMs: number;
}

/** A sound that is not speech, such as music or a story. */
export interface Sound {
  /** Title for the screen. */
  readonly title: string;
  readonly format: SpeechFormat;
  readonly source: SpeechSource;
  /**
   * Playback starts at this position. The source cannot jump there, so the sound is decoded from its beginning (10 ms
   * per second).
   */
  readonly fromMs?: number;
  close(): void;
}

/** Sounds that are played one after the other. */
export interface SoundQueue {
  /** Resolves with the next sound, or undefined if there are no more. */
  next(signal: AbortSignal): Promise<Sound | undefined>;
  /**
   * Called when the current sound was cut off. Of its `madeMs` that were encoded, `playedMs` were played. If {@link
   * next} is called again, the queue resumes there if possible.
   */
  stopped(playedMs: number, madeMs: number): void;
}

/** A reply in progress. It takes sentences, and synthesises the next one while the current one is played. */
export interface SpokenReply {
  /**
   * Call it when the device was told to speak. Sets {@link ReplyOptions.notBeforeMs} and, if given, {@link
   * ReplyOptions.wantedMs}. If the reply was a guess, it is now certain.
   */
  begin(notBeforeMs: number, wantedMs?: number): void;
  /**
   * Queues one piece of text (a sentence, or a part of one). Ignored after `end` or `stop`. `speech`: the model
   * produces the speech itself. Pieces with the same speech play as one sound, without pauses added by the server.
   */
  say(text: string, speech?: ModelSpeech): void;
  /** Queues a recording that is already encoded for devices. `title` is shown while it plays. */
  sayRecorded(title: string, packets: readonly Uint8Array[]): void;
  /**
   * Adds text to the sentence that is being written, or begins a new one. `last` completes the sentence, but it may be
   * spoken before that. Any other text that is queued completes it, too.
   */
  write(piece: string, last: boolean): void;
  /** Queues one piece of text, unless a part of this reply is still waiting, being synthesised or being played. */
  sayIfQuiet(text: string): void;
  /**
   * Resolves when another piece of text can be synthesised soon. The caller waits for it, so that a fast LLM does not
   * run far ahead.
   */
  ready(): Promise<void>;
  /** Plays these sounds after the text. No text may follow. A sound that cannot be decoded is skipped. */
  play(sounds: SoundQueue): void;
  /** Call it when there is no more text. `finished` follows, even if the reply is empty. */
  end(): void;
  /**
   * Pauses sending until {@link resume}, which continues with the next packet. Meanwhile, the device plays the packets
   * in its buffer.
   */
  hold(): void;
  resume(): void;
  /**
   * Stops the reply, as at a barge-in. No packet is sent after this call returns. Returns the text that was heard:
   * complete sentences, and a proportional part of the interrupted one.
   */
  stop(): HeardReply;
}

export interface HeardReply {
  readonly text: string;
  readonly playedMs: number;
  readonly stats: ReplyStats;
}

export interface Speaking {
  /** True if a voice speaks the language of the request. */
  speaks(request: VoiceRequest): boolean;
  /**
   * True if the voice that would speak now can begin a sentence while it is still being written ({@link
   * SpokenReply.write}).
   */
  takesPieces(request: VoiceRequest): boolean;
  /**
   * True if the voice that would speak now may synthesise a sentence that is perhaps never played ({@link
   * ReplyOptions.guess}). Its slot must not be needed by another device, and the voice must be free unless paid guesses
   * are allowed.
   */
  takesGuesses(request: VoiceRequest): boolean;
  reply(options: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply;
}
