import type { LanguageTag } from '../../core/index.js';
import type { Patience } from '../../records/index.js';
import type { EndpointPolicy } from '../../speech/listening/endpointing/endpoint-port.js';
import type { PhraseKey } from '../session/phrases.js';

/** Configuration and device facts that the reducer needs. */
export interface TurnRules {
  readonly language: LanguageTag;
  readonly endpoint: EndpointPolicy;
  /** Of the agent. */
  readonly patience: Patience | undefined;
  readonly exitWords: readonly string[];
  /** True if a bare wake word is answered (`session.greeting`). */
  readonly greeting: boolean;
  /** Sentences of the agent in place of our own. */
  readonly phrases: Readonly<Partial<Record<PhraseKey, string | undefined>>>;
  /** Idle farewell, and idle close with or without it, counted from the last speech. Below the firmware's 120 s. */
  readonly idleFarewellMs: number;
  readonly idleCloseMs: number;
  /** 0: never. */
  readonly fillerAfterMs: number;
  readonly admissionWaitMs: number;
  /** Received audio after a wake word in which speech makes the greeting unnecessary. */
  readonly wakeWaitMs: number;
  /**
   * From `tts start` to the first packet. The device needs 100 ms (docs/protocol.md, checklist 44); the rest covers a
   * late timer.
   */
  readonly firstPacketGapMs: number;
  /**
   * Shortest time between `tts start` and `tts stop`, so that the device sees both (docs/protocol.md, checklist 43);
   * below the 100 ms of checklist 51.
   */
  readonly stopGapMs: number;
  /** From the end of playing by the pacer's clock to `tts stop`: the delay of decoder, output and network. */
  readonly tailMs: number;
  /** A final transcript is due this soon after the utterance. */
  readonly transcriptTargetMs: number;
  /** A piece within an utterance is due this soon: the user is still speaking. */
  readonly committedTargetMs: number;
  /** Silence before a piece is sent to be recognised (`vad.speculate_silence_ms`). */
  readonly pieceSilenceMs: number;
  /** Begin the answer before the utterance has certainly ended (`llm.speculative`). */
  readonly speculative: boolean;
  /** Limits for defects: an utterance that never gets a text, a reply without progress. */
  readonly recognitionGuardMs: number;
  readonly stalledMs: number;
  /**
   * Draining: a silent microphone stays open this long for a user who has just begun: 160 ms until speech is detected
   * (`vad.min_speech_ms`), plus network delay.
   */
  readonly drainGraceMs: number;
  /**
   * Draining: a user who is speaking then is heard for this long, the longest piece for recognition
   * (`vad.max_segment_ms`).
   */
  readonly drainHearingMs: number;
  /** Words (Chinese, Japanese: characters) over an answer that interrupt it. */
  readonly interruptWords: number;
  /**
   * Who goes on speaking this soon after the end of the last word was cut off: it is one question. In auto mode nothing
   * is heard once the device was told to speak, so that is done no sooner than needed within this time.
   */
  readonly repairMs: number;
  /** Realtime: empty the device's queue at barge-in by a fresh entry to speaking (docs/protocol.md 4.4, rule 3). */
  readonly flushOnBargeIn: boolean;
  /**
   * After `tts stop` and `listen start` the server says nothing by itself for this long: a device may still be on the
   * way to listening, and its `listen start` would cut the notice off.
   */
  readonly noticeGapMs: number;
  /** What a device may say that it was woken by. Any other text was typed by the user. */
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
  admissionWaitMs: 600,
  wakeWaitMs: 400,
  firstPacketGapMs: 120,
  stopGapMs: 60,
  tailMs: 120,
  transcriptTargetMs: 300,
  committedTargetMs: 3_000,
  patience: undefined,
  pieceSilenceMs: 128,
  speculative: false,
  recognitionGuardMs: 20_000,
  stalledMs: 45_000,
  drainGraceMs: 500,
  drainHearingMs: 15_000,
  interruptWords: 1,
  repairMs: 1_500,
  flushOnBargeIn: true,
  noticeGapMs: 1_000,
  typedWaitMs: 200,
};
