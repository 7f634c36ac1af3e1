import type { Step } from '../state.js';

/**
 * Sends `tts start`, unless the device is already speaking. Returns the time at which it was sent, for the gap before
 * the first packet. A pending `tts stop` is cancelled, so the device stays in its speaking state. This is safe, because
 * no sound of the old reply was heard.
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

/** Sends `tts stop` now, or as soon as the gap after the start is over. */
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

/** Sends `tts stop` without the gap, because the reply is over or the socket is about to be closed. */
export function sendStop(step: Step): void {
  if (!step.state.wire.open) return;
  step.cancelTimer('stop_gap');
  step.send({ type: 'tts', state: 'stop' });
  step.set({ wire: { ...step.state.wire, open: false, stopping: false, left: false, movedMs: step.nowMs } });
}

/** Handles the device's report that it listens. */
export function deviceListens(step: Step): void {
  const { wire } = step.state;
  step.set({ wire: { ...wire, left: wire.open, movedMs: step.nowMs } });
}
