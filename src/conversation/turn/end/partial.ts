import { joinText } from '../../../core/index.js';
import { adaptEndpoint } from './end-of-turn.js';
import type { TurnEvent } from '../events.js';
import { cancelPrepared, prepareAnswerTo } from './prepared-answer.js';
import { wordsOf } from '../utterance/pieces.js';
import type { OpenListening, PartialWords, Piece, Step } from '../state.js';

/** A text is stable if the recogniser reports it this often in a row. */
const STABLE_TIMES = 2;
/** After this many prepared answers in a turn, partial words start no more. Further answers start only at a pause. */
const MOST_EARLY_STARTS = 3;

/**
 * Partial text comes during speech or before the final text. It decides how long a pause may last. Stable text also
 * starts the model early.
 */
export function onPartial(step: Step, event: Extract<TurnEvent, { readonly type: 'partial' }>): void {
  const { listening, prepared } = step.state;
  const { turnId, index, text, punctuationMeansEnd } = event;
  if (listening === undefined || listening.turnId !== turnId || isOutOfDate(listening, index)) return;
  const again = listening.partial?.index === index && listening.partial.text === text;
  const partial = { index, text, punctuationMeansEnd, times: again ? (listening.partial?.times ?? 0) + 1 : 1 };
  step.set({ listening: { ...listening, partial } });
  // The prepared answer no longer fits the words.
  if (prepared?.turnId === turnId && prepared.text !== wordsWith(listening, partial)) cancelPrepared(step);
  startEarly(step);
  if (!again || !listening.adapted || step.state.prepared !== prepared) judge(step, index);
}

/** Stable words decide how long the pause may last, before the final text arrives. */
export function onPauseAfterPartial(step: Step): void {
  const { listening } = step.state;
  const { index, times = 0 } = listening?.partial ?? {};
  if (index !== undefined && times >= STABLE_TIMES) judge(step, index);
}

/** Does nothing if the piece is settled or still being spoken. */
function judge(step: Step, index: number): void {
  const { listening } = step.state;
  const piece = listening?.pieces.at(-1);
  if (listening?.partial === undefined || piece?.index !== index || isSettled(piece)) return;
  const text = wordsWith(listening, listening.partial);
  // Text without a mark does not tell whether the sentence is over, because a mark may still follow.
  const punctuationMeansEnd = listening.partial.punctuationMeansEnd && /\p{P}$/u.test(text);
  adaptEndpoint(step, piece, { text, punctuationMeansEnd, partial: true });
}

function startEarly(step: Step): void {
  const { listening } = step.state;
  if (!step.rules.speculative || listening?.partial === undefined) return;
  const { partial, pieces, earlyStarts } = listening;
  if (partial.times < STABLE_TIMES || earlyStarts >= MOST_EARLY_STARTS) return;
  if (pieces.some((piece) => piece.index < partial.index && piece.status !== 'known')) return;
  prepareAnswerTo(step, wordsWith(listening, partial));
}

function wordsWith({ pieces }: OpenListening, { index, text }: PartialWords): string {
  const before = wordsOf(pieces.filter((piece) => piece.index < index));
  return joinText([before, text]);
}

function isOutOfDate({ pieces, partial }: OpenListening, index: number): boolean {
  if (partial !== undefined && partial.index > index) return true;
  return pieces.some((piece) => piece.index > index || (piece.index === index && isSettled(piece)));
}

/** True if the piece has its final text, or gets no more sound. */
const isSettled = ({ committed, status }: Piece): boolean => committed || status === 'known';
