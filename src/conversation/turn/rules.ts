import type { LanguageTag } from '../../core/index.js';
import type { Patience } from '../../records/index.js';
import type { EndpointPolicy } from '../../speech/listening/endpointing/endpoint-port.js';
import { PIECE_SILENCE_MS } from '../../speech/listening/index.js';
import type { PhraseKey } from '../session/phrases.js';

/** What the reducer needs to know about the configuration and the device. */
export interface TurnRules {
  readonly language: LanguageTag;
  readonly endpoint: EndpointPolicy;
  /** Undefined if the endpoint policy decides. */
  readonly patience: Patience | undefined;
  /** True if a model judges whether the voice sounds finished (`vad.smart_turn`). */
  readonly prosody: boolean;
  /** Longest wait for the verdict on the voice. The model runs 56 ms, and may have to wait for other work. */
  readonly prosodyWaitMs: number;
  readonly exitWords: readonly string[];
  /** True if a wake word without a request is answered (`session.greeting`). */
  readonly greeting: boolean;
  /** Sentences of the agent that replace those of the server. */
  readonly phrases: Readonly<Partial<Record<PhraseKey, string | undefined>>>;
  /** This time and `idleCloseMs` are below the firmware's limit of 120 s. */
  readonly idleFarewellMs: number;
  readonly idleCloseMs: number;
  /** Silence before a filler. 0 means no filler. */
  readonly fillerAfterMs: number;
  /** True if a soft tone replaces the filler in words. */
  readonly hintTone: boolean;
  /** True if the device shows the text while the user still speaks. The recogniser must supply partial texts. */
  readonly liveSubtitles: boolean;
  readonly admissionWaitMs: number;
  /** Speech within this time after a wake word makes the greeting unnecessary. */
  readonly wakeWaitMs: number;
  /**
   * Time from `tts start` to the first packet. The device needs 100 ms (docs/protocol.md, checklist 44). The rest
   * covers a late timer.
   */
  readonly firstPacketGapMs: number;
  /**
   * Shortest time between `tts start` and `tts stop`, so that the device sees both (docs/protocol.md, checklist 43). It
   * is below the 100 ms of checklist 51.
   */
  readonly stopGapMs: number;
  /** Delay of decoder, output and network, counted from the computed end of playback. */
  readonly tailMs: number;
  /** Target time for the text, counted from the end of the utterance. */
  readonly transcriptTargetMs: number;
  /** Target time for the text of a piece after which the user continues to speak. */
  readonly committedTargetMs: number;
  /** Silence before a piece is sent to recognition (`vad.speculate_silence_ms`). */
  readonly pieceSilenceMs: number;
  /** True if the answer begins before the end of the utterance is certain (`llm.speculative`). */
  readonly speculative: boolean;
  /** The same, but false for a model that answers at once, because an early start saves no time there. */
  readonly answersEarly: boolean;
  /** Token limit for cancelled early answers in one turn. Beyond it, no further answer begins early. */
  readonly speculativeTokens: number;
  /** Limit for an utterance that gets no text because of a defect. */
  readonly recognitionGuardMs: number;
  /** Limit for a reply without progress. */
  readonly stalledMs: number;
  /**
   * Limit while a tool is called. It lies between the longest tool call and the 120 s after which the firmware gives
   * up.
   */
  readonly calledStalledMs: number;
  /**
   * While draining, a user who has just begun to speak is detected within this time. Detection takes 160 ms
   * (`vad.min_speech_ms`), plus network delay.
   */
  readonly drainGraceMs: number;
  /**
   * While draining, a user who is already speaking is heard for this time. It is the longest piece for recognition
   * (`vad.max_segment_ms`).
   */
  readonly drainHearingMs: number;
  /** An interruption needs at least this many words. In Chinese and Japanese, characters count. */
  readonly interruptWords: number;
  /** True if speech that is probably not for the device is ignored (`session.ignore_overheard`). */
  readonly ignoreOverheard: boolean;
  /**
   * If a person continues within this time after the last word, both parts are one question. In auto mode a device that
   * was told to speak does not listen. So `tts start` waits for the answer's text, but not longer than this.
   */
  readonly repairMs: number;
  /**
   * True if a barge-in empties the device's queue by entering the speaking state again (docs/protocol.md 4.4, rule 3).
   */
  readonly flushOnBargeIn: boolean;
  /**
   * Gap after `tts stop` and `listen start` before the server speaks on its own. The device may still be changing to
   * listening, and its `listen start` would cut off the notice.
   */
  readonly noticeGapMs: number;
  /** A device may report these texts as its wake word. Any other text was typed by the user. */
  readonly wakeWords: readonly string[];
  /** The firmware sends `listen start` within this time after a wake word. */
  readonly typedWaitMs: number;
}

export const DEFAULT_TURN_RULES: Omit<TurnRules, 'language' | 'endpoint' | 'exitWords' | 'wakeWords'> = {
  greeting: true,
  phrases: {},
  idleFarewellMs: 60_000,
  idleCloseMs: 70_000,
  fillerAfterMs: 1_200,
  hintTone: false,
  liveSubtitles: false,
  admissionWaitMs: 400,
  wakeWaitMs: 400,
  firstPacketGapMs: 120,
  stopGapMs: 60,
  tailMs: 120,
  transcriptTargetMs: 300,
  committedTargetMs: 3_000,
  patience: undefined,
  prosody: false,
  prosodyWaitMs: 100,
  pieceSilenceMs: PIECE_SILENCE_MS,
  speculative: false,
  answersEarly: false,
  speculativeTokens: 8_000,
  recognitionGuardMs: 20_000,
  stalledMs: 45_000,
  calledStalledMs: 100_000,
  drainGraceMs: 500,
  drainHearingMs: 15_000,
  interruptWords: 1,
  ignoreOverheard: true,
  repairMs: 1_500,
  flushOnBargeIn: true,
  noticeGapMs: 1_000,
  typedWaitMs: 200,
};
