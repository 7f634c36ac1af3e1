import { joinSpoken } from '../../session/phrases.js';
import { adaptEndpoint } from './end-of-turn.js';
import type { TurnEvent } from '../events.js';
import { cancelPrepared, prepareAnswerTo } from './prepared-answer.js';
import { wordsOf } from '../utterance/pieces.js';
import type { OpenListening, PartialWords, Piece, Step } from '../state.js';

/** A text is stable if the recogniser reports it this often in a row, each time after more audio. */
const STABLE_TIMES = 2;
/**
 * Maximum number of answers that are begun in a turn because of partial words. Later answers are begun only at a pause.
 */
const MOST_EARLY_STARTS = 3;

/**
 * Handles a partial text. It comes while the person speaks, or at a pause before the final text. It decides how long a
 * pause may last; if it is stable, the model is asked early. It never becomes the text of the utterance.
 */
export function onPartial(step: Step, event: Extract<TurnEvent, { readonly type: 'partial' }>): void {
  const { listening, prepared } = step.state;
  const { turnId, index, text, punctuationMeansEnd } = event;
  if (listening === undefined || listening.turnId !== turnId || isOutOfDate(listening, index)) return;
  const again = listening.partial?.index === index && listening.partial.text === text;
  const partial = { index, text, punctuationMeansEnd, times: again ? (listening.partial?.times ?? 0) + 1 : 1 };
  step.set({ listening: { ...listening, partial } });
  // The person has said more than the model was asked.
  if (prepared?.turnId === turnId && prepared.text !== wordsWith(step, listening, partial)) cancelPrepared(step);
  startEarly(step);
  if (!again || !listening.adapted || step.state.prepared !== prepared) judge(step, index);
}

/**
 * Handles a pause after words that were already stable. These words decide how long it may last, until the final text
 * comes.
 */
export function onPauseAfterPartial(step: Step): void {
  const { listening } = step.state;
  const { index, times = 0 } = listening?.partial ?? {};
  if (index !== undefined && times >= STABLE_TIMES) judge(step, index);
}

/**
 * Decides, by the partial words, how long the pause after the piece may last, unless the piece is still being spoken or
 * is settled.
 */
function judge(step: Step, index: number): void {
  const { listening } = step.state;
  const piece = listening?.pieces.at(-1);
  if (listening?.partial === undefined || piece?.index !== index || isSettled(piece)) return;
  const text = wordsWith(step, listening, listening.partial);
  // If the punctuation mark is missing, it may still follow.
  const punctuationMeansEnd = listening.partial.punctuationMeansEnd && /\p{P}$/u.test(text);
  adaptEndpoint(step, piece, { text, punctuationMeansEnd, partial: true });
}

/** Starts the model on stable words. */
function startEarly(step: Step): void {
  const { listening } = step.state;
  if (!step.rules.speculative || listening?.partial === undefined) return;
  const { partial, pieces, earlyStarts } = listening;
  if (partial.times < STABLE_TIMES || earlyStarts >= MOST_EARLY_STARTS) return;
  if (pieces.some((piece) => piece.index < partial.index && piece.status !== 'known')) return;
  prepareAnswerTo(step, wordsWith(step, listening, partial));
}

/** The words of the turn so far, with the partial words at the end. */
function wordsWith(step: Step, { pieces }: OpenListening, { index, text }: PartialWords): string {
  const before = wordsOf(
    step,
    pieces.filter((piece) => piece.index < index),
  );
  return joinSpoken(step.rules.language, [before, text]);
}

/** True if the piece is settled, or a later piece is already being spoken. */
function isOutOfDate({ pieces, partial }: OpenListening, index: number): boolean {
  if (partial !== undefined && partial.index > index) return true;
  return pieces.some((piece) => piece.index > index || (piece.index === index && isSettled(piece)));
}

/** True if the piece has its final text, or gets no more sound. */
const isSettled = ({ committed, status }: Piece): boolean => committed || status === 'known';
