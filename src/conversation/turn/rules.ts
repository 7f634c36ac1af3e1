import type { LanguageTag } from '../../core/index.js';
import type { Patience } from '../../records/index.js';
import type { EndpointPolicy } from '../../speech/listening/endpointing/endpoint-port.js';
import type { PhraseKey } from '../session/phrases.js';

/** Configuration and device facts that the reducer needs. */
export interface TurnRules {
  readonly language: LanguageTag;
  readonly endpoint: EndpointPolicy;
  /** Patience of the agent; undefined: the endpoint policy's own. */
  readonly patience: Patience | undefined;
  /** True: the sound of the voice is asked about where its verdict can change the wait (`vad.smart_turn`). */
  readonly prosody: boolean;
  /** The end of a turn waits at most this long for that verdict: a run of 56 ms, a slot, two processes. */
  readonly prosodyWaitMs: number;
  readonly exitWords: readonly string[];
  /** True if a bare wake word is answered (`session.greeting`). */
  readonly greeting: boolean;
  /** Sentences of the agent that replace our own. */
  readonly phrases: Readonly<Partial<Record<PhraseKey, string | undefined>>>;
  /** Silence before the idle farewell, and before the idle close: both below the firmware's limit of 120 s. */
  readonly idleFarewellMs: number;
  readonly idleCloseMs: number;
  /** 0: no filler. */
  readonly fillerAfterMs: number;
  /** True: a soft tone instead of a filler in words. */
  readonly hintTone: boolean;
  /** True: the device shows the text while the user still speaks, if the recogniser gives it. */
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
   * Shortest time between `tts start` and `tts stop`, so that the device sees both (docs/protocol.md, checklist 43);
   * below the 100 ms of checklist 51.
   */
  readonly stopGapMs: number;
  /** Time from the end of playing by the pacer's clock to `tts stop`: the delay of decoder, output and network. */
  readonly tailMs: number;
  /** A final transcript is due this soon after the utterance. */
  readonly transcriptTargetMs: number;
  /** A piece within an utterance is due this soon: the user is still speaking. */
  readonly committedTargetMs: number;
  /** Silence before a piece is sent to be recognised (`vad.speculate_silence_ms`). */
  readonly pieceSilenceMs: number;
  /** True: the answer is begun before the utterance has certainly ended (`llm.speculative`). */
  readonly speculative: boolean;
  /** Tokens of a turn's answers that were begun early and given up, after which none is begun early any more. */
  readonly speculativeTokens: number;
  /** Limits for defects: an utterance that never gets a text, a reply without progress. */
  readonly recognitionGuardMs: number;
  readonly stalledMs: number;
  /**
   * The limit while a tool is called: above the limit of any tool, below the 120 s of silence after which the firmware
   * gives up.
   */
  readonly calledStalledMs: number;
  /**
   * Draining: time for which a silent microphone stays open for a user who has just begun: 160 ms until speech is
   * detected (`vad.min_speech_ms`), plus network delay.
   */
  readonly drainGraceMs: number;
  /**
   * Draining: time for which a user who is already speaking is heard, the longest piece for recognition
   * (`vad.max_segment_ms`).
   */
  readonly drainHearingMs: number;
  /** Words (Chinese, Japanese: characters) over an answer that are enough to interrupt it. */
  readonly interruptWords: number;
  /** True: utterances that were probably not said to the device are not answered (`session.ignore_overheard`). */
  readonly ignoreOverheard: boolean;
  /**
   * A person who continues this soon after the end of the last word was cut off: both parts are one question. In auto
   * mode a device that was told to speak is not heard, so within this time `tts start` waits until the answer has text.
   */
  readonly repairMs: number;
  /** True: a barge-in empties the device's queue by a fresh entry to speaking (docs/protocol.md 4.4, rule 3). */
  readonly flushOnBargeIn: boolean;
  /**
   * After `tts stop` and `listen start` the server does not speak by itself for this long. The device may still be
   * changing to listening, and its `listen start` would cut the notice off.
   */
  readonly noticeGapMs: number;
  /** Texts that a device may report as its wake word. Any other text was typed by the user. */
  readonly wakeWords: readonly string[];
  /** Firmware sends `listen start` this soon after a wake word. */
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
  pieceSilenceMs: 128,
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
