import { abandonUtterance } from '../utterance/failure.js';
import { closeListening } from '../utterance/listening.js';
import { sayPhrase } from '../reply.js';
import { closeSession } from '../reply/stopping.js';
import type { Step } from '../state.js';

/** Sounds that become no turn delay the idle farewell or the close by this time. */
const PUT_OFF_MS = 10_000;
/** Maximum number of delays in a row, because a noisy room is not a conversation. */
const PUT_OFF_TIMES = 6;

/**
 * Ends a silent conversation with a farewell, and closes it later. Sounds that became no turn, or a notice that is due
 * soon, delay both. An emotion then keeps the channel open, which the firmware closes after 120 s without data. While
 * only a notice delays the end, the device reacts only to its name.
 */
export function onIdleTimer(step: Step, noticeSoon: boolean): void {
  const { state, rules } = step;
  const dueMs = state.quietSinceMs + (state.farewellSaid ? rules.idleCloseMs : rules.idleFarewellMs) - step.nowMs;
  if (dueMs > 0 || state.reply !== undefined) {
    step.startTimer('idle', dueMs > 0 ? dueMs : PUT_OFF_MS);
    return;
  }
  const sounds = state.utterance !== undefined || state.listening?.speaking === true;
  const waits = sounds && state.putOff < PUT_OFF_TIMES;
  if (noticeSoon || waits) {
    step.set({ putOff: state.putOff + (waits ? 1 : 0), onlyByName: state.onlyByName || !waits });
    step.send({ type: 'llm', emotion: 'neutral' });
    step.startTimer('idle', PUT_OFF_MS);
    return;
  }
  // The notice for which the device stayed connected may no longer be due. The session then ends without a farewell.
  if (state.farewellSaid || state.onlyByName) {
    closeSession(step, 'idle');
    return;
  }
  step.set({ farewellSaid: true });
  step.startTimer('idle', state.quietSinceMs + rules.idleCloseMs - step.nowMs);
  // A device that never listened has no user who expects a farewell.
  if (!state.everListened) return;
  abandonUtterance(step);
  closeListening(step);
  sayPhrase(step, { kind: 'idle_farewell', after: 'listen' }, step.phrase('farewell'));
}
