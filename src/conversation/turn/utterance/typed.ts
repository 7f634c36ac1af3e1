import { lettersOf } from '../../dialogue/text/characters.js';
import { abandonUtterance } from './failure.js';
import { closeListening } from './listening.js';
import { noteActivity } from '../record/notes.js';
import { interrupt } from '../reply/stopping.js';
import { knownPiece, type Step } from '../state.js';

/**
 * Handles `listen detect`. Firmware sends its wake word with it, and `listen start` right after it. Web pages and
 * programs send the text that their user typed, with no further message.
 */
export function onDetect(step: Step, text: string): void {
  step.set({ wakePending: true });
  if (step.state.draining !== 'no' || isWakeWord(text, step.rules.wakeWords)) return;
  step.set({ typed: text.trim() });
  step.startTimer('typed', step.rules.typedWaitMs);
}

/** Drops the typed text, because it was a wake word or the user wants something else. */
export function forgetTyped(step: Step): void {
  if (step.state.typed === undefined) return;
  step.cancelTimer('typed');
  step.set({ typed: undefined });
}

/**
 * Handles a `listen start` that did not come. The text was therefore typed, and becomes an utterance that needs no
 * recognition.
 */
export function onTyped(step: Step): void {
  const { typed, mode } = step.state;
  if (typed === undefined) return;
  step.set({ typed: undefined, wakePending: false });
  noteActivity(step);
  interrupt(step, 'interrupted', { flush: true });
  abandonUtterance(step);
  closeListening(step);
  step.set({
    utterance: {
      pieces: [knownPiece(step.state.lastTurnId, 0, typed, 'typed')],
      trace: { mode, endedMs: step.nowMs, endpointMs: 0, freePauseMs: 0, fields: {} },
    },
  });
}

/**
 * True for a wake word. A text without letters or digits counts as one, because a client that sends it has no name for
 * its wake word.
 */
function isWakeWord(text: string, wakeWords: readonly string[]): boolean {
  const said = lettersOf(text);
  return said === '' || wakeWords.some((word) => lettersOf(word) === said);
}
