/** `auto`: the server ends the turn; `manual`: push to talk; `realtime`: the microphone stays open while the device speaks. */
export type ListenMode = 'auto' | 'manual' | 'realtime';

export interface ListeningTurn {
  /** Stamped on every event of the turn; events of an older turn are to be ignored. */
  readonly turnId: number;
  readonly mode: ListenMode;
  /** Silence after which the utterance ends, until {@link ListeningStream.requireSilence} says otherwise. Unused in manual mode. */
  readonly endpointSilenceMs: number;
}

/**
 * What is heard. Times are milliseconds of received audio since the turn began (samples / 16), not arrival times. Below 0: in the pre-roll of a turn that goes
 * on where another one ended.
 *
 * An utterance is delivered as pieces. Piece `index` is sent again with a higher `revision` whenever more was said after
 * it; `committed` pieces are final (more than 2 s were spoken and somebody went on after a pause, or the cap was reached)
 * and the next index follows. The utterance's text is that of the last revision of each piece, in order.
 */
export type ListeningEvent =
  /** The first speech of the utterance (after the minimum speech duration). */
  | { readonly type: 'speech_started'; readonly turnId: number; readonly atMs: number }
  /** Realtime, while the device speaks: somebody talks, and it is not the reply coming back. At most one per {@link ListeningStream.playbackStarted}; `speech_started` of the same moment follows unless it came before. */
  | { readonly type: 'barge_in'; readonly turnId: number; readonly atMs: number }
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
   * Speech went on after an uncommitted piece. `commits`: after a pause that is as good a place to cut as any, so that this piece as it was last sent is
   * final and the next one follows. Without: what was decoded of it is stale.
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
      /** Received audio at the moment of the decision; minus speechEndMs: what endpointing cost. */
      readonly decidedMs: number;
    }
  /** Received audio of the turn, about every 200 ms, while nobody has spoken yet (for "nothing was said" rules). */
  | { readonly type: 'still_silent'; readonly turnId: number; readonly atMs: number }
  /**
   * What was heard of the open utterance is lost: the listening process died and is started again, and it died a second time in it, or not all of it can be
   * heard again (a reply was played in it, more was said than is kept); or (`unavailable`) there is none and none is to be expected soon, so that listening
   * again would be of no use. Else a death tells nothing: the next process hears the utterance again from its beginning, and sends its events again.
   */
  | { readonly type: 'lost'; readonly turnId: number; readonly unavailable?: true };

/** One device's listener. All methods return at once and never throw. */
export interface ListeningStream {
  /** One uplink Opus packet (0-2 bytes: DTX silence). Copied out of the caller's buffer. Ignored between turns. */
  push(packet: Uint8Array): void;
  /**
   * Begins a turn: fresh decoder, VAD state and buffers. Ends a turn that was open. In realtime mode, where people speak on without waiting for an answer, a turn that
   * is begun while the end of another by silence or the cap is being told (`utterance_ended`) goes on at the sample where that one ended.
   */
  begin(turn: ListeningTurn): void;
  /** Changes the silence required from now on (adaptive endpointing). */
  requireSilence(turnId: number, silenceMs: number): void;
  /** Manual: end the utterance once everything pushed so far, and within the grace that the server gives late packets, was decoded. */
  finish(turnId: number): void;
  /** Stop listening; no more events of the turn. */
  end(): void;
  /** Realtime: the device begins to play a reply. Until `playbackStopped`, speech yields `barge_in` and no pieces before it. */
  playbackStarted(): void;
  /** Realtime: a packet that was just sent to the device, the reference for telling its echo from the user's voice. */
  reference(packet: Uint8Array): void;
  playbackStopped(): void;
  close(): void;
}

export interface Listening {
  open(onEvent: (event: ListeningEvent) => void): ListeningStream;
}
