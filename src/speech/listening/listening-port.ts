/**
 * In `auto`, the server ends the turn. `manual` is push to talk. In `realtime`, the microphone stays open during a
 * reply.
 */
export type ListenMode = 'auto' | 'manual' | 'realtime';

export interface ListeningTurn {
  /** Every event of the turn carries this id. The receiver ignores events of an older turn. */
  readonly turnId: number;
  readonly mode: ListenMode;
  /**
   * Silence that ends the utterance. {@link ListeningStream.requireSilence} may change the value after a piece. With
   * Infinity, silence never ends the utterance, as in push to talk.
   */
  readonly endpointSilenceMs: number;
  /** Silence after which a piece is sent. The default is in {@link UtteranceOptions}. */
  readonly pieceSilenceMs?: number;
  /** True if the answer begins before the end of the utterance is certain. The audio is then analysed without delay. */
  readonly answersEarly?: boolean;
  /** If true, the audio of a piece is also reported while the user speaks ({@link ListeningEvent} `audio`). */
  readonly live?: boolean;
}

export interface PieceVoice {
  /** Length of the speech in the piece, without its pauses. */
  readonly speechMs: number;
  /** Root mean square of the windows with speech, in dB against full scale. */
  readonly levelDb: number;
  /** Mean probability of speech in the windows with speech. */
  readonly probability: number;
}

/**
 * Times are positions in the received audio of the turn, in milliseconds. They may be negative if the turn continues
 * where the previous turn ended. The pre-roll is the audio just before detected speech.
 *
 * An utterance is delivered in pieces. If the user says more, a piece is sent again with a higher `revision`. A piece
 * is final if it has `committed`, or if a later `speech_resumed` names its index in `commits`. The next piece then has
 * the next index. The text of the utterance is the text of the last revision of each piece, in order.
 */
export type ListeningEvent =
  /** The first speech of the utterance, sent after the minimum duration of speech. */
  | { readonly type: 'speech_started'; readonly turnId: number; readonly atMs: number }
  /**
   * In realtime mode, the user talks while the device plays a reply. Sent at most once per {@link
   * ListeningStream.playbackStarted}. `speech_started` with the same time follows unless it was already sent.
   */
  | { readonly type: 'barge_in'; readonly turnId: number; readonly atMs: number }
  /**
   * The next audio of piece `index`, with its pre-roll. Sent only in a turn with `live`. Excludes audio that may begin
   * another piece.
   */
  | { readonly type: 'audio'; readonly turnId: number; readonly index: number; readonly pcm: Int16Array }
  /**
   * The speech over a reply so far, from its `barge_in` on. Sent while the user speaks, at most three times per
   * `barge_in`.
   */
  | {
      readonly type: 'speech_so_far';
      readonly turnId: number;
      /** 16 kHz mono, with pre-roll. The receiver owns the buffer. */
      readonly pcm: Int16Array;
      readonly voice: PieceVoice;
    }
  /**
   * A piece of the utterance. Sent after a short silence (`pieceSilenceMs`), at a length limit, or at the end of the
   * utterance.
   */
  | {
      readonly type: 'piece';
      readonly turnId: number;
      readonly index: number;
      readonly revision: number;
      /** 16 kHz mono, with pre-roll. The receiver owns the buffer. */
      readonly pcm: Int16Array;
      readonly startMs: number;
      readonly endMs: number;
      readonly committed: boolean;
      /** Undefined if not measured. */
      readonly voice?: PieceVoice;
    }
  /**
   * Speech continued after a piece without `committed`. If `commits` is set, the piece with that index is final as last
   * sent. Otherwise the piece continues and is sent again, so text recognised from it is out of date.
   */
  | { readonly type: 'speech_resumed'; readonly turnId: number; readonly atMs: number; readonly commits?: number }
  /**
   * The utterance is complete. `lastRevision` is the revision of its last piece. `pieces` is 0 if there was no speech
   * before `finish`.
   */
  | {
      readonly type: 'utterance_ended';
      readonly turnId: number;
      readonly pieces: number;
      readonly lastRevision: number;
      readonly reason: 'silence' | 'stopped' | 'cap';
      readonly speechEndMs: number;
      /**
       * Position in the audio when the end was decided. `decidedMs - speechEndMs` is the time that endpointing took.
       */
      readonly decidedMs: number;
    }
  /** There was no speech in the turn yet. Sent about every 200 ms. `atMs` is the length of the received audio. */
  | { readonly type: 'still_silent'; readonly turnId: number; readonly atMs: number }
  /**
   * The open utterance is lost, because its process died or the turn waited too long for a process. After a first
   * death, the next process usually analyses the utterance again and repeats its events without `lost`.
   *
   * With `unavailable`, no process is expected soon, so a new turn is useless. With `silent`, nobody had spoken in the
   * turn.
   */
  | { readonly type: 'lost'; readonly turnId: number; readonly unavailable?: true; readonly silent?: true };

/** One device's listener. All methods return at once and never throw. */
export interface ListeningStream {
  /**
   * Takes one Opus packet from the microphone and copies it. A packet of 0 to 2 bytes is silence (DTX). Packets between
   * turns are ignored.
   */
  push(packet: Uint8Array): void;
  /**
   * Begins a turn and ends an open one. The turn starts with a new decoder, detector state and buffers.
   *
   * There is an exception for people who speak on without waiting for an answer. A turn that begins while `onEvent`
   * handles `utterance_ended` continues at the sample at which the previous turn ended. This does not apply to push to
   * talk, or after `finish`.
   */
  begin(turn: ListeningTurn): void;
  /**
   * Changes the silence that ends the utterance after the piece just sent. Ignored if speech has continued since. If
   * speech continues later, the turn's `endpointSilenceMs` applies again.
   */
  requireSilence(turnId: number, silenceMs: number): void;
  /** Ends the utterance in any mode, once its packets are decoded. Packets that arrive within 200 ms still count. */
  finish(turnId: number): void;
  end(): void;
  /**
   * Call this in realtime mode when the device begins to play a reply. While the reply may be audible, its echo begins
   * no utterance. Until `playbackStopped`, `barge_in` is reported before the utterance begins. An utterance that began
   * earlier continues.
   */
  playbackStarted(): void;
  /**
   * In realtime mode, takes a packet that was just sent to the device. Echo detection compares these packets with the
   * microphone.
   */
  reference(packet: Uint8Array): void;
  playbackStopped(): void;
  close(): void;
}

export interface Listening {
  open(onEvent: (event: ListeningEvent) => void): ListeningStream;
}
