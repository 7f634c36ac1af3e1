import { lettersOf } from '../../dialogue/text/characters.js';
import { waitForAdmission } from './admission.js';
import { abandonUtterance } from './failure.js';
import { closeListening } from './listening.js';
import { noteActivity } from '../record/notes.js';
import type { TurnTrace } from '../record/turn-trace.js';
import { interrupt } from '../reply/stopping.js';
import { knownPiece, type Step } from '../state.js';

/**
 * Firmware sends its wake word with `listen detect`, and `listen start` right after it. Web pages and programs only
 * send the text that their user typed.
 */
export function onDetect(step: Step, text: string): void {
  step.set({ wakePending: true });
  if (step.state.draining !== 'no' || isWakeWord(text, step.rules.wakeWords)) return;
  step.set({ typed: text.trim() });
  step.startTimer('typed', step.rules.typedWaitMs);
}

export function forgetTyped(step: Step): void {
  if (step.state.typed === undefined) return;
  step.cancelTimer('typed');
  step.set({ typed: undefined });
}

/** No `listen start` followed, so the text was typed. */
export function onTyped(step: Step): void {
  const { typed, mode } = step.state;
  if (typed === undefined) return;
  step.set({ typed: undefined, wakePending: false });
  noteActivity(step);
  interrupt(step, 'interrupted', { flush: true });
  abandonUtterance(step);
  closeListening(step);
  const trace: TurnTrace = { mode, endedMs: step.nowMs, endpointMs: 0, freePauseMs: 0, fields: {} };
  step.set({ utterance: { pieces: [knownPiece(step.state.lastTurnId, 0, typed, 'typed')], trace } });
  // Speech before the text may already have asked for admission.
  if (step.state.permit === 'waiting') waitForAdmission(step, trace);
}

/** An empty text counts, because some clients have no name for their wake word and send no text. */
function isWakeWord(text: string, wakeWords: readonly string[]): boolean {
  const said = lettersOf(text);
  return said === '' || wakeWords.some((word) => lettersOf(word) === said);
}
