import type { ListenMode } from '../../../speech/listening/listening-port.js';
import type { SpeechSoFar, Step } from '../state.js';
import { discard } from './pieces.js';

/** Begins a turn of listening, and drops everything heard before. */
export function openListening(step: Step, mode: ListenMode, wake = false): void {
  forgetListening(step);
  const turnId = step.state.lastTurnId + 1;
  step.set({
    lastTurnId: turnId,
    listening: {
      turnId,
      mode,
      wake,
      speaking: false,
      openedMs: step.nowMs,
      onsetMs: undefined,
      finishing: false,
      adapted: false,
      endMs: 0,
      free: false,
      pieces: [],
      partial: undefined,
      soFar: undefined,
      earlyStarts: 0,
    },
  });
  step.emit({
    type: 'begin_listening',
    turn: {
      turnId,
      mode,
      endpointSilenceMs: initialSilenceMs(step, mode),
      pieceSilenceMs: step.rules.pieceSilenceMs,
      answersEarly: step.rules.answersEarly,
    },
  });
}

export function initialSilenceMs({ rules, state }: Step, mode: ListenMode): number {
  const { language, patience } = rules;
  return rules.endpoint.initialSilenceMs({ mode, language, patience, ownPauseMs: state.ownPauseMs });
}

export function closeListening(step: Step): void {
  if (step.state.listening === undefined) return;
  forgetListening(step);
  step.emit({ type: 'end_listening' });
}

/** In manual mode the button decides when the device listens. */
export function listenAgain(step: Step): void {
  const { mode, listening, everListened } = step.state;
  if (mode === 'manual' || !everListened) closeListening(step);
  else if (listening === undefined || listening.mode !== mode) openListening(step, mode);
}

function forgetListening(step: Step): void {
  const { listening } = step.state;
  if (listening === undefined) return;
  if (listening.finishing && step.state.utterance === undefined) step.cancelTimer('recognition');
  step.cancelTimer('ask_early');
  discard(step, listening.pieces);
  dropSoFar(step);
  step.set({ listening: undefined });
}

/** Cancels the recognition of {@link SpeechSoFar}. Call it at a pause or at the end of the turn. */
export function dropSoFar(step: Step): void {
  const { listening } = step.state;
  if (listening?.soFar?.piece.status !== 'asked') return;
  const { piece } = listening.soFar;
  discard(step, [piece]);
  const soFar: SpeechSoFar = { ...listening.soFar, piece: { ...piece, status: 'dropped' } };
  step.set({ listening: { ...listening, soFar } });
}
