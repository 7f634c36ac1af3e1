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
  /** True: the audio that the device has already received is silenced, too. */
  readonly flush?: boolean;
  /** True: the device stays in its speaking state, because another reply follows. */
  readonly keepWire?: boolean;
  /** True: the user's words enter the history now. False: they become part of another utterance. */
  readonly remember?: boolean;
}

/** Ends the reply at once, without a further packet or sentence. */
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
  if (reply.kind === 'notice') {
    step.set({ noticeCutMs: step.nowMs });
    musicWaits(step);
  }
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

/** Ends everything. The transport closes; the device still plays the audio that it has received. */
export function closeSession(step: Step, reason: string): void {
  if (step.state.closed) return;
  // A notice that is interrupted by the end of the connection is neither spoken nor refused, but spoken again when the
  // device is back.
  step.setReply({ sounding: undefined });
  interrupt(step, 'interrupted');
  sendStop(step);
  cancelPrepared(step);
  closeListening(step);
  for (const name of step.state.timers) step.cancelTimer(name);
  step.set({ closed: true });
  step.emit({ type: 'close', reason });
}

/**
 * The record of the turn that the reply answers. If the reply answers none, the record of the recordings played in it.
 */
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
