import { abandonUtterance } from '../utterance/failure.js';
import { closeListening } from '../utterance/listening.js';
import { sayPhrase } from '../reply.js';
import { closeSession } from '../reply/stopping.js';
import type { Step } from '../state.js';

/** Sounds that become no turn delay the idle farewell or close by this time. */
const PUT_OFF_MS = 10_000;
/** Largest number of these delays in a row, because a noisy room is not a conversation. */
const PUT_OFF_TIMES = 6;

/**
 * The idle timer always runs and checks what is due: the farewell, later the close. The firmware closes a channel after
 * 120 s without data, and each of our messages counts. So if the user only makes sounds that become no turn, an emotion
 * is sent instead of an answer. The same keeps the connection of a device that will say a notice soon. It takes the
 * place of the farewell: from then on the device is called by its name, and nothing else said near it is answered.
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
  // A device that was kept for a notice which is no longer due goes without a word after so long a silence.
  if (state.farewellSaid || state.onlyByName) {
    closeSession(step, 'idle');
    return;
  }
  step.set({ farewellSaid: true });
  step.startTimer('idle', state.quietSinceMs + rules.idleCloseMs - step.nowMs);
  // A device that never listened has no user to say goodbye to.
  if (!state.everListened) return;
  abandonUtterance(step);
  closeListening(step);
  sayPhrase(step, { kind: 'idle_farewell', after: 'listen' }, step.phrase('farewell'));
}
