import type { LanguageTag } from '../../core/index.js';
import type { Patience } from '../../records/index.js';
import type { EndpointPolicy } from '../../speech/listening/endpointing/endpoint-port.js';
import { PIECE_SILENCE_MS } from '../../speech/listening/index.js';
import type { PhraseKey } from '../session/phrases.js';

/** Configuration and device facts that the reducer needs. */
export interface TurnRules {
  readonly language: LanguageTag;
  readonly endpoint: EndpointPolicy;
  /** How long the agent waits for people who pause. Undefined: the endpoint policy decides. */
  readonly patience: Patience | undefined;
  /** True: a model judges whether the voice sounds finished, where this can change the wait (`vad.smart_turn`). */
  readonly prosody: boolean;
  /**
   * Longest time for which the end of a turn waits for that verdict: the model runs 56 ms, may wait for a slot, and is
   * reached through two processes.
   */
  readonly prosodyWaitMs: number;
  readonly exitWords: readonly string[];
  /** True if a bare wake word is answered (`session.greeting`). */
  readonly greeting: boolean;
  /** Sentences of the agent that replace those of the server. */
  readonly phrases: Readonly<Partial<Record<PhraseKey, string | undefined>>>;
  /** Silence before the idle farewell, and before the idle close. Both are below the firmware's limit of 120 s. */
  readonly idleFarewellMs: number;
  readonly idleCloseMs: number;
  /** Silence before a filler is spoken. 0: no filler. */
  readonly fillerAfterMs: number;
  /** True: a soft tone replaces the filler in words. */
  readonly hintTone: boolean;
  /** True: the device shows the text while the user still speaks, if the recogniser supplies it. */
  readonly liveSubtitles: boolean;
  readonly admissionWaitMs: number;
  /** Length of the audio after a wake word in which speech makes the greeting unnecessary. */
  readonly wakeWaitMs: number;
  /**
   * Time from `tts start` to the first packet. The device needs 100 ms (docs/protocol.md, checklist 44); the rest
   * covers a late timer.
   */
  readonly firstPacketGapMs: number;
  /**
   * Shortest time between `tts start` and `tts stop`, so that the device sees both (docs/protocol.md, checklist 43). It
   * is below the 100 ms of checklist 51.
   */
  readonly stopGapMs: number;
  /**
   * Time from the end of playback, as the pacer computes it, to `tts stop`: the delay of decoder, output and network.
   */
  readonly tailMs: number;
  /** How long after the end of the utterance the final transcript is due. */
  readonly transcriptTargetMs: number;
  /** How long after a piece of an unfinished utterance its text is due, while the user is still speaking. */
  readonly committedTargetMs: number;
  /** Silence before a piece is sent to recognition (`vad.speculate_silence_ms`). */
  readonly pieceSilenceMs: number;
  /** True: the answer begins before the end of the utterance is certain (`llm.speculative`). */
  readonly speculative: boolean;
  /**
   * Maximum number of tokens of one turn for early answers that were given up. Beyond it, no further answer is begun
   * early.
   */
  readonly speculativeTokens: number;
  /** Limits for defects: an utterance that never gets a text, a reply without progress. */
  readonly recognitionGuardMs: number;
  readonly stalledMs: number;
  /**
   * The limit without progress while a tool is called. It is longer than any tool may take, and shorter than the 120 s
   * of silence after which the firmware gives up.
   */
  readonly calledStalledMs: number;
  /**
   * Draining: how long the microphone of a silent device stays open for a user who has just begun to speak. Detection
   * takes 160 ms (`vad.min_speech_ms`), plus network delay.
   */
  readonly drainGraceMs: number;
  /**
   * Draining: time for which a user who is already speaking is heard. It is the longest piece for recognition
   * (`vad.max_segment_ms`).
   */
  readonly drainHearingMs: number;
  /** How many words (Chinese, Japanese: characters) said over an answer interrupt it. */
  readonly interruptWords: number;
  /** True: utterances that were probably not said to the device are not answered (`session.ignore_overheard`). */
  readonly ignoreOverheard: boolean;
  /**
   * A person who continues within this time after the last word was cut off, so both parts are one question. In auto
   * mode the server cannot hear a device that was told to speak. Within this time `tts start` therefore waits until the
   * answer has text.
   */
  readonly repairMs: number;
  /**
   * True: a barge-in empties the device's queue by entering the speaking state again (docs/protocol.md 4.4, rule 3).
   */
  readonly flushOnBargeIn: boolean;
  /**
   * Time after `tts stop` and `listen start` in which the server does not speak on its own. The device may still be
   * changing to listening, and its `listen start` would cut off the notice.
   */
  readonly noticeGapMs: number;
  /** Texts that a device may report as its wake word. Any other text was typed by the user. */
  readonly wakeWords: readonly string[];
  /** Longest time between a wake word and the `listen start` of the firmware. */
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
