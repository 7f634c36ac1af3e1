import type { SpeechFormat } from '../../audio/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { SpeechSource } from './encoding/speech-encoder.js';
import type { DeviceLink } from '../../device/device-port.js';

/** Destination of a reply's packets: one device's socket. */
export interface PacketSink {
  /** Sends one Opus packet (24 kHz, 60 ms) now. `timestampMs` increases strictly, > 0, within the connection. */
  sendPacket(packet: Uint8Array, timestampMs: number): void;
  /** Bytes the socket has not yet taken; over a bound the pacer pauses this device. */
  bufferedBytes(): number;
  /** Undefined: this device cannot be asked whether packets arrive. */
  readonly link?: DeviceLink | undefined;
  /** Device queue limit: the packets that it can hold beyond the one it plays. It bounds the lead. */
  readonly queueCeiling: number;
}

export interface ReplyOptions {
  readonly deviceId: string;
  readonly language: LanguageTag;
  readonly voice?: string;
  /**
   * Earliest moment (`Clock.nowMs`) of the first packet: `tts start` + 100 ms (docs/protocol.md, checklist 44).
   * Infinity: {@link SpokenReply.begin} tells it.
   */
  readonly notBeforeMs: number;
  /**
   * When the first sound was due: its synthesis goes before that of devices that began to wait later, and before their
   * recognition. Undefined: it is due when the device may hear it.
   */
  readonly wantedMs?: number;
  readonly sink: PacketSink;
}

/** Events of a reply, in order. After `finished`, `failed` or {@link SpokenReply.stop} nothing more comes. */
export type ReplyEvent =
  /** The first packet of the sentence leaves now: time for `sentence_start`. */
  | { readonly type: 'sentence'; readonly index: number; readonly text: string }
  /** A sound that is no speech goes on; said every few seconds. */
  | { readonly type: 'progress' }
  /** The first packet of the reply was sent. */
  | { readonly type: 'first_packet'; readonly atMs: number }
  /** Everything was sent and, by the pacer's clock, played but for the last `tailMs`. */
  | { readonly type: 'finished'; readonly stats: ReplyStats }
  /** Nothing more can be spoken; packets made before were still sent. */
  | { readonly type: 'failed'; readonly error: unknown; readonly stats: ReplyStats };

export interface ReplyStats {
  /** Sent to the device, and the bytes of Opus in them. */
  readonly packets: number;
  readonly bytes: number;
  /** Predicted by the pacer: times the device ran dry in mid-reply, and for how long. */
  readonly underruns: number;
  readonly underrunMs: number;
  /** Synthesis of the first sentence: text to first audio. */
  readonly firstAudioMs: number | undefined;
  readonly cachedSentences: number;
  readonly sentences: number;
}

/** A sound that is no speech: a piece of music, a story. */
export interface Sound {
  /** Shown on the screen. */
  readonly title: string;
  readonly format: SpeechFormat;
  readonly source: SpeechSource;
  close(): void;
}

/** Sounds to be played one after the other. */
export interface SoundQueue {
  /** Undefined: that was the last one. */
  next(signal: AbortSignal): Promise<Sound | undefined>;
  /** The sound that was taken last was cut off: so much of it was heard, of so much that was made. */
  stopped(playedMs: number, madeMs: number): void;
}

/** A reply being spoken: sentences go in, synthesis of the next overlaps with speaking this one. */
export interface SpokenReply {
  /** The device was told to speak; see {@link ReplyOptions.notBeforeMs}. */
  begin(notBeforeMs: number): void;
  /** Queue one chunk (a sentence, or a part of one). Ignored after `end` or `stop`. */
  say(text: string): void;
  /** Queue one chunk, unless something of this reply is still waiting, in synthesis or being played. */
  sayIfQuiet(text: string): void;
  /** Resolves when another chunk would be synthesised soon; await it to hold a fast LLM back. */
  ready(): Promise<void>;
  /** Plays these after what was said; no more text comes. A sound that cannot be decoded is left out. */
  play(sounds: SoundQueue): void;
  /** No more text. `finished` follows, also when nothing was said. */
  end(): void;
  /** No packet is sent until {@link goOn}, which continues at the very packet. The device plays what it has. */
  hold(): void;
  goOn(): void;
  /**
   * Barge-in: no packet is sent after this call returns. Returns the heard text: full sentences and, of the one cut,
   * the words in proportion.
   */
  stop(): HeardReply;
}

export interface HeardReply {
  readonly text: string;
  readonly playedMs: number;
  readonly stats: ReplyStats;
}

export interface Speaking {
  reply(options: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply;
}
