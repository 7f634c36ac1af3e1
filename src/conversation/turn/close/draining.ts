import { interrupt } from '../reply/stopping.js';
import type { OpenListening, Step } from '../state.js';

/**
 * Called when the server is about to stop. Current utterances are still answered; then the connection is closed. A user
 * who has just begun to speak gets a moment to be detected.
 */
export function onDrain(step: Step): void {
  if (step.state.draining !== 'no') return;
  step.set({ draining: 'grace' });
  // Music is stopped, because it may never end by itself.
  if (step.state.reply?.plays !== undefined) interrupt(step, 'interrupted');
  if (step.state.listening !== undefined) step.startTimer('drain', step.rules.drainGraceMs);
}

/** From now on, only users who are already speaking are heard, for a limited time. */
export function onDrainTimer(step: Step): void {
  const { draining, listening } = step.state;
  if (draining !== 'grace') return;
  step.set({ draining: 'hearing' });
  if (isSpokenTo(listening)) step.startTimer('drain', step.rules.drainHearingMs);
}

/** True if a draining session has nothing left to do. */
export function mayClose({ state }: Step): boolean {
  const { draining, reply, utterance, listening, timers } = state;
  if (draining === 'no' || reply !== undefined || utterance !== undefined) return false;
  return !timers.has('drain') || listening === undefined || (draining === 'hearing' && !isSpokenTo(listening));
}

function isSpokenTo(listening: OpenListening | undefined): boolean {
  return listening !== undefined && (listening.speaking || listening.finishing);
}
