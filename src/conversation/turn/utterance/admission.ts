import { busyStatus } from '../../session/phrases.js';
import type { TurnTrace } from '../record/turn-trace.js';
import { sayPhrase } from '../reply.js';
import { interrupt } from '../reply/stopping.js';
import type { Step } from '../state.js';
import { dropUtterance, passOver } from './failure.js';
import { askOutstanding } from './pieces.js';

/** The limit is counted from the last word, so it includes the silence that ended the utterance. */
export function waitForAdmission(step: Step, { endedMs, endpointMs }: TurnTrace): void {
  step.startTimer('admission', step.rules.admissionWaitMs - endpointMs - (step.nowMs - endedMs));
}

export function onAdmitted(step: Step): void {
  if (step.state.permit !== 'waiting') return;
  step.set({ permit: 'held' });
  step.cancelTimer('admission');
  const { utterance } = step.state;
  if (utterance !== undefined)
    step.set({ utterance: { ...utterance, trace: { ...utterance.trace, admittedMs: step.nowMs } } });
  askOutstanding(step);
}

/** Says that the server is busy, and hangs up. Otherwise a device in auto mode would ask again at once. */
export function onAdmissionTimeout(step: Step): void {
  const { utterance, permit } = step.state;
  if (utterance === undefined || permit === 'held' || passOver(step, utterance)) return;
  dropUtterance(step);
  const text = step.phrase('busy');
  interrupt(step, 'interrupted');
  // An alert must not be sent while the device speaks (docs/protocol.md, checklist 57). The screen shows the sentence
  // anyway.
  if (!step.state.wire.open)
    step.send({ type: 'alert', status: busyStatus(step.rules.language), message: text, emotion: 'sad' });
  sayPhrase(step, { kind: 'busy', after: 'close', error: undefined, trace: utterance.trace }, text);
}
