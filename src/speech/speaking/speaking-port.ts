import type { SpeechFormat } from '../../audio/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { SpeechSource } from './encoding/speech-encoder.js';
import type { DeviceLink } from '../../device/device-port.js';

/** Text that is played as a soft tone. A reply contains it like a sentence, and a screen shows it unchanged. */
export const HINT_TONE = '♪';

/** Text that is played as the ring of an alarm, like {@link HINT_TONE}. */
export const ALARM_TONE = '♪♪♪';

/** Destination of a reply's packets: one device's socket. */
export interface PacketSink {
  /** Sends one Opus packet (24 kHz, 60 ms) now. `timestampMs` is > 0 and strictly increasing within the connection. */
  sendPacket(packet: Uint8Array, timestampMs: number): void;
  /** Bytes that the socket has not yet taken. Above a limit, the pacer pauses this device. */
  bufferedBytes(): number;
  /** Undefined: the server cannot ask this device whether packets arrive. */
  readonly link?: DeviceLink | undefined;
  /**
   * Device queue limit: number of packets that the device can hold, including the packet it plays. It limits the lead.
   */
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
   * Earliest time (`Clock.nowMs`) of the first packet: `tts start` + 100 ms (docs/protocol.md, checklist 44). Infinity:
   * {@link SpokenReply.begin} sets it later.
   */
  readonly notBeforeMs: number;
  /**
   * Time at which the first audio was due. The reply's synthesis takes precedence over devices that began to wait
   * later, and over their recognition. Undefined: it is due when the device may play it.
   */
  readonly wantedMs?: number;
  /**
   * True: the reply may never be needed. Until {@link SpokenReply.begin}, its synthesis gets only capacity that no
   * other device needs. It fails if there is none.
   */
  readonly guess?: boolean;
  readonly sink: PacketSink;
}

/** Events of a reply, in order. There are no events after `finished`, `failed` or {@link SpokenReply.stop}. */
export type ReplyEvent =
  /** The first packet of the sentence is sent now. The receiver of this event sends `sentence_start` to the device. */
  | { readonly type: 'sentence'; readonly index: number; readonly text: string }
  /** All of the sentence was sent except its last 300 ms. */
  | { readonly type: 'sentence_sent'; readonly index: number }
  /** Sent about every ten seconds while a recording, or a sound that is not speech, is played. */
  | { readonly type: 'progress' }
  /** The first packet of the reply was sent. */
  | { readonly type: 'first_packet'; readonly atMs: number }
  /** Everything was sent. By the pacer's clock, all but the last `tailMs` was played. */
  | { readonly type: 'finished'; readonly stats: ReplyStats }
  /** Nothing more can be spoken. The packets made before the failure were still sent. */
  | { readonly type: 'failed'; readonly error: unknown; readonly stats: ReplyStats };

export interface ReplyStats {
  /** Packets sent to the device, and their Opus bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** Number and total duration of underruns within the reply, as predicted by the pacer. */
  readonly underruns: number;
  readonly underrunMs: number;
  /** Time from the first text to the first audio. */
  readonly firstAudioMs: number | undefined;
  readonly cachedSentences: number;
  readonly sentences: number;
  /** Length of the music, stories and radio played after the speech. */
  readonly musicMs: number;
}

/** A sound that is not speech, such as music or a story. */
export interface Sound {
  /** Title for the screen. */
  readonly title: string;
  readonly format: SpeechFormat;
  readonly source: SpeechSource;
  /**
   * Playback starts at this position. The source cannot seek, so the sound is decoded from its beginning (10 ms per
   * second).
   */
  readonly fromMs?: number;
  close(): void;
}

/** Sounds that are played one after the other. */
export interface SoundQueue {
  /** Resolves with the next sound, or undefined if there are no more. */
  next(signal: AbortSignal): Promise<Sound | undefined>;
  /**
   * Called when the current sound was cut off. `playedMs` of its `madeMs` were played. If {@link next} is called again,
   * the queue resumes there if possible.
   */
  stopped(playedMs: number, madeMs: number): void;
}

/** A reply in progress. It takes sentences; the next one is synthesised while the current one is played. */
export interface SpokenReply {
  /**
   * Call it when the device was told to speak. It sets {@link ReplyOptions.notBeforeMs} and, if given,
   * {@link ReplyOptions.wantedMs}. A guess becomes certain.
   */
  begin(notBeforeMs: number, wantedMs?: number): void;
  /**
   * Queues one chunk (a sentence, or a part of one). Ignored after `end` or `stop`. `speech`: the model produces the
   * speech itself. Chunks of the same speech play as one sound, without pauses added by the server.
   */
  say(text: string, speech?: ModelSpeech): void;
  /** Queues a recording that is already encoded for devices. `title` is shown while it plays. */
  sayRecorded(title: string, packets: readonly Uint8Array[]): void;
  /**
   * Adds text to the sentence that is being written, or begins one. `last` ends the sentence; it may be spoken before
   * that. Any other text that is queued ends it, too.
   */
  write(piece: string, last: boolean): void;
  /** Queues one chunk, unless a part of this reply is still waiting, in synthesis or being played. */
  sayIfQuiet(text: string): void;
  /** Resolves when another chunk can be synthesised soon. The caller awaits it to slow down a fast LLM. */
  ready(): Promise<void>;
  /** Plays these sounds after the text. No text may follow. A sound that cannot be decoded is skipped. */
  play(sounds: SoundQueue): void;
  /** Ends the text. `finished` follows, even if the reply is empty. */
  end(): void;
  /**
   * Pauses sending until {@link resume}, which continues with the next packet. The device plays its buffered packets.
   */
  hold(): void;
  resume(): void;
  /**
   * Barge-in: no packet is sent after this call returns. Returns the heard text: full sentences, and a proportional
   * part of the interrupted one.
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
   * True if the voice that would speak now accepts a sentence while it is being written ({@link SpokenReply.write}).
   */
  takesPieces(request: VoiceRequest): boolean;
  /**
   * True if the voice that would speak now may synthesise a sentence that is perhaps never played
   * ({@link ReplyOptions.guess}). No other device may need its slot, and the sentence must be free unless paid guesses
   * are allowed.
   */
  takesGuesses(request: VoiceRequest): boolean;
  reply(options: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply;
}
