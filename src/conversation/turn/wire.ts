import type { Step } from './step.js';

/**
 * `tts start`, unless the device is in speaking anyway. Returns when it was sent, for the gap before the first packet.
 * A stop that still waits is given up where nothing of the old reply can have sounded: the device just stays in speaking.
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
  step.set({ wire: { open: true, startedMs: step.nowMs, stopping: false, left: false } });
  return step.nowMs;
}

/** `tts stop`, now or as soon as the start is old enough. */
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

/** `tts stop` without regard to the gap: it is over, or the socket is about to close. */
export function sendStop(step: Step): void {
  if (!step.state.wire.open) return;
  step.cancelTimer('stop_gap');
  step.send({ type: 'tts', state: 'stop' });
  step.set({ wire: { ...step.state.wire, open: false, stopping: false, left: false } });
}

/** The device told that it listens. */
export function deviceListens(step: Step): void {
  if (step.state.wire.open) step.set({ wire: { ...step.state.wire, left: true } });
}
