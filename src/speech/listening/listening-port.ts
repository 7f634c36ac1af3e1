/** `auto`: the server ends the turn. `manual`: push to talk. `realtime`: the microphone stays open during a reply. */
export type ListenMode = 'auto' | 'manual' | 'realtime';

export interface ListeningTurn {
  /** Every event of the turn carries this id. The receiver ignores events of an older turn. */
  readonly turnId: number;
  readonly mode: ListenMode;
  /**
   * Silence that ends the utterance. After a piece of the utterance, {@link ListeningStream.requireSilence} may change
   * it. Infinity: the utterance does not end by silence but with the audio, as in push to talk.
   */
  readonly endpointSilenceMs: number;
  /** Silence after which a piece is sent. Undefined: the value in {@link UtteranceOptions}. */
  readonly pieceSilenceMs?: number;
  /** True: the audio of a piece is also reported while it is spoken ({@link ListeningEvent} `audio`). */
  readonly live?: boolean;
}

/** Measurements of the speech in a piece. */
export interface PieceVoice {
  /** Length of the speech in the piece, without its pauses. */
  readonly speechMs: number;
  /** Root mean square of the windows with speech, in dB against full scale. */
  readonly levelDb: number;
  /** Mean probability of speech in the windows with speech. */
  readonly probability: number;
}

/**
 * Listening events. Times are positions in the received audio of the turn, in milliseconds, not times of arrival. They
 * are negative in the pre-roll of a turn that continues where the previous turn ended. (The pre-roll is the audio from
 * just before the speech.)
 *
 * An utterance is delivered in pieces. Piece `index` is sent again with a higher `revision` if the user said more after
 * it. A piece becomes final in two ways: it is sent with `committed` (at a length limit, or by `finish`), or a later
 * `speech_resumed` names it in `commits`. The next piece then has the next index. The utterance's text consists of the
 * texts of the last revision of each piece, in order.
 */
export type ListeningEvent =
  /** The first speech of the utterance. Sent once the speech has lasted for the minimum duration. */
  | { readonly type: 'speech_started'; readonly turnId: number; readonly atMs: number }
  /**
   * In realtime mode, while the device plays a reply: the user talks, and the sound is not the echo of the reply. Sent
   * at most once per {@link ListeningStream.playbackStarted}. `speech_started` with the same time follows unless it was
   * sent before.
   */
  | { readonly type: 'barge_in'; readonly turnId: number; readonly atMs: number }
  /**
   * In a turn with `live`: the next audio of piece `index`, with its pre-roll. Does not include audio that may begin
   * another piece.
   */
  | { readonly type: 'audio'; readonly turnId: number; readonly index: number; readonly pcm: Int16Array }
  /**
   * The speech over a reply so far, from its `barge_in` on. Sent while the speech continues without a pause, at most
   * three times per `barge_in`.
   */
  | {
      readonly type: 'speech_so_far';
      readonly turnId: number;
      /** 16 kHz mono, with pre-roll. It belongs to the receiver. */
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
      /** 16 kHz mono, with pre-roll. It belongs to the receiver. */
      readonly pcm: Int16Array;
      readonly startMs: number;
      readonly endMs: number;
      readonly committed: boolean;
      /** Undefined: not measured. */
      readonly voice?: PieceVoice;
    }
  /**
   * Speech continued after a piece that was sent without `committed`. `commits` is the index of that piece if the pause
   * was a good place to cut; the piece is then final as last sent. If `commits` is undefined, the piece continues and
   * is sent again, so text recognised from it is out of date.
   */
  | { readonly type: 'speech_resumed'; readonly turnId: number; readonly atMs: number; readonly commits?: number }
  /**
   * The utterance is complete. Its pieces are 0..pieces-1, and the last one has the revision `lastRevision`. `pieces`
   * is 0 if no speech came before `finish`.
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
       * Position in the audio when the end was decided. `decidedMs - speechEndMs` is the time that endpointing took.
       */
      readonly decidedMs: number;
    }
  /**
   * The turn has had no speech yet. Sent about every 200 ms, for rules about a silent user. `atMs` is the length of the
   * received audio.
   */
  | { readonly type: 'still_silent'; readonly turnId: number; readonly atMs: number }
  /**
   * The open utterance is lost, for one of two reasons. The listening process died and the next process cannot analyse
   * the utterance again: it was the second death in this utterance, or a reply was played in it, or some of its audio
   * was not kept. Or the turn waited too long for a process.
   *
   * `unavailable`: no process is expected soon, so starting a new turn is useless. `silent`: the process is
   * unavailable, and nobody had spoken in the turn.
   *
   * If a process dies without this event, nothing need be done. The next process analyses the utterance from its
   * beginning and sends its events again.
   */
  | { readonly type: 'lost'; readonly turnId: number; readonly unavailable?: true; readonly silent?: true };

/** One device's listener. All methods return at once and never throw. */
export interface ListeningStream {
  /**
   * Takes one Opus packet from the microphone (0-2 bytes: silence, DTX). The packet is copied out of the caller's
   * buffer. Packets between turns are ignored.
   */
  push(packet: Uint8Array): void;
  /**
   * Begins a turn, and ends one that is open. The turn usually starts with a new decoder, detector state and buffers.
   *
   * There is an exception for people who speak on without waiting for an answer: a turn that begins while
   * `utterance_ended` of the previous turn is being reported continues at the sample at which the previous turn ended.
   * This does not apply if one of the two turns is push to talk, or if `finish` ended the previous turn.
   */
  begin(turn: ListeningTurn): void;
  /**
   * Changes the silence that ends the utterance after the piece just sent (adaptive endpointing). Ignored if speech has
   * continued since. If speech continues later, the turn's `endpointSilenceMs` applies again.
   */
  requireSilence(turnId: number, silenceMs: number): void;
  /**
   * Ends the utterance, in any mode, once its packets are decoded: those pushed so far, and late ones that arrive
   * within 200 ms.
   */
  finish(turnId: number): void;
  /** Stops listening. The turn then sends no more events. */
  end(): void;
  /**
   * In realtime mode, call it when the device begins to play a reply. While the reply may be audible, a sound begins an
   * utterance only if the sound is not the echo of the reply. Until `playbackStopped`, `barge_in` is reported before
   * the utterance begins. An utterance that began before this call continues.
   */
  playbackStarted(): void;
  /**
   * In realtime mode, takes a packet that was just sent to the device. These packets are the reference for telling the
   * echo from the user's voice.
   */
  reference(packet: Uint8Array): void;
  playbackStopped(): void;
  close(): void;
}

export interface Listening {
  open(onEvent: (event: ListeningEvent) => void): ListeningStream;
}
