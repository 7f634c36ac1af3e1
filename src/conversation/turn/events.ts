import type { ErrorCode } from '../../core/index.js';
import type { MeasuredTurn, OverheardReason, TurnFields } from '../../records/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import type { ServerMessage } from '../../device/protocol/index.js';
import type { Prosody } from '../../speech/listening/endpointing/prosody-port.js';
import type { ListeningEvent, ListeningTurn, ListenMode } from '../../speech/listening/listening-port.js';
import type { Recognition } from '../../speech/recognition/recognizer-port.js';
import type { ReplyEvent, ReplyStats, SoundQueue } from '../../speech/speaking/speaking-port.js';

/** Starting a timer replaces a pending timer of the same name. */
export type TimerName =
  | 'idle'
  | 'admission'
  /** The pause is long enough to ask the model. The person may still continue until the answer begins. */
  | 'ask_early'
  /** It is time to decide whether speech over an answer is an interruption. */
  | 'interruption'
  /** The end or the text of an utterance never came. */
  | 'recognition'
  /** From now on, the person's words are a new question. */
  | 'repair'
  | 'filler'
  | 'tail'
  /** While draining, the time for an open microphone is over. */
  | 'drain'
  /** No `listen start` has followed a `listen detect` in time. */
  | 'typed'
  /** Enough time has passed since `tts start` for `tts stop` to be sent. */
  | 'stop_gap'
  | 'stalled'
  /** The device has certainly changed its state, so a waiting notice can be spoken, or paused music can continue. */
  | 'notice';

/** A sentence that the server says on its own, such as a reminder or a message. */
export interface Notice {
  readonly id: string;
  /** The text to speak, in chunks. A notice with a recording has one chunk, which is its title. */
  readonly chunks: readonly string[];
  /** Packets that are played instead of speech. */
  readonly recording?: readonly Uint8Array[] | undefined;
  /** An urgent notice interrupts a reply. Others wait for the end of the reply. No notice interrupts the user. */
  readonly urgent: boolean;
  /** True if the notice repeats an alarm. It is dropped once somebody is present. */
  readonly again?: boolean | undefined;
  /**
   * The user may answer within this time from the beginning of the notice. Paused music continues afterwards. Undefined
   * if no answer is expected.
   */
  readonly answerMs?: number | undefined;
  /** The notice is not spoken after this time (`Clock.nowMs`). */
  readonly expiresMs?: number | undefined;
}

/** An id names the work to which an event belongs. If the work has ended, the event has no effect. */
export type TurnEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'listen_start'; readonly mode: ListenMode }
  | { readonly type: 'listen_stop' }
  /** `text` is the wake word, or text that the user typed. */
  | { readonly type: 'detect'; readonly text?: string }
  | { readonly type: 'abort' }
  | { readonly type: 'closed' }
  | { readonly type: 'drain' }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'heard'; readonly event: ListeningEvent }
  /** Text of a piece that is still being spoken. The same text may come more than once. */
  | {
      readonly type: 'partial';
      readonly turnId: number;
      readonly index: number;
      readonly text: string;
      readonly punctuationMeansEnd: boolean;
    }
  | { readonly type: 'recognised'; readonly requestId: number; readonly recognition: Recognition }
  /**
   * `code` is undefined if the recognition was cancelled, or if a speculative recognition was dropped. `percent` is the
   * download progress of a missing model.
   */
  | {
      readonly type: 'recognition_failed';
      readonly requestId: number;
      readonly code: ErrorCode | undefined;
      readonly percent?: number | undefined;
    }
  /** Tells whether the speech up to the piece of this request sounds complete. Undefined if there is no verdict. */
  | { readonly type: 'prosody'; readonly requestId: number; readonly prosody: Prosody | undefined }
  | { readonly type: 'admitted' }
  | { readonly type: 'not_admitted' }
  | { readonly type: 'preparation_failed'; readonly preparedId: number }
  | { readonly type: 'part'; readonly replyId: number; readonly part: ReplyPart }
  | { readonly type: 'parts_ended'; readonly replyId: number }
  | { readonly type: 'parts_failed'; readonly replyId: number; readonly code: ErrorCode }
  | { readonly type: 'speaking'; readonly replyId: number; readonly event: SpeakingEvent }
  /** `noticeSoon` is only for the timer `idle`. It means that a notice for this device is due soon. */
  | { readonly type: 'timer'; readonly name: TimerName; readonly noticeSoon?: boolean };

export type SpeakingEvent =
  | Exclude<ReplyEvent, { readonly type: 'failed' }>
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly stats: ReplyStats };

/** The user's words, and spoken chunks that are not part of the answer, such as a filler or an apology. */
export interface Exchange {
  readonly userText: string;
  readonly asides: readonly string[];
}

/** The actions that follow from an event, in order of execution. If an action fails, the reducer gets an event. */
export type TurnEffect =
  | { readonly type: 'send'; readonly message: ServerMessage }
  | { readonly type: 'close'; readonly reason: string }
  | { readonly type: 'begin_listening'; readonly turn: ListeningTurn }
  | { readonly type: 'require_silence'; readonly turnId: number; readonly silenceMs: number }
  | { readonly type: 'finish_listening'; readonly turnId: number }
  | { readonly type: 'end_listening' }
  /** Without `deadlineMs`, the recognition is speculative until it is confirmed. */
  | {
      readonly type: 'recognise';
      readonly requestId: number;
      readonly pcm: Int16Array;
      readonly deadlineMs: number | undefined;
    }
  | { readonly type: 'confirm_recognition'; readonly requestId: number; readonly deadlineMs: number }
  | { readonly type: 'cancel_recognition'; readonly requestId: number }
  /** Asks whether this speech sounds complete. `requestId` is the recognition of its last piece. */
  | { readonly type: 'judge_prosody'; readonly requestId: number; readonly pcm: Int16Array }
  /** `runMs` is how long the recognition ran, if it gave a result. */
  | {
      readonly type: 'count_speculation';
      readonly result: 'used' | 'wasted' | 'dropped';
      readonly runMs: number | undefined;
    }
  | { readonly type: 'request_admission'; readonly lastTurnEndedMs: number | undefined }
  /** Releases the permit, or stops waiting for it. With `turnedAway`, the device gets a "busy" reply. */
  | { readonly type: 'release_admission'; readonly turnedAway: boolean }
  /** If `notBeforeMs` is Infinity, nothing is sent until `begin_reply`. */
  | {
      readonly type: 'open_reply';
      readonly replyId: number;
      readonly notBeforeMs: number;
      /**
       * Time at which the reply is due (`Clock.nowMs`), computed from the end of the utterance. Undefined if the reply
       * answers no utterance.
       */
      readonly wantedMs: number | undefined;
      readonly preparedId: number | undefined;
    }
  | { readonly type: 'begin_reply'; readonly replyId: number; readonly notBeforeMs: number }
  /** `preparedId` is the prepared answer to exactly this text. */
  | {
      readonly type: 'converse';
      readonly replyId: number;
      readonly text: string;
      readonly typed: boolean;
      readonly preparedId: number | undefined;
    }
  | { readonly type: 'cancel_converse'; readonly replyId: number }
  /** The utterance may be incomplete. The parts are kept until a `converse` names `preparedId`. */
  | { readonly type: 'prepare'; readonly preparedId: number; readonly turnId: number; readonly text: string }
  | { readonly type: 'cancel_prepared'; readonly preparedId: number }
  /**
   * `ifQuiet` means that nothing is said if another sound of the reply is about to be heard. `speech` is set if the
   * model speaks the text itself. With `recording`, the text is only shown.
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
  /** `continued` means that the answer had begun too early, and the person continued the question. */
  | { readonly type: 'count_barge_in'; readonly result: 'interrupted' | 'ignored' | 'continued' }
  | { readonly type: 'count_overheard'; readonly reason: OverheardReason }
  /** `exchange` enters the history together with the part of the reply that was heard. */
  | {
      readonly type: 'stop_reply';
      readonly replyId: number;
      readonly exchange: Exchange | undefined;
      readonly record: EndedTurn | undefined;
    }
  /** The session is done with the notice. If `spoken` is false, the notice may come again. */
  | { readonly type: 'notice_over'; readonly id: string; readonly spoken: boolean }
  | { readonly type: 'playback_over' }
  | { readonly type: 'remember'; readonly userText: string; readonly replyText: string }
  | { readonly type: 'turn_ended'; readonly record: EndedTurn; readonly stats: ReplyStats | undefined }
  | { readonly type: 'start_timer'; readonly name: TimerName; readonly delayMs: number }
  | { readonly type: 'cancel_timer'; readonly name: TimerName };

/**
 * `endedMs` is the end of the utterance (`Clock.nowMs`). `heard` contains the listening turns with the sound of the
 * utterance.
 */
export type EndedTurn = Pick<MeasuredTurn, 'outcome' | 'mode' | 'stagesMs'> &
  Partial<TurnFields> & { readonly endedMs: number; readonly heard: readonly number[] };

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
