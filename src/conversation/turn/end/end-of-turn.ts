import { concatInt16 } from '../../../audio/index.js';
import type { EndpointEvidence } from '../../../speech/listening/endpointing/endpoint-port.js';
import type { Prosody } from '../../../speech/listening/endpointing/prosody-port.js';
import type { Recognition } from '../../../speech/recognition/recognizer-port.js';
import { endAsJudged, prepareAnswer } from './prepared-answer.js';
import { initialSilenceMs } from '../utterance/listening.js';
import { wordsOf } from '../utterance/pieces.js';
import type { OpenListening, Piece, Step } from '../state.js';

/** Longest pause after which the person may still continue while the model is thinking. It delays no answer. */
const LONGEST_FREE_PAUSE_MS = 1_500;
/**
 * The turn ends this much before the expected first token, because the listening process needs time to report the end.
 */
const DECISION_MS = 30;

/** The words by which a pause is judged. */
export interface PauseWords extends Pick<Recognition, 'punctuationMeansEnd'> {
  /** All words of the turn so far. */
  readonly text: string;
  /** True: `text` ends with partial words, because the final text of the last piece has not come yet. */
  readonly partial: boolean;
}

/**
 * Decides, by the final text of the piece before a pause, how long the pause may last. The final text replaces the
 * partial words.
 */
export function onWordsAtPause(step: Step, piece: Piece, { punctuationMeansEnd }: Recognition): void {
  const text = wordsOf(step, step.state.listening?.pieces ?? []);
  adaptEndpoint(step, piece, { text, punctuationMeansEnd, partial: false });
}

/** Handles the verdict on the voice. Without a verdict the words decide by themselves. */
export function onProsody(step: Step, requestId: number, prosody: Prosody | undefined): void {
  const piece = step.state.listening?.pieces.find((one) => one.requestId === requestId && one.prosody === 'asked');
  if (piece?.result !== undefined) onWordsAtPause(step, { ...piece, prosody: prosody ?? 'none' }, piece.result);
}

/**
 * Decides, by the words so far and the sound of the voice, how much silence ends the turn. The device is silent while
 * the model thinks, so the person may continue until shortly before the first token. This makes the pause longer, but
 * the answer no later.
 */
export function adaptEndpoint(step: Step, heard: Piece, words: PauseWords): void {
  const { listening, thinkingMs } = step.state;
  if (listening === undefined) return;
  const { endpoint, speculative, firstPacketGapMs, prosodyWaitMs } = step.rules;
  const evidence = evidenceOf(step, listening, heard, words);
  const judgedMs = endpoint.requiredSilenceMs(evidence);
  if (judgedMs === Infinity) return;
  const piece = words.partial ? heard : judgeVoice(step, listening, heard, evidence, judgedMs);
  // Wait for the verdict at most this long, because it may lengthen the pause.
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

/** The verdict, if there was one. */
export function verdictOn(prosody: Piece['prosody']): Prosody | undefined {
  return prosody === 'asked' || prosody === 'none' ? undefined : prosody;
}

/** Asks for a verdict on the voice, once per pause, if it can change the wait of `judgedMs`. */
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
 * How much silence has passed when the model is asked about these words. Negative: it was asked while they were spoken.
 * Undefined: it is not asked, because the words are partial.
 */
function askedAfterMs(step: Step, piece: Piece, { text, partial }: PauseWords, endMs: number): number | undefined {
  const { prepared } = step.state;
  const silent = silentMs(step, piece);
  if ((step.rules.speculative || piece.prosody !== undefined) && prepared?.text === text)
    return silent - (step.nowMs - prepared.sinceMs);
  if (partial) return undefined;
  return step.rules.speculative ? silent : Math.max(silent, endMs);
}

/**
 * Forgets the wait that the partial words suggested. Call it if the turn will end before the final text of its last
 * piece comes.
 */
export function forgetJudgement(step: Step): void {
  const { listening } = step.state;
  if (listening?.adapted !== true) return;
  step.set({ listening: { ...listening, adapted: false, free: false } });
  step.emit({ type: 'require_silence', turnId: listening.turnId, silenceMs: initialSilenceMs(step, listening.mode) });
}

/**
 * Asks the model before the end is certain. If that fails, the turn ends as the words require, because waiting longer
 * gains nothing.
 */
export function onAskEarly(step: Step): void {
  prepareAnswer(step);
  const { listening, prepared } = step.state;
  if (prepared === undefined && listening?.free === true) endAsJudged(step, listening);
}

/** Silence since the end of a piece's speech, by the server's clock. */
export function silentMs({ nowMs, rules }: Step, { heardMs }: Piece): number {
  return nowMs - heardMs + rules.pieceSilenceMs;
}
