import type { Reply, Step } from '../state.js';

/** After a cut off notice, a greeting or a question of the device the user may want to speak: music waits this long. */
const FOR_WORDS_MS = 8_000;

/** A notice interrupts this reply: the reply's music will go on after it. */
export function pauseMusic(step: Step, { plays, finishing }: Reply): void {
  if (plays !== undefined && !finishing) step.set({ pausedMusic: { sounds: plays, notBeforeMs: step.nowMs } });
}

/** Paused music waits at least this long from now on. */
export function musicWaits(step: Step, waitMs: number = FOR_WORDS_MS): void {
  const { pausedMusic } = step.state;
  if (pausedMusic === undefined) return;
  const notBeforeMs = Math.max(pausedMusic.notBeforeMs, step.nowMs + waitMs);
  step.set({ pausedMusic: { ...pausedMusic, notBeforeMs } });
}
