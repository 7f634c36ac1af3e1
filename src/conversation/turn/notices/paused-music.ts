import type { SoundQueue } from '../../../speech/speaking/speaking-port.js';
import type { Step } from '../state.js';

/** Music waits this long after an interruption, a greeting or a question, because the user may want to speak. */
const FOR_WORDS_MS = 8_000;

export function pauseMusic(step: Step, sounds: SoundQueue): void {
  step.set({ pausedMusic: { sounds, notBeforeMs: step.nowMs } });
}

export function musicWaits(step: Step, waitMs: number = FOR_WORDS_MS): void {
  const { pausedMusic } = step.state;
  if (pausedMusic === undefined) return;
  const notBeforeMs = Math.max(pausedMusic.notBeforeMs, step.nowMs + waitMs);
  step.set({ pausedMusic: { ...pausedMusic, notBeforeMs } });
}
