import { isExitUtterance } from '../../session/phrases.js';
import type { OpenListening, Prepared, Step } from '../state.js';
import { wordsOf } from '../utterance/pieces.js';

/** Maximum number of answers begun early in a turn. Each one that is cancelled costs the model's time. */
const MOST_STARTS = 8;

/**
 * Prepares an answer to the words at a pause while the microphone is open. Does nothing if the last piece is committed,
 * because no event reports that speech continues after it.
 */
export function prepareAnswer(step: Step): void {
  const { pieces = [] } = step.state.listening ?? {};
  if (pieces.at(-1)?.committed !== false || pieces.some((piece) => piece.status !== 'known')) return;
  prepareAnswerTo(step, wordsOf(step, pieces));
}

/**
 * Prepares an answer to the words of the open microphone, unless it is being prepared. Does nothing if another
 * utterance or reply is in progress, because the history lacks it; in push to talk, where the button ends the turn; and
 * while the words are probably not for the device.
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

/** Cancels the prepared answer: it was for another question. */
export function cancelPrepared(step: Step): void {
  const { prepared } = step.state;
  if (prepared === undefined) return;
  step.set({ prepared: undefined });
  step.emit({ type: 'cancel_prepared', preparedId: prepared.id });
}

/** Preparing failed: the model will be asked when the words are certain, so a longer pause has no purpose. */
export function onPreparationFailed(step: Step, preparedId: number): void {
  if (step.state.prepared?.id !== preparedId) return;
  step.set({ prepared: undefined });
  const { listening } = step.state;
  if (listening?.free === true) endAsJudged(step, listening);
}

/** Ends the turn after the pause that the words require, whatever the model does. */
export function endAsJudged(step: Step, listening: OpenListening): void {
  step.set({ listening: { ...listening, free: false } });
  step.emit({ type: 'require_silence', turnId: listening.turnId, silenceMs: listening.endMs });
}

/** Takes the answer prepared for exactly these words; an answer to other words is cancelled. */
export function takePrepared(step: Step, text: string): Prepared | undefined {
  const { prepared } = step.state;
  if (prepared?.text !== text) {
    cancelPrepared(step);
    return undefined;
  }
  step.set({ prepared: undefined });
  return prepared;
}

/** Runs after every event: cancels a prepared answer whose words are no longer awaited. */
export function dropOrphan(step: Step): void {
  const { prepared, listening, utterance, reply, permit } = step.state;
  if (prepared === undefined) return;
  const waitedFor =
    (listening?.turnId === prepared.turnId && (listening.pieces.length > 0 || listening.partial !== undefined)) ||
    utterance?.pieces.some((piece) => piece.turnId === prepared.turnId) === true;
  if (reply !== undefined || permit !== 'held' || !waitedFor) cancelPrepared(step);
}
