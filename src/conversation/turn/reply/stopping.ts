import type { TurnOutcome } from '../../../records/index.js';
import type { EndedTurn, Exchange } from '../events.js';
import { cancelPrepared } from '../end/prepared-answer.js';
import { closeListening } from '../utterance/listening.js';
import { musicWaits } from '../notices/paused-music.js';
import { noticeWasHeard } from '../notices/sounding-notices.js';
import { closeWire, openWire, sendStop } from './wire.js';
import type { Reply, Step } from '../state.js';
import { endedTurn } from '../record/turn-trace.js';

interface InterruptOptions {
  /** True if the device also drops the audio that it has already received. */
  readonly flush?: boolean;
  /** True if another reply follows, so that the device stays in its speaking state. */
  readonly keepWire?: boolean;
  /** True if the user's words enter the history now. Otherwise they become part of another utterance. */
  readonly remember?: boolean;
}

export function interrupt(
  step: Step,
  outcome: TurnOutcome,
  { flush = false, keepWire = false, remember = true }: InterruptOptions = {},
): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  noticeWasHeard(step);
  for (const name of ['filler', 'stalled', 'tail', 'interruption', 'repair'] as const) step.cancelTimer(name);
  if (!reply.finishing) {
    if (reply.conversing) step.emit({ type: 'cancel_converse', replyId: reply.id });
    const exchange: Exchange | undefined =
      remember && reply.userText !== undefined ? { userText: reply.userText, asides: reply.asides } : undefined;
    step.emit({ type: 'stop_reply', replyId: reply.id, exchange, record: recordFor(step, reply, outcome) });
    if (reply.kind === 'answer') step.set({ lastTurnEndedMs: step.nowMs });
  }
  if (reply.kind === 'notice') step.set({ noticeCutMs: step.nowMs });
  musicWaits(step);
  // Notices that have not begun are spoken later.
  const notices = [...(step.state.reply?.notices.values() ?? []), ...step.state.notices];
  step.set({ reply: undefined, notices, quietSinceMs: step.nowMs });
  step.emit({ type: 'playback_over' });
  if (keepWire) return;
  closeWire(step);
  if (flush && reply.playing && !reply.finishing && step.rules.flushOnBargeIn && !step.state.wire.open) {
    openWire(step);
    closeWire(step);
  }
}

/** The device still plays the audio that it has received. */
export function closeSession(step: Step, reason: string): void {
  if (step.state.closed) return;
  // Do not end this notice, because it is spoken again when the device is back.
  step.setReply({ sounding: undefined });
  interrupt(step, 'interrupted');
  sendStop(step);
  cancelPrepared(step);
  closeListening(step);
  for (const name of step.state.timers) step.cancelTimer(name);
  step.set({ closed: true });
  step.emit({ type: 'close', reason });
}

/** Returns the record of the turn, or else of the recordings that were played in the reply. */
export function recordFor(step: Step, reply: Reply, outcome: TurnOutcome): EndedTurn | undefined {
  const { trace, played, error } = reply;
  if (trace !== undefined) return endedTurn(trace, outcome, error);
  if (played.length === 0) return undefined;
  const { mode } = step.state;
  return {
    outcome: 'played',
    code: error,
    mode,
    stagesMs: {},
    endedMs: step.nowMs,
    heard: [],
    answerText: played.join(' '),
  };
}
