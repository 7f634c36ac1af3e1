import type { Step } from '../state.js';

/**
 * Returns the time of `tts start`. If the device is already speaking, nothing is sent. A pending `tts stop` is
 * cancelled, which is safe because no sound of the old reply was heard.
 */
export function openWire(step: Step): number {
  const { wire } = step.state;
  if (wire.open && !wire.left) {
    step.cancelTimer('stop_gap');
    step.set({ wire: { ...wire, stopping: false } });
    return wire.startedMs;
  }
  if (wire.open) sendStop(step);
  step.send({ type: 'tts', state: 'start' });
  step.set({ wire: { ...wire, open: true, startedMs: step.nowMs, stopping: false, left: false } });
  return step.nowMs;
}

/** `tts stop` waits for the gap after `tts start`. */
export function closeWire(step: Step): void {
  const { wire } = step.state;
  if (!wire.open || wire.stopping) return;
  const waitMs = wire.startedMs + step.rules.stopGapMs - step.nowMs;
  if (waitMs <= 0) {
    sendStop(step);
    return;
  }
  step.set({ wire: { ...wire, stopping: true } });
  step.startTimer('stop_gap', waitMs);
}

/** Does not wait for the gap. */
export function sendStop(step: Step): void {
  if (!step.state.wire.open) return;
  step.cancelTimer('stop_gap');
  step.send({ type: 'tts', state: 'stop' });
  step.set({ wire: { ...step.state.wire, open: false, stopping: false, left: false, movedMs: step.nowMs } });
}

/** The device has reported that it listens. */
export function deviceListens(step: Step): void {
  const { wire } = step.state;
  step.set({ wire: { ...wire, left: wire.open, movedMs: step.nowMs } });
}
