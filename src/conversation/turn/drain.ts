import type { Ear } from './state.js';
import type { Step } from './step.js';

/** The server is about to stop: what is said now is still answered, then the connection is closed. Who has just begun to speak gets a moment to be noticed. */
export function onDrain(step: Step): void {
  if (step.state.draining !== 'no') return;
  step.set({ draining: 'grace' });
  if (step.state.ear !== undefined) step.startTimer('drain', step.rules.drainGraceMs);
}

/** The moment is over: from now on only who speaks already is listened to, and that not for ever. */
export function onDrainTimer(step: Step): void {
  const { draining, ear } = step.state;
  if (draining !== 'grace') return;
  step.set({ draining: 'hearing' });
  if (isSpokenTo(ear)) step.startTimer('drain', step.rules.drainHearingMs);
}

/** Whether a draining session has nothing left to do. */
export function mayClose({ state }: Step): boolean {
  const { draining, reply, utterance, ear, timers } = state;
  if (draining === 'no' || reply !== undefined || utterance !== undefined) return false;
  return !timers.has('drain') || ear === undefined || (draining === 'hearing' && !isSpokenTo(ear));
}

function isSpokenTo(ear: Ear | undefined): boolean {
  return ear !== undefined && (ear.speaking || ear.finishing);
}
