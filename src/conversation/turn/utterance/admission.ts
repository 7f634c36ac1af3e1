import { busyStatus } from '../../session/phrases.js';
import type { TurnTrace } from '../record/turn-trace.js';
import { sayPhrase } from '../reply.js';
import { interrupt } from '../reply/stopping.js';
import type { Step } from '../state.js';
import { dropUtterance, passOver } from './failure.js';
import { askOutstanding } from './pieces.js';

/**
 * Limits the wait for admission. The limit is counted from the last word, so it includes the silence that ended the
 * utterance.
 */
export function waitForAdmission(step: Step, { endedMs, endpointMs }: TurnTrace): void {
  step.startTimer('admission', step.rules.admissionWaitMs - endpointMs - (step.nowMs - endedMs));
}

/** Handles admission. Work for this device may now use the machine. */
export function onAdmitted(step: Step): void {
  if (step.state.permit !== 'waiting') return;
  step.set({ permit: 'held' });
  step.cancelTimer('admission');
  const { utterance } = step.state;
  if (utterance !== undefined)
    step.set({ utterance: { ...utterance, trace: { ...utterance.trace, admittedMs: step.nowMs } } });
  askOutstanding(step);
}

/**
 * Handles an admission that did not come in time. The server says that it is busy, also on the screen, and hangs up,
 * because a device in auto mode would otherwise ask again at once.
 */
export function onAdmissionTimeout(step: Step): void {
  const { utterance, permit } = step.state;
  if (utterance === undefined || permit === 'held' || passOver(step, utterance)) return;
  dropUtterance(step);
  const text = step.phrase('busy');
  interrupt(step, 'interrupted');
  // An alert must not be sent while the device speaks (docs/protocol.md, checklist 57). The sentence is shown on the
  // screen anyway.
  if (!step.state.wire.open)
    step.send({ type: 'alert', status: busyStatus(step.rules.language), message: text, emotion: 'sad' });
  sayPhrase(step, { kind: 'busy', after: 'close', error: undefined, trace: utterance.trace }, text);
}
