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

/** A piece of an utterance (the speech up to a pause) and its recognition. */
export interface Piece {
  readonly turnId: number;
  readonly index: number;
  readonly revision: number;
  readonly pcm: Int16Array;
  readonly committed: boolean;
  /** Undefined: the level was not measured, or the words were typed. */
  readonly voice: PieceVoice | undefined;
  /** Time at which the piece was heard (`Clock.nowMs`). */
  readonly heardMs: number;
  /** `dropped`: a speculative recognition failed. The text is requested again at the end. */
  readonly status: 'unasked' | 'asked' | 'dropped' | 'known';
  readonly requestId: number | undefined;
  /** True: the request has no deadline. */
  readonly speculative: boolean;
  /** The recognised words. Set only if `status` is `known`. */
  readonly result: Recognition | undefined;
  /** Listening turns that contain the piece's sound. Undefined: the piece's own turn. */
  readonly heard?: readonly number[];
  /**
   * The verdict on whether the speech up to here sounds complete. `asked`: the verdict is awaited. `none`: there will
   * be none.
   */
  readonly prosody?: Prosody | 'asked' | 'none';
}

/** Index of a piece that holds words from before the turn, such as a question that continues. */
export const BEFORE = -1;

/** The listening turns that contain the sound of these pieces. */
export function heardIn(pieces: readonly Piece[]): readonly number[] {
  return [...new Set(pieces.flatMap(({ heard, turnId }) => heard ?? [turnId]))];
}

/** Makes a piece of words that need no recognition. `heard`: see {@link Piece.heard}. */
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

/**
 * The text so far of the piece that is being spoken. It is used only to begin work early; the text of an utterance
 * comes from its pieces.
 */
export interface PartialWords {
  readonly index: number;
  readonly text: string;
  readonly punctuationMeansEnd: boolean;
  /** Number of times in a row that the recogniser has reported these words. */
  readonly times: number;
}

/** Speech over an answer, without a pause so far. It is used only to decide whether the answer is interrupted. */
export interface SpeechSoFar {
  /** The speech as last reported, and the request for its words. */
  readonly piece: Piece;
  /** True: a request has returned, and its words do not interrupt the answer. */
  readonly wordless: boolean;
}

/** An open listening turn. */
export interface OpenListening {
  readonly turnId: number;
  readonly mode: ListenMode;
  /** True after a wake word, until speech or silence decides whether the device greets. */
  readonly wake: boolean;
  /** True: the user is speaking. */
  readonly speaking: boolean;
  readonly openedMs: number;
  /** Time at which speech in the turn began (`Clock.nowMs`). Undefined: nobody has spoken. */
  readonly onsetMs: number | undefined;
  /** True: `listen stop` has arrived, and the last packets are being decoded. */
  readonly finishing: boolean;
  /** True: the words so far have changed the silence that ends the turn. */
  readonly adapted: boolean;
  /** Length of the pause that ends the turn after the words so far. Valid only once the words are known. */
  readonly endMs: number;
  /** True: the turn ends later than after `endMs`, which costs no time because the model is already thinking. */
  readonly free: boolean;
  readonly pieces: readonly Piece[];
  /** The text so far of a piece. Undefined: the recogniser has reported no words since the last pause. */
  readonly partial: PartialWords | undefined;
  /** Speech over an answer, without a pause so far. Undefined: none was reported. */
  readonly soFar: SpeechSoFar | undefined;
  /** Number of answers that were begun in this turn before its end. */
  readonly earlyStarts: number;
}

/** A finished utterance that waits for admission and for its text. */
export interface Utterance {
  readonly pieces: readonly Piece[];
  readonly trace: TurnTrace;
}

/** The answer prepared for the words so far, in case they are the whole question. */
export interface Prepared {
  readonly id: number;
  /** The turn that contains the question. */
  readonly turnId: number;
  readonly sinceMs: number;
  readonly text: string;
}

/** `music`: music that continues after a notice has interrupted it. */
export type ReplyKind = 'answer' | 'greeting' | 'apology' | 'farewell' | 'idle_farewell' | 'busy' | 'notice' | 'music';

/** A notice that is being spoken, and was not sent completely yet. */
export interface SoundingNotice {
  readonly id: string;
  readonly lastSentence: number;
}

/** A reply, from `tts start` until the device has played it. */
export interface Reply {
  readonly id: number;
  readonly kind: ReplyKind;
  readonly after: 'listen' | 'close';
  /** The user's words. They enter the history with the heard part of the reply. */
  readonly userText: string | undefined;
  /** The prepared answer that the reply speaks. Undefined: the answer was begun when the question was certain. */
  readonly preparedId: number | undefined;
  /** True: the model is still writing the answer. */
  readonly conversing: boolean;
  /** Sentences of the answer that have begun to sound. */
  readonly sounded: readonly string[];
  readonly asides: readonly string[];
  /** True: a tool was called, and nothing has come from the model since. */
  readonly calling: boolean;
  /** True: a sentence that is not part of the answer (filler, bridge) has begun to sound. */
  readonly bridged: boolean;
  /** Notices in this reply that have not begun to sound, by the index of their first sentence. */
  readonly notices: ReadonlyMap<number, Notice>;
  /** Titles of the recordings in this reply that have begun to sound. */
  readonly played: readonly string[];
  /** The notice that is being spoken, until nearly all of it was sent. */
  readonly sounding: SoundingNotice | undefined;
  /** Sounds that play now, or will play after all speech. */
  readonly plays: SoundQueue | undefined;
  /** Text that is shown, but not spoken, after the sentence of the reply. */
  readonly shownAfter: string | undefined;
  /** True: the device was told to speak. Before that, an answer can be taken back without a record. */
  readonly voiced: boolean;
  readonly playing: boolean;
  /**
   * Time since which the reply is held (`Clock.nowMs`), while it is unclear whether speech over it is an interruption.
   */
  readonly heldMs: number | undefined;
  /** True: the voice has finished; the device still plays the rest. */
  readonly finishing: boolean;
  readonly error: ErrorCode | undefined;
  readonly trace: TurnTrace | undefined;
}

/** Music that a notice has interrupted, or that waits because an answer has asked something. */
export interface PausedMusic {
  readonly sounds: SoundQueue;
  /** Earliest time (`Clock.nowMs`) at which the music continues. Until then the user may want to say something. */
  readonly notBeforeMs: number;
}

/** The speaking state of the device: every `tts start` gets one `tts stop`. */
export interface Wire {
  readonly open: boolean;
  readonly startedMs: number;
  /** True: `tts stop` waits for {@link TurnRules.stopGapMs}. */
  readonly stopping: boolean;
  /** True: a `listen start` has arrived since `tts start`, so the device has left its speaking state on its own. */
  readonly left: boolean;
  /** Time at which the device last changed its state or was told to: `tts stop`, `listen start`. */
  readonly movedMs: number;
}

/**
 * The state of one device's conversation. A microphone may be open, an utterance recognised and a reply spoken at the
 * same time. In auto and manual mode they follow one another; in realtime mode the microphone is always open.
 */
export interface TurnState {
  readonly closed: boolean;
  /**
   * Stages before the server stops. `grace`: a user who begins to speak is still heard. `hearing`: only a user who was
   * speaking when `grace` ended is heard.
   */
  readonly draining: 'no' | 'grace' | 'hearing';
  /** Mode of the last `listen start`. */
  readonly mode: ListenMode;
  readonly everListened: boolean;
  /** True: a `detect` has arrived, but not yet its `listen start`. */
  readonly wakePending: boolean;
  /** Text of a `detect` that is no known wake word. If `listen start` follows, the text was a wake word after all. */
  readonly typed: string | undefined;
  readonly lastTurnId: number;
  readonly lastReplyId: number;
  readonly lastRequestId: number;
  readonly lastPreparedId: number;
  readonly listening: OpenListening | undefined;
  readonly utterance: Utterance | undefined;
  readonly prepared: Prepared | undefined;
  /** How long the model takes to its first token, averaged over the last answers. Undefined: no answer yet. */
  readonly thinkingMs: number | undefined;
  /** Usual pause of this person within a sentence; see `EndpointPolicy.ownPauseAfter`. */
  readonly ownPauseMs: number;
  readonly reply: Reply | undefined;
  /** Words of the last reply, and the time at which it ended (`Clock.nowMs`). */
  readonly said: { readonly text: string; readonly untilMs: number } | undefined;
  /** Usual level of the person who talks to this device, in dB against full scale. Undefined: nobody has talked yet. */
  readonly usualLevelDb: number | undefined;
  /** The last ignored utterance. Undefined: none was ignored, or a later one was answered. */
  readonly ignored: { readonly text: string; readonly atMs: number } | undefined;
  /** Notices that the server will speak on its own. Their number is limited. */
  readonly notices: readonly Notice[];
  /** Undefined: no music waits, or the music was replaced, stopped or continued since. */
  readonly pausedMusic: PausedMusic | undefined;
  /** Time at which the user last interrupted a notice (`Clock.nowMs`). Undefined: no notice was interrupted. */
  readonly noticeCutMs: number | undefined;
  readonly wire: Wire;
  readonly permit: 'none' | 'waiting' | 'held';
  readonly lastTurnEndedMs: number | undefined;
  /** Start of the present silence (`Clock.nowMs`): the end of the last reply, or the last sign of the user. */
  readonly quietSinceMs: number;
  readonly farewellSaid: boolean;
  /** How many times the idle farewell or close was delayed by sounds that became no turn. */
  readonly putOff: number;
  /**
   * True: the silent device is kept connected only for a notice. It reacts only to speech that contains its wake word.
   */
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

/**
 * The state in one word, for logs, tests and docs/lifecycle.md. In realtime mode the microphone is open in most states.
 */
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

/** One step of the reducer, with the state and the effects so far. States are replaced, never changed. */
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

  /** Changes the current reply. Does nothing if there is none. */
  setReply(patch: Partial<Reply>): void {
    if (this.state.reply !== undefined) this.set({ reply: { ...this.state.reply, ...patch } });
  }

  emit(effect: TurnEffect): void {
    this.effects.push(effect);
  }

  /** The agent's sentence for this purpose, or the server's own if the agent has none. */
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

  /** Removes a timer that has fired or was cancelled from the state. */
  forgetTimer(name: TimerName): void {
    const timers = new Set(this.state.timers);
    timers.delete(name);
    this.set({ timers });
  }
}
