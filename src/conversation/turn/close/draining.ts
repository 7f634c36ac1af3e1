import { interrupt } from '../reply/stopping.js';
import type { OpenListening, Step } from '../state.js';

/**
 * The server is about to stop. Utterances in progress are still answered before the connection is closed. An open
 * microphone is heard for a short time, because a user may have just begun to speak.
 */
export function onDrain(step: Step): void {
  if (step.state.draining !== 'no') return;
  step.set({ draining: 'grace' });
  // Music ends at once, because it may last for hours.
  if (step.state.reply?.plays !== undefined) interrupt(step, 'interrupted');
  if (step.state.listening !== undefined) step.startTimer('drain', step.rules.drainGraceMs);
}

/** The short wait is over. Only users who are already speaking are still heard, for a limited time. */
export function onDrainTimer(step: Step): void {
  const { draining, listening } = step.state;
  if (draining !== 'grace') return;
  step.set({ draining: 'hearing' });
  if (isSpokenTo(listening)) step.startTimer('drain', step.rules.drainHearingMs);
}

export function mayClose({ state }: Step): boolean {
  const { draining, reply, utterance, listening, timers } = state;
  if (draining === 'no' || reply !== undefined || utterance !== undefined) return false;
  return !timers.has('drain') || listening === undefined || (draining === 'hearing' && !isSpokenTo(listening));
}

function isSpokenTo(listening: OpenListening | undefined): boolean {
  return listening !== undefined && (listening.speaking || listening.finishing);
}
