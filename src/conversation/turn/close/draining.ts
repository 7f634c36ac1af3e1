import { interrupt } from '../reply/stopping.js';
import type { OpenListening, Step } from '../state.js';

/**
 * Called when the server is about to stop. Utterances in progress are still answered; then the connection is closed. If
 * a user has just begun to speak, the server waits a moment for the detection.
 */
export function onDrain(step: Step): void {
  if (step.state.draining !== 'no') return;
  step.set({ draining: 'grace' });
  // Music is stopped, because it may go on for hours.
  if (step.state.reply?.plays !== undefined) interrupt(step, 'interrupted');
  if (step.state.listening !== undefined) step.startTimer('drain', step.rules.drainGraceMs);
}

/** Called at the end of that moment. From now on, only users who are already speaking are heard, for a limited time. */
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
