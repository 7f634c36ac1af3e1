import { isExitUtterance } from '../../session/phrases.js';
import type { OpenListening, Prepared, Step } from '../state.js';
import { wordsOf } from '../utterance/pieces.js';

/** Maximum number of prepared answers in a turn, because each cancelled answer costs the model time. */
const MOST_STARTS = 8;

/**
 * Begins an answer at a pause. Does nothing if the last piece is committed, because no event would report that the
 * person continues.
 */
export function prepareAnswer(step: Step): void {
  const { pieces = [] } = step.state.listening ?? {};
  if (pieces.at(-1)?.committed !== false || pieces.some((piece) => piece.status !== 'known')) return;
  prepareAnswerTo(step, wordsOf(pieces));
}

/**
 * Begins an answer to the words so far. In push to talk the button ends the turn, so nothing begins early. Nothing
 * begins during another utterance or reply, because its words are not in the history yet.
 */
export function prepareAnswerTo(step: Step, text: string): void {
  const { listening, utterance, reply, permit, onlyByName } = step.state;
  if (listening === undefined || listening.mode === 'manual' || permit !== 'held') return;
  if (utterance !== undefined || reply !== undefined || onlyByName) return;
  if (step.state.prepared?.text === text) return;
  cancelPrepared(step);
  if (listening.earlyStarts >= MOST_STARTS) return;
  if (text === '' || isExitUtterance(text, step.rules.exitWords)) return;
  const id = step.state.lastPreparedId + 1;
  step.set({
    lastPreparedId: id,
    prepared: { id, turnId: listening.turnId, sinceMs: step.nowMs, text },
    listening: { ...listening, earlyStarts: listening.earlyStarts + 1 },
  });
  step.emit({ type: 'prepare', preparedId: id, turnId: listening.turnId, text });
}

export function cancelPrepared(step: Step): void {
  const { prepared } = step.state;
  if (prepared === undefined) return;
  step.set({ prepared: undefined });
  step.emit({ type: 'cancel_prepared', preparedId: prepared.id });
}

/** The turn ends without a longer wait, which would gain nothing. The model is asked when the words are certain. */
export function onPreparationFailed(step: Step, preparedId: number): void {
  if (step.state.prepared?.id !== preparedId) return;
  step.set({ prepared: undefined });
  const { listening } = step.state;
  if (listening?.free === true) endAsJudged(step, listening);
}

export function endAsJudged(step: Step, listening: OpenListening): void {
  step.set({ listening: { ...listening, free: false } });
  step.emit({ type: 'require_silence', turnId: listening.turnId, silenceMs: listening.endMs });
}

/** Returns the prepared answer to these words. An answer to other words is cancelled. */
export function takePrepared(step: Step, text: string): Prepared | undefined {
  const { prepared } = step.state;
  if (prepared?.text !== text) {
    cancelPrepared(step);
    return undefined;
  }
  step.set({ prepared: undefined });
  return prepared;
}

/** Cancels an answer that no utterance can use any more. Call it after every event. */
export function dropOrphan(step: Step): void {
  const { prepared, listening, utterance, reply, permit } = step.state;
  if (prepared === undefined) return;
  const waitedFor =
    (listening?.turnId === prepared.turnId && (listening.pieces.length > 0 || listening.partial !== undefined)) ||
    utterance?.pieces.some((piece) => piece.turnId === prepared.turnId) === true;
  if (reply !== undefined || permit !== 'held' || !waitedFor) cancelPrepared(step);
}
