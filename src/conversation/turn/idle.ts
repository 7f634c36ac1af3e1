import { closeEar } from './ear.js';
import { closeSession, sayPhrase } from './reply.js';
import type { Step } from './step.js';
import { abandonUtterance } from './utterance.js';

/** Sounds that become no turn put going to sleep off in steps of this... */
const PUT_OFF_MS = 10_000;
/** ... at most so often: a noisy room is not a conversation. */
const PUT_OFF_TIMES = 6;

/** Something happened that shows a person at the other end. */
export function noteActivity(step: Step): void {
  step.set({ quietSinceMs: step.nowMs, farewellSaid: false, putOff: 0 });
}

/**
 * The idle timer runs all the time and looks at what is due: a farewell, later the close. The firmware gives a channel up
 * when it has received no data for 120 s, and every message of ours counts; so while somebody is making sounds that
 * become no turn, a face is sent in place of an answer.
 */
export function onIdleTimer(step: Step): void {
  const { state, rules } = step;
  const dueMs = state.quietSinceMs + (state.farewellSaid ? rules.idleCloseMs : rules.idleFarewellMs) - step.nowMs;
  if (dueMs > 0 || state.reply !== undefined) {
    step.startTimer('idle', dueMs > 0 ? dueMs : PUT_OFF_MS);
    return;
  }
  const sounds = state.utterance !== undefined || state.ear?.speaking === true;
  if (sounds && state.putOff < PUT_OFF_TIMES) {
    step.set({ putOff: state.putOff + 1 });
    step.send({ type: 'llm', emotion: 'neutral' });
    step.startTimer('idle', PUT_OFF_MS);
    return;
  }
  if (state.farewellSaid) {
    closeSession(step, 'idle');
    return;
  }
  step.set({ farewellSaid: true });
  step.startTimer('idle', state.quietSinceMs + rules.idleCloseMs - step.nowMs);
  // Who never listened was never talked to: nobody is there to say goodbye to.
  if (!state.everListened) return;
  abandonUtterance(step);
  closeEar(step);
  sayPhrase(step, { kind: 'idle_farewell', after: 'listen' }, step.phrase('farewell'));
}
