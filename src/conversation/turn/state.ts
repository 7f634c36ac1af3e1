import type { ErrorCode } from '../../core/index.js';
import type { ServerMessage } from '../../device/protocol/index.js';
import type { Prosody } from '../../speech/listening/endpointing/prosody-port.js';
import type { ListenMode, PieceVoice } from '../../speech/listening/listening-port.js';
import type { Recognition } from '../../speech/recognition/recognizer-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import { phrase, type PhraseKey } from '../session/phrases.js';
import type { TurnRules } from './rules.js';
import type { Notice, TimerName, TurnEffect } from './events.js';
import type { TurnTrace } from './record/turn-trace.js';

/** The speech of an utterance up to a pause, and its recognition. */
export interface Piece {
  readonly turnId: number;
  readonly index: number;
  readonly revision: number;
  readonly pcm: Int16Array;
  readonly committed: boolean;
  /** Undefined if the level is unknown, or if the words were typed. */
  readonly voice: PieceVoice | undefined;
  /** When the piece arrived (`Clock.nowMs`). */
  readonly heardMs: number;
  /**
   * `dropped` means that the recognition failed or was cancelled. If the text is still needed at the end, it is
   * requested again.
   */
  readonly status: 'unasked' | 'asked' | 'dropped' | 'known';
  readonly requestId: number | undefined;
  /** A speculative request has no deadline. */
  readonly speculative: boolean;
  /** Set only if `status` is `known`. */
  readonly result: Recognition | undefined;
  /** Listening turns with the piece's sound. Undefined means the piece's own turn. */
  readonly heard?: readonly number[];
  /**
   * Tells whether the speech up to here sounds complete. `asked` means that the verdict is awaited. `none` means that
   * no verdict will come.
   */
  readonly prosody?: Prosody | 'asked' | 'none';
}

/** Index of words from before the turn, such as a question that continues. */
export const BEFORE = -1;

export function heardIn(pieces: readonly Piece[]): readonly number[] {
  return [...new Set(pieces.flatMap(({ heard, turnId }) => heard ?? [turnId]))];
}

/** A piece whose words need no recognition. See {@link Piece.heard} for `heard`. */
export function knownPiece(
  turnId: number,
  index: number,
  text: string,
  asr: string,
  heard: readonly number[] = [],
): Piece {
  const result = { text, asr, waitMs: 0, runMs: 0, punctuationMeansEnd: true };
  return {
    turnId,
    index,
    revision: 0,
    pcm: new Int16Array(0),
    committed: true,
    voice: undefined,
    heardMs: 0,
    status: 'known',
    requestId: undefined,
    speculative: false,
    result,
    heard,
  };
}

/** Text of a piece that has no final text yet. */
export interface PartialWords {
  readonly index: number;
  readonly text: string;
  readonly punctuationMeansEnd: boolean;
  /** How often in a row the recogniser has reported these words. */
  readonly times: number;
}

/** Speech over an answer, without a pause so far. */
export interface SpeechSoFar {
  readonly piece: Piece;
  /** True if the recognised words do not interrupt the answer. */
  readonly wordless: boolean;
}

export interface OpenListening {
  readonly turnId: number;
  readonly mode: ListenMode;
  /** True after a wake word, until speech or silence decides whether the device greets. */
  readonly wake: boolean;
  readonly speaking: boolean;
  readonly openedMs: number;
  /** Start of the speech (`Clock.nowMs`). Undefined if nobody has spoken. */
  readonly onsetMs: number | undefined;
  /** True if `listen stop` has arrived, and the last packets are being decoded. */
  readonly finishing: boolean;
  /** True if the words have changed the silence that ends the turn. */
  readonly adapted: boolean;
  /** Silence that ends the turn. Valid only once the words are known. */
  readonly endMs: number;
  /** True if the silence may be longer than `endMs`. This costs no time, because the model is already thinking. */
  readonly free: boolean;
  readonly pieces: readonly Piece[];
  readonly partial: PartialWords | undefined;
  readonly soFar: SpeechSoFar | undefined;
  readonly earlyStarts: number;
}

/** A finished utterance that waits for admission and for its text. */
export interface Utterance {
  readonly pieces: readonly Piece[];
  readonly trace: TurnTrace;
}

/** An answer to the words so far, in case they are the whole question. */
export interface Prepared {
  readonly id: number;
  readonly turnId: number;
  readonly sinceMs: number;
  readonly text: string;
}

/** `music` means music that continues after a notice or an answer has interrupted it. */
export type ReplyKind = 'answer' | 'greeting' | 'apology' | 'farewell' | 'idle_farewell' | 'busy' | 'notice' | 'music';

export interface SoundingNotice {
  readonly id: string;
  readonly lastSentence: number;
}

/** Exists from the decision to speak until the device has played everything. */
export interface Reply {
  readonly id: number;
  readonly kind: ReplyKind;
  readonly after: 'listen' | 'close';
  /** Enters the history together with the part of the reply that was heard. */
  readonly userText: string | undefined;
  /** Undefined if no answer was begun early. */
  readonly preparedId: number | undefined;
  readonly conversing: boolean;
  /** Sentences of the answer or of notices that have begun to sound. */
  readonly sounded: readonly string[];
  /** True if a notice of the reply expects an answer. */
  readonly asks: boolean;
  readonly asides: readonly string[];
  /** True if a tool was called, and nothing has come from the model since. */
  readonly calling: boolean;
  /** True if a sentence that is not part of the answer, such as a filler, has begun to sound. */
  readonly bridged: boolean;
  /** Notices that have not begun to sound, by the index of their first sentence. */
  readonly notices: ReadonlyMap<number, Notice>;
  /** Titles of the recordings that have begun to sound. */
  readonly played: readonly string[];
  /** The notice that is being spoken, until nearly all of it was sent. */
  readonly sounding: SoundingNotice | undefined;
  /** Sounds that play now, or will play after all speech. */
  readonly plays: SoundQueue | undefined;
  /** Text that is shown, but not spoken, after the sentence of the reply. */
  readonly shownAfter: string | undefined;
  /** True if the device was told to speak. Before that, an answer can be taken back without a record. */
  readonly voiced: boolean;
  readonly playing: boolean;
  /** Time at which the reply was paused (`Clock.nowMs`), because somebody may be interrupting it. */
  readonly heldMs: number | undefined;
  /** True if the voice has finished, and the device still plays the rest. */
  readonly finishing: boolean;
  readonly error: ErrorCode | undefined;
  readonly trace: TurnTrace | undefined;
}

/** Music that waits because a notice has interrupted it, or because an answer has asked something. */
export interface PausedMusic {
  readonly sounds: SoundQueue;
  /** The user may want to speak until this time (`Clock.nowMs`). */
  readonly notBeforeMs: number;
}

/** The speaking state of the device. Every `tts start` gets one `tts stop`. */
export interface Wire {
  readonly open: boolean;
  readonly startedMs: number;
  /** True if `tts stop` waits for {@link TurnRules.stopGapMs}. */
  readonly stopping: boolean;
  /** True if a `listen start` has arrived since `tts start`. The device is then no longer speaking. */
  readonly left: boolean;
  /** Last `tts stop` or `listen start` (`Clock.nowMs`). */
  readonly movedMs: number;
}

/**
 * In auto and manual mode, listening, recognition and reply follow one another. In realtime mode the microphone is
 * always open, so they overlap.
 */
export interface TurnState {
  readonly closed: boolean;
  /**
   * During `grace`, a user who begins to speak is still heard. During `hearing`, only a user who already speaks is
   * heard.
   */
  readonly draining: 'no' | 'grace' | 'hearing';
  /** Mode of the last `listen start`. */
  readonly mode: ListenMode;
  readonly everListened: boolean;
  /** True if a `detect` has arrived, but not yet its `listen start`. */
  readonly wakePending: boolean;
  /**
   * Text of a `detect` that is no known wake word. A following `listen start` shows that it was a wake word after all.
   */
  readonly typed: string | undefined;
  readonly lastTurnId: number;
  readonly lastReplyId: number;
  readonly lastRequestId: number;
  readonly lastPreparedId: number;
  readonly listening: OpenListening | undefined;
  readonly utterance: Utterance | undefined;
  readonly prepared: Prepared | undefined;
  /** Average time to the first token. Undefined before the first answer. */
  readonly thinkingMs: number | undefined;
  /** This person's usual pause within a sentence. See `EndpointPolicy.ownPauseAfter`. */
  readonly ownPauseMs: number;
  readonly reply: Reply | undefined;
  /** The last reply. It ended at `untilMs` (`Clock.nowMs`). `asks` is true if it expects an answer. */
  readonly said: { readonly text: string; readonly asks: boolean; readonly untilMs: number } | undefined;
  /** In dBFS. Undefined if nobody has talked yet. */
  readonly usualLevelDb: number | undefined;
  /** The last ignored utterance. Undefined if a later utterance was answered, unless that was very short. */
  readonly ignored: { readonly text: string; readonly atMs: number } | undefined;
  readonly notices: readonly Notice[];
  readonly pausedMusic: PausedMusic | undefined;
  /** The user last interrupted a notice at this time (`Clock.nowMs`). */
  readonly noticeCutMs: number | undefined;
  readonly wire: Wire;
  readonly permit: 'none' | 'waiting' | 'held';
  readonly lastTurnEndedMs: number | undefined;
  /** End of the last reply, or last sign of the user (`Clock.nowMs`). */
  readonly quietSinceMs: number;
  readonly farewellSaid: boolean;
  /** How often sounds that became no turn have delayed the idle farewell or the close. */
  readonly putOff: number;
  /** True if the device stays connected only for a notice. It then reacts only to its wake word. */
  readonly onlyByName: boolean;
  readonly timers: ReadonlySet<TimerName>;
}

export function initialState(nowMs: number): TurnState {
  return {
    closed: false,
    draining: 'no',
    mode: 'auto',
    everListened: false,
    wakePending: false,
    typed: undefined,
    lastTurnId: 0,
    lastReplyId: 0,
    lastRequestId: 0,
    lastPreparedId: 0,
    listening: undefined,
    utterance: undefined,
    prepared: undefined,
    thinkingMs: undefined,
    ownPauseMs: 0,
    reply: undefined,
    said: undefined,
    usualLevelDb: undefined,
    ignored: undefined,
    notices: [],
    pausedMusic: undefined,
    noticeCutMs: undefined,
    wire: { open: false, startedMs: 0, stopping: false, left: false, movedMs: nowMs },
    permit: 'none',
    lastTurnEndedMs: undefined,
    quietSinceMs: nowMs,
    farewellSaid: false,
    putOff: 0,
    onlyByName: false,
    timers: new Set(),
  };
}

export type Phase =
  | 'closed'
  | 'idle'
  | 'listening'
  | 'waiting_admission'
  | 'recognising'
  | 'greeting'
  | 'thinking'
  | 'speaking'
  | 'closing';

/** For logs, tests and docs/lifecycle.md. In realtime mode the microphone is open in most states. */
export function phaseOf(state: TurnState): Phase {
  if (state.closed) return 'closed';
  if (state.reply !== undefined) {
    if (state.reply.after === 'close') return 'closing';
    if (state.reply.kind === 'greeting') return 'greeting';
    return state.reply.playing || state.reply.finishing ? 'speaking' : 'thinking';
  }
  if (state.utterance !== undefined) return state.permit === 'held' ? 'recognising' : 'waiting_admission';
  return state.listening === undefined ? 'idle' : 'listening';
}

/** States are replaced, never changed. */
export class Step {
  readonly effects: TurnEffect[] = [];

  constructor(
    public state: TurnState,
    readonly nowMs: number,
    readonly rules: TurnRules,
  ) {}

  set(patch: Partial<TurnState>): void {
    this.state = { ...this.state, ...patch };
  }

  setReply(patch: Partial<Reply>): void {
    if (this.state.reply !== undefined) this.set({ reply: { ...this.state.reply, ...patch } });
  }

  emit(effect: TurnEffect): void {
    this.effects.push(effect);
  }

  /** The agent's own sentence wins over the server's. */
  phrase(key: PhraseKey): string {
    return this.rules.phrases[key] ?? phrase(this.rules.language, key);
  }

  send(message: ServerMessage): void {
    this.emit({ type: 'send', message });
  }

  startTimer(name: TimerName, delayMs: number): void {
    this.set({ timers: new Set(this.state.timers).add(name) });
    this.emit({ type: 'start_timer', name, delayMs: Math.max(0, delayMs) });
  }

  cancelTimer(name: TimerName): void {
    if (!this.state.timers.has(name)) return;
    this.forgetTimer(name);
    this.emit({ type: 'cancel_timer', name });
  }

  forgetTimer(name: TimerName): void {
    const timers = new Set(this.state.timers);
    timers.delete(name);
    this.set({ timers });
  }
}
