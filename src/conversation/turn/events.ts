import type { ErrorCode } from '../../core/index.js';
import type { MeasuredTurn, OverheardReason, TurnFields } from '../../records/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import type { ServerMessage } from '../../device/protocol/index.js';
import type { Prosody } from '../../speech/listening/endpointing/prosody-port.js';
import type { ListeningEvent, ListeningTurn, ListenMode } from '../../speech/listening/listening-port.js';
import type { Recognition } from '../../speech/recognition/recognizer-port.js';
import type { ReplyEvent, ReplyStats, SoundQueue } from '../../speech/speaking/speaking-port.js';

/** Names of a session's timers. At most one timer of each name is pending; starting it again replaces it. */
export type TimerName =
  /** The idle farewell or the idle close is due. */
  | 'idle'
  /** The time limit for admission has passed. */
  | 'admission'
  /** The pause is long enough to ask the model. The person may still continue until the model's answer begins. */
  | 'ask_early'
  /** It is time to decide whether speech over an answer is an interruption. */
  | 'interruption'
  /** The end or the text of an utterance never came. */
  | 'recognition'
  /** From now on, words of the person are a new question, not a continuation. */
  | 'repair'
  /** No sound of the answer has been heard yet. */
  | 'filler'
  /** The device has played the last of the sent audio. */
  | 'tail'
  /** The time for an open microphone while draining is over. */
  | 'drain'
  /** No `listen start` has followed a `listen detect` in time. */
  | 'typed'
  /** Enough time has passed since `tts start` for `tts stop` to be sent. */
  | 'stop_gap'
  /** The reply makes no progress. */
  | 'stalled'
  /** The device has certainly changed its state, so that a waiting notice can now be spoken. */
  | 'notice';

/** A sentence that the server says on its own, such as a reminder or a message. */
export interface Notice {
  readonly id: string;
  /** Speakable text in the language of the session. A notice with a recording has one chunk, its title. */
  readonly chunks: readonly string[];
  /** The packets of a recording, which is played instead of speech. */
  readonly recording?: readonly Uint8Array[] | undefined;
  /** True: the notice interrupts a reply. False: it waits for the end of the reply. No notice interrupts the user. */
  readonly urgent: boolean;
  /** True: the notice repeats an alarm. It is dropped once somebody is present. */
  readonly again?: boolean | undefined;
  /**
   * Time in which the user may answer, from the beginning of the notice. Paused music continues after this time.
   * Undefined: no answer is expected.
   */
  readonly answerMs?: number | undefined;
  /**
   * Time at which the notice expires, so that it is not spoken any more (`Clock.nowMs`). Undefined: it does not expire.
   */
  readonly expiresMs?: number | undefined;
}

/** All events of a session. Some name their work by an id. If that work has ended, the event has no effect. */
export type TurnEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'listen_start'; readonly mode: ListenMode }
  | { readonly type: 'listen_stop' }
  /** `text`: the wake word, or the text that the user typed. */
  | { readonly type: 'detect'; readonly text?: string }
  | { readonly type: 'abort' }
  | { readonly type: 'closed' }
  | { readonly type: 'drain' }
  /** The server has a notice to speak. */
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'heard'; readonly event: ListeningEvent }
  /** The text so far of a piece that is still being spoken. The same text may come more than once. */
  | {
      readonly type: 'partial';
      readonly turnId: number;
      readonly index: number;
      readonly text: string;
      readonly punctuationMeansEnd: boolean;
    }
  | { readonly type: 'recognised'; readonly requestId: number; readonly recognition: Recognition }
  /**
   * `code` undefined: the recognition was cancelled or, if speculative, dropped. `percent`: download progress of the
   * missing model.
   */
  | {
      readonly type: 'recognition_failed';
      readonly requestId: number;
      readonly code: ErrorCode | undefined;
      readonly percent?: number | undefined;
    }
  /**
   * Whether the speech sounds complete, up to the piece that this request recognises. Undefined: there is no verdict.
   */
  | { readonly type: 'prosody'; readonly requestId: number; readonly prosody: Prosody | undefined }
  | { readonly type: 'admitted' }
  | { readonly type: 'not_admitted' }
  /** A prepared answer failed before it was needed. */
  | { readonly type: 'preparation_failed'; readonly preparedId: number }
  | { readonly type: 'part'; readonly replyId: number; readonly part: ReplyPart }
  | { readonly type: 'parts_ended'; readonly replyId: number }
  | { readonly type: 'parts_failed'; readonly replyId: number; readonly code: ErrorCode }
  | { readonly type: 'speaking'; readonly replyId: number; readonly event: SpeakingEvent }
  /** `noticeSoon`, only for the timer `idle`: a notice for this device is due soon. */
  | { readonly type: 'timer'; readonly name: TimerName; readonly noticeSoon?: boolean };

/** A {@link ReplyEvent} that carries an error code instead of the error. */
export type SpeakingEvent =
  | Exclude<ReplyEvent, { readonly type: 'failed' }>
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly stats: ReplyStats };

/** The user's words, and spoken chunks that are not part of the answer (filler, apology). */
export interface Exchange {
  readonly userText: string;
  readonly asides: readonly string[];
}

/** Actions of the session, in order. If an action fails, the reducer gets an event. */
export type TurnEffect =
  | { readonly type: 'send'; readonly message: ServerMessage }
  | { readonly type: 'close'; readonly reason: string }
  | { readonly type: 'begin_listening'; readonly turn: ListeningTurn }
  | { readonly type: 'require_silence'; readonly turnId: number; readonly silenceMs: number }
  | { readonly type: 'finish_listening'; readonly turnId: number }
  | { readonly type: 'end_listening' }
  /** `deadlineMs` undefined: the recognition is speculative until it is confirmed. */
  | {
      readonly type: 'recognise';
      readonly requestId: number;
      readonly pcm: Int16Array;
      readonly deadlineMs: number | undefined;
    }
  | { readonly type: 'confirm_recognition'; readonly requestId: number; readonly deadlineMs: number }
  | { readonly type: 'cancel_recognition'; readonly requestId: number }
  /** Asks whether this speech sounds complete. `requestId`: the recognition of its last piece. */
  | { readonly type: 'judge_prosody'; readonly requestId: number; readonly pcm: Int16Array }
  /** `runMs`: how long the recognition ran, if it gave a result. */
  | {
      readonly type: 'count_speculation';
      readonly result: 'used' | 'wasted' | 'dropped';
      readonly runMs: number | undefined;
    }
  | { readonly type: 'request_admission'; readonly lastTurnEndedMs: number | undefined }
  /** Releases the permit, or stops waiting for it. `turnedAway`: the device gets a "busy" reply. */
  | { readonly type: 'release_admission'; readonly turnedAway: boolean }
  /** `notBeforeMs` Infinity: nothing is sent until `begin_reply`. */
  | {
      readonly type: 'open_reply';
      readonly replyId: number;
      readonly notBeforeMs: number;
      /**
       * Time at which the reply is due, counted from the end of the user's utterance. Undefined: the reply answers no
       * utterance.
       */
      readonly wantedMs: number | undefined;
      /** The prepared answer that the reply speaks. Undefined: there is none. */
      readonly preparedId: number | undefined;
    }
  | { readonly type: 'begin_reply'; readonly replyId: number; readonly notBeforeMs: number }
  /** `preparedId`: the prepared answer to exactly this text. */
  | {
      readonly type: 'converse';
      readonly replyId: number;
      readonly text: string;
      /** True: the words were typed, so nobody spoke them. */
      readonly typed: boolean;
      readonly preparedId: number | undefined;
    }
  | { readonly type: 'cancel_converse'; readonly replyId: number }
  /**
   * Begins the answer to an utterance that may not be complete. The parts are kept until a `converse` names
   * `preparedId`.
   */
  | { readonly type: 'prepare'; readonly preparedId: number; readonly turnId: number; readonly text: string }
  | { readonly type: 'cancel_prepared'; readonly preparedId: number }
  /**
   * `ifQuiet`: only if no other sound of the reply is about to be heard. `part`: the text is part of an unfinished
   * sentence. `speech`: the model speaks the text itself. `recording`: these packets are played, and the text is only
   * shown.
   */
  | {
      readonly type: 'say';
      readonly replyId: number;
      readonly text: string;
      readonly ifQuiet?: true;
      readonly speech?: ModelSpeech;
      readonly part?: 'piece' | 'end';
      readonly recording?: readonly Uint8Array[];
    }
  | { readonly type: 'play'; readonly replyId: number; readonly sounds: SoundQueue }
  | { readonly type: 'end_reply'; readonly replyId: number }
  /** A person has said something to the device. */
  | { readonly type: 'attended' }
  /** Sends no packet until `go_on`, which continues after the last packet sent. */
  | { readonly type: 'hold_reply'; readonly replyId: number }
  | { readonly type: 'go_on'; readonly replyId: number }
  /** `continued`: the answer had begun too early, and the person continued the question. */
  | { readonly type: 'count_barge_in'; readonly result: 'interrupted' | 'ignored' | 'continued' }
  /** An utterance was ignored because it was probably not said to the device. */
  | { readonly type: 'count_overheard'; readonly reason: OverheardReason }
  /** Sends no further packet. `exchange` enters the history together with the part of the reply that was heard. */
  | {
      readonly type: 'stop_reply';
      readonly replyId: number;
      readonly exchange: Exchange | undefined;
      readonly record: EndedTurn | undefined;
    }
  /**
   * The notice needs no repetition: nearly all of it was sent, a person interrupted it, or a person came before an
   * alarm was repeated. `spoken` false: it could not be spoken.
   */
  | { readonly type: 'notice_over'; readonly id: string; readonly spoken: boolean }
  /** The device has played all sound of the reply. */
  | { readonly type: 'playback_over' }
  | { readonly type: 'remember'; readonly userText: string; readonly replyText: string }
  | { readonly type: 'turn_ended'; readonly record: EndedTurn; readonly stats: ReplyStats | undefined }
  | { readonly type: 'start_timer'; readonly name: TimerName; readonly delayMs: number }
  | { readonly type: 'cancel_timer'; readonly name: TimerName };

/**
 * Facts that the reducer knows about a finished turn: fields of its record, the end of the utterance (`Clock.nowMs`),
 * and the listening turns that contain its sound.
 */
export type EndedTurn = Pick<MeasuredTurn, 'outcome' | 'mode' | 'stagesMs'> &
  Partial<TurnFields> & { readonly endedMs: number; readonly heard: readonly number[] };

/** Effects that make an answer: they ask the model, speak, and record what was said. */
export type AnsweringEffect = Extract<
  TurnEffect,
  {
    readonly type:
      | 'open_reply'
      | 'begin_reply'
      | 'converse'
      | 'cancel_converse'
      | 'prepare'
      | 'cancel_prepared'
      | 'say'
      | 'play'
      | 'end_reply'
      | 'hold_reply'
      | 'go_on'
      | 'stop_reply'
      | 'playback_over'
      | 'remember'
      | 'turn_ended';
  }
>;
