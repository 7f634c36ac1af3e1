import type { SpeechFormat } from '../../audio/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { SpeechSource } from './encoding/speech-encoder.js';
import type { DeviceLink } from '../../device/device-port.js';

/** The text that sounds as a soft tone: a reply says it like a sentence, and a screen shows it as it stands here. */
export const HINT_TONE = '♪';

/** The text that sounds as the ring of an alarm, like {@link HINT_TONE}. */
export const ALARM_TONE = '♪♪♪';

/** Destination of a reply's packets: one device's socket. */
export interface PacketSink {
  /** Sends one Opus packet (24 kHz, 60 ms) now. `timestampMs` increases strictly, > 0, within the connection. */
  sendPacket(packet: Uint8Array, timestampMs: number): void;
  /** Bytes the socket has not yet taken; over a bound the pacer pauses this device. */
  bufferedBytes(): number;
  /** Undefined: this device cannot be asked whether packets arrive. */
  readonly link?: DeviceLink | undefined;
  /** Device queue limit: packets that may be in the device, including the one that it plays. It bounds the lead. */
  readonly deviceQueueLimit: number;
}

/** The device that is spoken to, and the preferred voice. */
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
   * Earliest moment (`Clock.nowMs`) of the first packet: `tts start` + 100 ms (docs/protocol.md, checklist 44).
   * Infinity: {@link SpokenReply.begin} sets it later.
   */
  readonly notBeforeMs: number;
  /**
   * Time at which the first sound was due. Its synthesis goes before that of devices that began to wait later, and
   * before their recognition. Undefined: it is due when the device may hear it.
   */
  readonly wantedMs?: number;
  /**
   * True: the reply may never be wanted. Until {@link SpokenReply.begin} its synthesis gets only what no other device
   * needs, and fails where that is nothing.
   */
  readonly guess?: boolean;
  readonly sink: PacketSink;
}

/** Events of a reply, in order. After `finished`, `failed` or {@link SpokenReply.stop} nothing more comes. */
export type ReplyEvent =
  /** The first packet of the sentence leaves now: time for `sentence_start`. */
  | { readonly type: 'sentence'; readonly index: number; readonly text: string }
  /** All of the sentence was sent except its last 300 ms. */
  | { readonly type: 'sentence_sent'; readonly index: number }
  /** A recording, or a sound that is no speech, continues; reported about every ten seconds. */
  | { readonly type: 'progress' }
  /** The first packet of the reply was sent. */
  | { readonly type: 'first_packet'; readonly atMs: number }
  /** Everything was sent and, by the pacer's clock, all but the last `tailMs` was played. */
  | { readonly type: 'finished'; readonly stats: ReplyStats }
  /** Nothing more can be spoken. Packets made before were still sent. */
  | { readonly type: 'failed'; readonly error: unknown; readonly stats: ReplyStats };

export interface ReplyStats {
  /** Packets sent to the device, and their bytes of Opus. */
  readonly packets: number;
  readonly bytes: number;
  /** Predicted by the pacer: how often the device had no sound left within the reply, and for how long. */
  readonly underruns: number;
  readonly underrunMs: number;
  /** Time from the first text to the first audio. */
  readonly firstAudioMs: number | undefined;
  readonly cachedSentences: number;
  readonly sentences: number;
  /** Music, stories and radio that were heard after the speech. */
  readonly musicMs: number;
}

/** A sound that is no speech: a piece of music, a story. */
export interface Sound {
  /** Title for the screen. */
  readonly title: string;
  readonly format: SpeechFormat;
  readonly source: SpeechSource;
  /** The sound is played from here, as its source cannot begin there. It is made from the beginning: 10 ms a second. */
  readonly fromMs?: number;
  close(): void;
}

/** Sounds that are played one after the other. */
export interface SoundQueue {
  /** The next sound; undefined: there are no more. */
  next(signal: AbortSignal): Promise<Sound | undefined>;
  /**
   * Called when the last sound was cut off: `playedMs` of the `madeMs` was heard. If {@link next} is called again, the
   * queue goes on there, as far as it can.
   */
  stopped(playedMs: number, madeMs: number): void;
}

/** A reply being spoken. It takes sentences; the next one is synthesised while this one is spoken. */
export interface SpokenReply {
  /**
   * Call it when the device was told to speak: sets {@link ReplyOptions.notBeforeMs} and, if given, {@link
   * ReplyOptions.wantedMs}. A guess is certain from now on.
   */
  begin(notBeforeMs: number, wantedMs?: number): void;
  /**
   * Queues one chunk (a sentence, or a part of one). Ignored after `end` or `stop`. `speech`: the model speaks it
   * itself; chunks of the same speech are heard as one, without pauses of ours.
   */
  say(text: string, speech?: ModelSpeech): void;
  /** Queues a recording, encoded as devices hear it. `title` is shown while it is played. */
  sayRecorded(title: string, packets: readonly Uint8Array[]): void;
  /**
   * Adds to the sentence that is being written, or begins it. It may be spoken before `last`, its end. Anything else
   * that is said ends it, too.
   */
  write(piece: string, last: boolean): void;
  /** Queues one chunk, unless something of this reply is still waiting, in synthesis or being played. */
  sayIfQuiet(text: string): void;
  /** Resolves when another chunk can be synthesised soon. Await it to slow a fast LLM down. */
  ready(): Promise<void>;
  /** Plays these sounds after the text; no more text comes. A sound that cannot be decoded is left out. */
  play(sounds: SoundQueue): void;
  /** Ends the text. `finished` follows, also when nothing was said. */
  end(): void;
  /** Holds the packets back until {@link resume}, which continues with the next one. The device plays what it has. */
  hold(): void;
  resume(): void;
  /**
   * Barge-in: no packet is sent after this call returns. Returns the heard text: full sentences, and the words of the
   * interrupted one in proportion.
   */
  stop(): HeardReply;
}

export interface HeardReply {
  readonly text: string;
  readonly playedMs: number;
  readonly stats: ReplyStats;
}

export interface Speaking {
  /** Whether any voice speaks the language of the request. */
  speaks(request: VoiceRequest): boolean;
  /** Whether the voice that would speak now takes a sentence as it is written ({@link SpokenReply.write}). */
  takesPieces(request: VoiceRequest): boolean;
  /**
   * Whether the voice that would speak now may make a sentence that is perhaps never heard ({@link
   * ReplyOptions.guess}): others do not need its place, and the sentence costs nothing or may cost something.
   */
  takesGuesses(request: VoiceRequest): boolean;
  reply(options: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply;
}
