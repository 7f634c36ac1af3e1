/** `auto`: the server ends the turn. `manual`: push to talk. `realtime`: the microphone stays open during a reply. */
export type ListenMode = 'auto' | 'manual' | 'realtime';

export interface ListeningTurn {
  /** Stamped on every event of the turn; events of an older turn are to be ignored. */
  readonly turnId: number;
  readonly mode: ListenMode;
  /**
   * Silence that ends the utterance, until {@link ListeningStream.requireSilence} changes it. Unused in manual mode.
   */
  readonly endpointSilenceMs: number;
  /** Also report the audio of a piece while it is spoken ({@link ListeningEvent} `audio`). */
  readonly live?: boolean;
}

/**
 * Listening events. Times are milliseconds of received audio since the turn began (samples / 16), not arrival times.
 * They are negative in the pre-roll of a turn that continues where another one ended.
 *
 * An utterance is delivered as pieces. Piece `index` is sent again with a higher `revision` whenever more was said
 * after it. A `committed` piece is final (more than 2 s were spoken and speech went on after a pause, or the cap was
 * reached), and the next index follows. The utterance's text is that of the last revision of each piece, in order.
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
  /** Sent at ~160 ms of silence, at a cap, or at the end of a manual turn. */
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
    }
  /**
   * Speech went on after an uncommitted piece. With `commits` the pause was a good place to cut: this piece as last
   * sent is final, and the next one follows. Without it, decoded text of the piece is stale.
   */
  | { readonly type: 'speech_resumed'; readonly turnId: number; readonly atMs: number; readonly commits?: number }
  /**
   * The utterance is complete: its pieces are 0..pieces-1, the last at `lastRevision`. `pieces` 0: nothing was said
   * (manual mode, or a listening timeout).
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
   * The open utterance is lost. The listening process died and is restarted, and the utterance cannot be heard again:
   * the process died a second time in it, a reply played in it, or more was said than is kept. `unavailable`: there is
   * no process and none is expected soon, so listening again is useless; `silent`: nobody spoke in it so far. Any other
   * death reports nothing: the next process hears the utterance again from its beginning and sends its events again.
   */
  | { readonly type: 'lost'; readonly turnId: number; readonly unavailable?: true; readonly silent?: true };

/** One device's listener. All methods return at once and never throw. */
export interface ListeningStream {
  /** One uplink Opus packet (0-2 bytes: DTX silence). Copied out of the caller's buffer. Ignored between turns. */
  push(packet: Uint8Array): void;
  /**
   * Begins a turn with fresh decoder, VAD state and buffers, and ends an open turn. Except in push to talk, people
   * speak on without waiting for an answer. So a turn that is begun while `utterance_ended` of another one is being
   * reported continues at the sample at which that one ended.
   */
  begin(turn: ListeningTurn): void;
  /** Changes the silence required from now on (adaptive endpointing). */
  requireSilence(turnId: number, silenceMs: number): void;
  /**
   * Manual: ends the utterance once all packets are decoded: those pushed so far, and late ones within the server's
   * grace.
   */
  finish(turnId: number): void;
  /** Stop listening; no more events of the turn. */
  end(): void;
  /**
   * Realtime: the device begins to play a reply. Until `playbackStopped`, speech yields `barge_in` and no pieces before
   * it.
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
