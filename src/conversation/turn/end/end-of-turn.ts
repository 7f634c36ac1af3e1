import { concatInt16 } from '../../../audio/index.js';
import type { EndpointEvidence } from '../../../speech/listening/endpointing/endpoint-port.js';
import type { Prosody } from '../../../speech/listening/endpointing/prosody-port.js';
import type { Recognition } from '../../../speech/recognition/recognizer-port.js';
import { endAsJudged, prepareAnswer } from './prepared-answer.js';
import { initialSilenceMs } from '../utterance/listening.js';
import { wordsOf } from '../utterance/pieces.js';
import type { OpenListening, Piece, Step } from '../state.js';

/** While the model is thinking, a pause may last this long without delaying the answer. */
const LONGEST_FREE_PAUSE_MS = 1_500;
/** The listening process needs this time to report the end of the turn. */
const DECISION_MS = 30;

export interface PauseWords extends Pick<Recognition, 'punctuationMeansEnd'> {
  /** All words of the turn so far. */
  readonly text: string;
  /** True if `text` ends with partial words, because the last piece has no final text yet. */
  readonly partial: boolean;
}

/** The final text of the piece before a pause decides how long the pause may last. */
export function onWordsAtPause(step: Step, piece: Piece, { punctuationMeansEnd }: Recognition): void {
  const text = wordsOf(step.state.listening?.pieces ?? []);
  adaptEndpoint(step, piece, { text, punctuationMeansEnd, partial: false });
}

/** Without a verdict on the voice, the words decide alone. */
export function onProsody(step: Step, requestId: number, prosody: Prosody | undefined): void {
  const piece = step.state.listening?.pieces.find((one) => one.requestId === requestId && one.prosody === 'asked');
  if (piece?.result !== undefined) onWordsAtPause(step, { ...piece, prosody: prosody ?? 'none' }, piece.result);
}

/**
 * Decides by the words and the voice how much silence ends the turn. The device is silent while the model thinks. So
 * the person may continue until shortly before the first token.
 */
export function adaptEndpoint(step: Step, heard: Piece, words: PauseWords): void {
  const { listening, thinkingMs } = step.state;
  if (listening === undefined) return;
  const { endpoint, speculative, firstPacketGapMs, prosodyWaitMs } = step.rules;
  const evidence = evidenceOf(step, listening, heard, words);
  const judgedMs = endpoint.requiredSilenceMs(evidence);
  if (judgedMs === Infinity) return;
  const piece = words.partial ? heard : judgeVoice(step, listening, heard, evidence, judgedMs);
  // The verdict may lengthen the pause. Wait for the verdict, but at most `prosodyWaitMs`.
  const endMs = piece.prosody === 'asked' ? Math.max(judgedMs, silentMs(step, piece) + prosodyWaitMs) : judgedMs;
  const askedMs = askedAfterMs(step, piece, words, endMs);
  const freeMs =
    thinkingMs === undefined || askedMs === undefined ? 0 : askedMs + thinkingMs - firstPacketGapMs - DECISION_MS;
  const silenceMs = Math.max(endMs, Math.min(freeMs, LONGEST_FREE_PAUSE_MS));
  const { prosody } = piece;
  const pieces = listening.pieces.map((one) =>
    prosody && one.requestId === piece.requestId ? { ...one, prosody } : one,
  );
  step.set({ listening: { ...listening, pieces, adapted: true, endMs, free: silenceMs > endMs } });
  if (silenceMs > endMs && !speculative) step.startTimer('ask_early', endMs - silentMs(step, piece));
  else step.cancelTimer('ask_early');
  step.emit({ type: 'require_silence', turnId: listening.turnId, silenceMs });
}

function evidenceOf(
  step: Step,
  { mode }: OpenListening,
  { prosody }: Piece,
  { text, punctuationMeansEnd }: PauseWords,
): EndpointEvidence {
  const { language, patience } = step.rules;
  const { ownPauseMs } = step.state;
  const verdict = verdictOn(prosody);
  return { mode, language, transcriptSoFar: text, punctuationMeansEnd, patience, ownPauseMs, prosody: verdict };
}

export function verdictOn(prosody: Piece['prosody']): Prosody | undefined {
  return prosody === 'asked' || prosody === 'none' ? undefined : prosody;
}

/** Asks once per pause, and only if the verdict can change the wait of `judgedMs`. */
function judgeVoice(
  step: Step,
  listening: OpenListening,
  piece: Piece,
  evidence: EndpointEvidence,
  judgedMs: number,
): Piece {
  const { prosody, endpoint } = step.rules;
  const { requestId } = piece;
  if (!prosody || piece.prosody !== undefined || requestId === undefined) return piece;
  if (endpoint.requiredSilenceMs({ ...evidence, prosody: 'broken_off' }) === judgedMs) return piece;
  step.emit({ type: 'judge_prosody', requestId, pcm: concatInt16(listening.pieces.map(({ pcm }) => pcm)) });
  return { ...piece, prosody: 'asked' };
}

/**
 * Silence before the model is asked about these words. Negative if the model was asked during speech. Undefined if the
 * model is not asked.
 */
function askedAfterMs(step: Step, piece: Piece, { text, partial }: PauseWords, endMs: number): number | undefined {
  const { prepared } = step.state;
  const silent = silentMs(step, piece);
  if ((step.rules.speculative || piece.prosody !== undefined) && prepared?.text === text)
    return silent - (step.nowMs - prepared.sinceMs);
  if (partial) return undefined;
  return step.rules.speculative ? silent : Math.max(silent, endMs);
}

/** Call it if the final text before a pause does not come. The initial silence then ends the turn again. */
export function forgetJudgement(step: Step): void {
  const { listening } = step.state;
  if (listening?.adapted !== true) return;
  step.set({ listening: { ...listening, adapted: false, free: false } });
  step.emit({ type: 'require_silence', turnId: listening.turnId, silenceMs: initialSilenceMs(step, listening.mode) });
}

/** Prepares an answer. If no answer can be prepared, the turn ends without a longer wait, which would gain nothing. */
export function onAskEarly(step: Step): void {
  prepareAnswer(step);
  const { listening, prepared } = step.state;
  if (prepared === undefined && listening?.free === true) endAsJudged(step, listening);
}

/** Silence since the end of the piece's speech, by the server's clock. */
export function silentMs({ nowMs, rules }: Step, { heardMs }: Piece): number {
  return nowMs - heardMs + rules.pieceSilenceMs;
}
