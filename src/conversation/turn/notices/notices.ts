import type { Notice } from '../events.js';
import { pauseMusic } from './paused-music.js';
import { playOn } from './playing-on.js';
import { speakNotices } from '../reply.js';
import { interrupt } from '../reply/stopping.js';
import type { Step } from '../state.js';
import { dropExpired } from './waiting-notices.js';

/** Maximum number of waiting notices. Further notices are reported as not spoken, and their sender may try again. */
const MAX_WAITING = 64;

export function onNotice(step: Step, notice: Notice): void {
  const { notices, draining, reply, listening } = step.state;
  if (draining !== 'no' || notices.length >= MAX_WAITING || notice.chunks.length === 0) {
    step.emit({ type: 'notice_over', id: notice.id, spoken: false });
    return;
  }
  step.set({ notices: notice.urgent ? [notice, ...notices] : [...notices, notice] });
  // A pending timer may belong to paused music, and would delay the notice.
  step.cancelTimer('notice');
  if (reply === undefined || reply.kind === 'notice' || reply.after === 'close') return;
  // Music may last for hours, so a due notice interrupts it.
  if (!notice.urgent && reply.plays === undefined) return;
  // The user continues the question, so the notice waits for the answer.
  if (!reply.voiced && listening?.speaking === true) return;
  // The device stays in its speaking state. Between `tts stop` and `tts start` it would begin to listen.
  interrupt(step, 'interrupted', { keepWire: true });
  if (reply.plays !== undefined && !reply.finishing) pauseMusic(step, reply.plays);
  speakNotices(step);
}

/** Speaks waiting notices, or continues paused music. Does neither while the user speaks or is expected to speak. */
export function sayNotices(step: Step): void {
  dropExpired(step);
  const { notices, pausedMusic, draining, reply, utterance, everListened, listening, wire } = step.state;
  if ((notices.length === 0 && pausedMusic === undefined) || draining !== 'no' || !everListened) return;
  if (reply !== undefined || utterance !== undefined) return;
  // In push to talk, an open microphone means that the button is held.
  if (
    listening !== undefined &&
    (listening.speaking || listening.finishing || listening.wake || listening.mode === 'manual')
  )
    return;
  const notBeforeMs = notices.length > 0 ? 0 : (pausedMusic?.notBeforeMs ?? 0);
  const waitMs = Math.max(wire.movedMs + step.rules.noticeGapMs, notBeforeMs) - step.nowMs;
  if (waitMs > 0) {
    if (!step.state.timers.has('notice')) step.startTimer('notice', waitMs);
  } else if (!speakNotices(step)) playOn(step);
}
