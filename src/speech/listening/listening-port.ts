/** `auto`: the server ends the turn. `manual`: push to talk. `realtime`: the microphone stays open during a reply. */
export type ListenMode = 'auto' | 'manual' | 'realtime';

export interface ListeningTurn {
  /** Stamped on every event of the turn; events of an older turn are to be ignored. */
  readonly turnId: number;
  readonly mode: ListenMode;
  /**
   * Silence that ends the utterance, unless {@link ListeningStream.requireSilence} asks for another after a piece.
   * Infinity: only the end of the sound ends it, as in push to talk.
   */
  readonly endpointSilenceMs: number;
  /** Also report the audio of a piece while it is spoken ({@link ListeningEvent} `audio`). */
  readonly live?: boolean;
}

/** Measurements of the speech in a piece, beside its words. */
export interface PieceVoice {
  /** Speech in the piece, without its pauses. */
  readonly speechMs: number;
  /** Root mean square of the windows with speech, in dB against full scale. */
  readonly levelDb: number;
  /** Mean probability of speech of these windows. */
  readonly probability: number;
}

/**
 * Listening events. Times count the received audio of the turn in milliseconds; they are not arrival times. They are
 * negative in the pre-roll of a turn that continues where another one ended.
 *
 * An utterance is delivered as pieces. Piece `index` is sent again with a higher `revision` if more was said after it.
 * A piece is final, and the next index follows, if it was sent as `committed` (at a length limit, or by `finish`) or if
 * a later `speech_resumed` names it in `commits`. The utterance's text is that of the last revision of each piece, in
 * order.
 */
export type ListeningEvent =
  /** The first speech of the utterance (after the minimum speech duration). */
  | { readonly type: 'speech_started'; readonly turnId: number; readonly atMs: number }
  /**
   * Realtime, while the device speaks: the user talks, and it is not the echo of the reply. At most one per {@link
   * ListeningStream.playbackStarted}. `speech_started` with the same time follows unless it came before.
   */
  | { readonly type: 'barge_in'; readonly turnId: number; readonly atMs: number }
  /**
   * Turn with `live`: the next audio of piece `index`, with its pre-roll. Audio that may begin another piece is not
   * included.
   */
  | { readonly type: 'audio'; readonly turnId: number; readonly index: number; readonly pcm: Int16Array }
  /**
   * The speech over a reply so far, from its `barge_in` on: it goes on without a pause. At most three times for a
   * `barge_in`.
   */
  | {
      readonly type: 'speech_so_far';
      readonly turnId: number;
      /** 16 kHz mono, with pre-roll; owned by the receiver. */
      readonly pcm: Int16Array;
      readonly voice: PieceVoice;
    }
  /** Sent after a short silence (`pieceSilenceMs`, 128 ms), at a length limit, or at the end of the utterance. */
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
   * Speech went on after a piece that was sent without `committed`. `commits`: the index of that piece, if the pause
   * was a good place to cut; the piece is then final as last sent. Undefined: the piece goes on and will be sent again,
   * so text recognised from it is out of date.
   */
  | { readonly type: 'speech_resumed'; readonly turnId: number; readonly atMs: number; readonly commits?: number }
  /**
   * The utterance is complete: its pieces are 0..pieces-1, the last at `lastRevision`. `pieces` 0: nothing was said
   * before `finish`.
   */
  | {
      readonly type: 'utterance_ended';
      readonly turnId: number;
      readonly pieces: number;
      readonly lastRevision: number;
      readonly reason: 'silence' | 'stopped' | 'cap';
      /** End of the last speech. */
      readonly speechEndMs: number;
      /**
       * Received audio at the moment of the decision. Its difference to speechEndMs is the time spent on endpointing.
       */
      readonly decidedMs: number;
    }
  /** Received audio of the turn, about every 200 ms until speech begins (for rules about a silent user). */
  | { readonly type: 'still_silent'; readonly turnId: number; readonly atMs: number }
  /**
   * The open utterance is lost. Either the listening process died and the next one cannot hear the utterance again,
   * because this was the second death in it, a reply was played in it, or some of its audio was not kept. Or the turn
   * waited too long for a process. `unavailable`: no process is expected soon, so listening again is useless. `silent`:
   * it is unavailable, and nobody had spoken in the turn until then. A death without this event needs no action: the
   * next process hears the utterance from its beginning and sends its events again.
   */
  | { readonly type: 'lost'; readonly turnId: number; readonly unavailable?: true; readonly silent?: true };

/** One device's listener. All methods return at once and never throw. */
export interface ListeningStream {
  /** One uplink Opus packet (0-2 bytes: DTX silence). Copied out of the caller's buffer. Ignored between turns. */
  push(packet: Uint8Array): void;
  /**
   * Begins a turn and ends an open one. Decoder, state of the detector and buffers are new, unless the turn continues
   * another: people speak on without waiting for an answer. So a turn that begins while `utterance_ended` of the last
   * turn is reported goes on at the sample at which the last turn ended, unless one of the two is push to talk or the
   * last turn was ended by `finish`.
   */
  begin(turn: ListeningTurn): void;
  /**
   * Changes the silence that ends the utterance after the piece just sent (adaptive endpointing). Ignored if speech has
   * gone on since. When it goes on, the turn's `endpointSilenceMs` applies again.
   */
  requireSilence(turnId: number, silenceMs: number): void;
  /**
   * Ends the utterance, in any mode, once its packets are decoded: those pushed so far, and late ones that arrive
   * within 200 ms.
   */
  finish(turnId: number): void;
  /** Stop listening; no more events of the turn. */
  end(): void;
  /**
   * Realtime: the device begins to play a reply. While the reply may be audible, a sound begins an utterance only if it
   * is not the echo of the reply. Until `playbackStopped`, `barge_in` is reported before the utterance begins. An
   * utterance that began earlier goes on.
   */
  playbackStarted(): void;
  /**
   * Realtime: a packet that was just sent to the device. It is the reference that tells its echo from the user's voice.
   */
  reference(packet: Uint8Array): void;
  playbackStopped(): void;
  close(): void;
}

export interface Listening {
  open(onEvent: (event: ListeningEvent) => void): ListeningStream;
}
