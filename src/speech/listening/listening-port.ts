/** `auto`: the server ends the turn. `manual`: push to talk. `realtime`: the microphone stays open during a reply. */
export type ListenMode = 'auto' | 'manual' | 'realtime';

export interface ListeningTurn {
  /** Every event of the turn carries this id. The receiver ignores events of an older turn. */
  readonly turnId: number;
  readonly mode: ListenMode;
  /**
   * Silence that ends the utterance. {@link ListeningStream.requireSilence} may replace it after a piece. Infinity:
   * silence does not end the utterance; only the end of the audio does, as in push to talk.
   */
  readonly endpointSilenceMs: number;
  /** Silence after which a piece is sent. Undefined: that of {@link UtteranceOptions}. */
  readonly pieceSilenceMs?: number;
  /** True: also report the audio of a piece while it is spoken ({@link ListeningEvent} `audio`). */
  readonly live?: boolean;
}

/** Measurements of the speech in a piece, in addition to its words. */
export interface PieceVoice {
  /** Speech in the piece, without its pauses. */
  readonly speechMs: number;
  /** Root mean square of the windows with speech, in dB against full scale. */
  readonly levelDb: number;
  /** Mean probability of speech in the windows with speech. */
  readonly probability: number;
}

/**
 * Listening events. Times count the received audio of the turn in milliseconds; they are not arrival times. They are
 * negative in the pre-roll of a turn that continues where the previous turn ended.
 *
 * An utterance is delivered as pieces. Piece `index` is sent again with a higher `revision` if the user said more after
 * it. A piece becomes final in two ways: it is sent with `committed` (at a length limit, or by `finish`), or a later
 * `speech_resumed` names it in `commits`. The next piece then has the next index. The utterance's text is the text of
 * the last revision of each piece, in order.
 */
export type ListeningEvent =
  /** Reports the first speech of the utterance, after the minimum speech duration. */
  | { readonly type: 'speech_started'; readonly turnId: number; readonly atMs: number }
  /**
   * Realtime, while the device plays a reply: the user talks, and the sound is not the echo of the reply. Sent at most
   * once per {@link ListeningStream.playbackStarted}. `speech_started` with the same time follows unless it was sent
   * before.
   */
  | { readonly type: 'barge_in'; readonly turnId: number; readonly atMs: number }
  /**
   * Turn with `live`: the next audio of piece `index`, with its pre-roll. Audio that may begin another piece is not
   * included.
   */
  | { readonly type: 'audio'; readonly turnId: number; readonly index: number; readonly pcm: Int16Array }
  /**
   * The speech over a reply so far, from its `barge_in` on. It is sent while the speech goes on without a pause, at
   * most three times per `barge_in`.
   */
  | {
      readonly type: 'speech_so_far';
      readonly turnId: number;
      /** 16 kHz mono, with pre-roll; owned by the receiver. */
      readonly pcm: Int16Array;
      readonly voice: PieceVoice;
    }
  /** Sent after a short silence (`pieceSilenceMs`), at a length limit, or at the end of the utterance. */
  | {
      readonly type: 'piece';
      readonly turnId: number;
      readonly index: number;
      readonly revision: number;
      /** 16 kHz mono, with pre-roll; owned by the receiver. */
      readonly pcm: Int16Array;
      readonly startMs: number;
      readonly endMs: number;
      readonly committed: boolean;
      /** Undefined: not measured. */
      readonly voice?: PieceVoice;
    }
  /**
   * Speech went on after a piece that was sent without `committed`. `commits` is the index of that piece if the pause
   * was a good place to cut; the piece is then final as last sent. If `commits` is undefined, the piece goes on and is
   * sent again, so text recognised from it is out of date.
   */
  | { readonly type: 'speech_resumed'; readonly turnId: number; readonly atMs: number; readonly commits?: number }
  /**
   * The utterance is complete. Its pieces are 0..pieces-1, and the last one has the revision `lastRevision`. `pieces`
   * is 0 if nobody spoke before `finish`.
   */
  | {
      readonly type: 'utterance_ended';
      readonly turnId: number;
      readonly pieces: number;
      readonly lastRevision: number;
      readonly reason: 'silence' | 'stopped' | 'cap';
      /** End of the last speech. */
      readonly speechEndMs: number;
      /** Received audio at the moment of the decision. `decidedMs - speechEndMs` is the time spent on endpointing. */
      readonly decidedMs: number;
    }
  /** Received audio of the turn. Sent about every 200 ms until speech begins, for rules about a silent user. */
  | { readonly type: 'still_silent'; readonly turnId: number; readonly atMs: number }
  /**
   * The open utterance is lost, for one of two reasons. The listening process died and the next process cannot analyse
   * the utterance again: it was the second death in this utterance, or a reply played in it, or some of its audio was
   * not kept. Or the turn waited too long for a process.
   *
   * `unavailable`: no process is expected soon, so starting a new turn is useless. `silent`: the process is
   * unavailable, and nobody had spoken in the turn.
   *
   * A death without this event needs no action. The next process analyses the utterance from its beginning and sends
   * its events again.
   */
  | { readonly type: 'lost'; readonly turnId: number; readonly unavailable?: true; readonly silent?: true };

/** One device's listener. All methods return at once and never throw. */
export interface ListeningStream {
  /**
   * Takes one uplink Opus packet (0-2 bytes: DTX silence). The packet is copied out of the caller's buffer. Packets
   * between turns are ignored.
   */
  push(packet: Uint8Array): void;
  /**
   * Begins a turn and ends an open one. The turn usually starts with a new decoder, detector state and buffers.
   *
   * Exception: people go on speaking without waiting for an answer. A turn that begins while `utterance_ended` of the
   * previous turn is being reported continues at the sample at which the previous turn ended. This does not apply if
   * one of the two turns is push to talk, or if `finish` ended the previous turn.
   */
  begin(turn: ListeningTurn): void;
  /**
   * Changes the silence that ends the utterance after the piece just sent (adaptive endpointing). The call is ignored
   * if speech has gone on since. When speech goes on later, the turn's `endpointSilenceMs` applies again.
   */
  requireSilence(turnId: number, silenceMs: number): void;
  /**
   * Ends the utterance, in any mode, once its packets are decoded. These are the packets pushed so far and late ones
   * that arrive within 200 ms.
   */
  finish(turnId: number): void;
  /** Stops listening. The turn sends no more events. */
  end(): void;
  /**
   * Realtime: call it when the device begins to play a reply. While the reply may be audible, a sound begins an
   * utterance only if it is not the echo of the reply. Until `playbackStopped`, `barge_in` is reported before the
   * utterance begins. An utterance that began earlier goes on.
   */
  playbackStarted(): void;
  /**
   * Realtime: takes a packet that was just sent to the device. It is the reference that distinguishes the echo from the
   * user's voice.
   */
  reference(packet: Uint8Array): void;
  playbackStopped(): void;
  close(): void;
}

export interface Listening {
  open(onEvent: (event: ListeningEvent) => void): ListeningStream;
}
