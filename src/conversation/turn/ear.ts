import type { ListenMode } from '../../speech/listening/listening-port.js';
import { discard } from './pieces.js';
import type { Step } from './step.js';

/** Opens the ear for a new turn; whatever it heard before is forgotten. */
export function openEar(step: Step, mode: ListenMode, wake = false): void {
  forgetEar(step);
  const turnId = step.state.lastTurnId + 1;
  step.set({
    lastTurnId: turnId,
    ear: { turnId, mode, wake, speaking: false, finishing: false, adapted: false, pieces: [] },
  });
  step.emit({
    type: 'begin_listening',
    turn: { turnId, mode, endpointSilenceMs: step.rules.endpoint.initialSilenceMs(step.rules.language) },
  });
}

export function closeEar(step: Step): void {
  if (step.state.ear === undefined) return;
  forgetEar(step);
  step.emit({ type: 'end_listening' });
}

/** Where the device's microphone is on by itself, listen again. In manual mode the button decides. */
export function listenAgain(step: Step): void {
  const { mode, ear, everListened } = step.state;
  if (mode === 'manual' || !everListened) closeEar(step);
  else if (ear === undefined || ear.mode !== mode) openEar(step, mode);
}

function forgetEar(step: Step): void {
  const { ear } = step.state;
  if (ear === undefined) return;
  if (ear.finishing && step.state.utterance === undefined) step.cancelTimer('recognition');
  discard(step, ear.pieces);
  step.set({ ear: undefined });
}
