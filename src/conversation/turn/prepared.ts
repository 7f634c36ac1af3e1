import { isExitUtterance, joinSpoken } from '../session/phrases.js';
import type { Step } from './step.js';

/**
 * The text of a pause has become known while the ear is open: if the sentence is over, this is the question. Only where
 * nothing else is under way, because the history would lack what is being said now; and not in push to talk, where the
 * button, not a pause, ends the turn. After a committed piece it is not told that speech goes on, so those do not count.
 */
export function prepareAnswer(step: Step): void {
  const { ear, utterance, reply, permit } = step.state;
  if (!step.rules.speculative || ear === undefined || ear.mode === 'manual' || permit !== 'held') return;
  if (utterance !== undefined || reply !== undefined) return;
  const { pieces, turnId } = ear;
  if (pieces.at(-1)?.committed !== false || pieces.some((piece) => piece.status !== 'known')) return;
  const text = joinSpoken(
    step.rules.language,
    pieces.map((piece) => piece.result?.text ?? ''),
  );
  if (step.state.prepared?.text === text) return;
  cancelPrepared(step);
  if (text === '' || isExitUtterance(text, step.rules.exitWords)) return;
  const id = step.state.lastPreparedId + 1;
  step.set({ lastPreparedId: id, prepared: { id, turnId, text } });
  step.emit({ type: 'prepare', preparedId: id, text });
}

/** It was not the question. */
export function cancelPrepared(step: Step): void {
  const { prepared } = step.state;
  if (prepared === undefined) return;
  step.set({ prepared: undefined });
  step.emit({ type: 'cancel_prepared', preparedId: prepared.id });
}

export function onPreparationFailed(step: Step, preparedId: number): void {
  if (step.state.prepared?.id === preparedId) step.set({ prepared: undefined });
}

/** The id of the answer that was prepared for just these words; what was prepared for others is given up. */
export function takePrepared(step: Step, text: string): number | undefined {
  const { prepared } = step.state;
  if (prepared?.text !== text) {
    cancelPrepared(step);
    return undefined;
  }
  step.set({ prepared: undefined });
  return prepared.id;
}

/** After every event: an answer to words that nobody waits for any more is given up, whatever happened to them. */
export function dropOrphan(step: Step): void {
  const { prepared, ear, utterance, reply, permit } = step.state;
  if (prepared === undefined) return;
  const waitedFor =
    (ear?.turnId === prepared.turnId && ear.pieces.length > 0) ||
    utterance?.pieces.some((piece) => piece.turnId === prepared.turnId) === true;
  if (reply !== undefined || permit !== 'held' || !waitedFor) cancelPrepared(step);
}
