import type { ErrorCode } from '../../../core/index.js';
import { takeBack } from '../interruption/cut-off.js';
import { closeListening } from '../utterance/listening.js';
import { openWire } from './wire.js';
import type { Reply, ReplyKind, Step } from '../state.js';
import type { TurnTrace } from '../record/turn-trace.js';

export interface NewReply {
  readonly kind: ReplyKind;
  readonly after: Reply['after'];
  readonly userText?: string | undefined;
  readonly error?: ErrorCode | undefined;
  readonly trace?: TurnTrace | undefined;
  /** See {@link Reply.preparedId}. */
  readonly preparedId?: number | undefined;
  readonly shownAfter?: string | undefined;
}

/** `tts start` is sent at once. The necessary gap after it then passes while the text is made. */
export function openReply(step: Step, reply: NewReply): number {
  const startedMs = takeOverDevice(step, reply.kind);
  return openVoice(step, { ...SILENT, ...reply, voiced: true }, startedMs + step.rules.firstPacketGapMs);
}

/**
 * The person may still continue the question for a short time (`repairMs`). Meanwhile the device keeps listening, until
 * the answer has text.
 */
export function openAnswer(step: Step, reply: NewReply & { readonly trace: TurnTrace }): number {
  const { endedMs, endpointMs } = reply.trace;
  const repairableMs = endedMs - endpointMs + step.rules.repairMs - step.nowMs;
  const { listening } = step.state;
  if (listening === undefined || listening.mode === 'manual' || repairableMs <= 0) return openReply(step, reply);
  step.startTimer('repair', repairableMs);
  return openVoice(step, { ...SILENT, ...reply }, Infinity);
}

/** The person can no longer continue the question. */
export function onRepairTimer(step: Step): void {
  if (step.state.listening?.speaking !== true) takeVoice(step);
}

/**
 * Tells the device to speak, if it was not told yet. Returns false if the reply is gone, or if the person has continued
 * the question.
 */
export function takeVoice(step: Step): boolean {
  const { reply, listening } = step.state;
  if (reply === undefined) return false;
  if (reply.voiced) return true;
  if (listening?.speaking === true) {
    takeBack(step);
    return false;
  }
  step.cancelTimer('repair');
  const startedMs = takeOverDevice(step, reply.kind);
  step.setReply({ voiced: true });
  step.emit({
    type: 'begin_reply',
    replyId: reply.id,
    notBeforeMs: Math.max(step.nowMs, startedMs + step.rules.firstPacketGapMs),
  });
  return true;
}

export function takeOverDevice(step: Step, kind: ReplyKind): number {
  const startedMs = openWire(step);
  // In realtime mode the microphone stays open, except after a refusal.
  if (step.state.mode !== 'realtime' || kind === 'busy') closeListening(step);
  return startedMs;
}

const SILENT: Omit<Reply, 'kind' | 'after'> = {
  id: 0,
  userText: undefined,
  preparedId: undefined,
  conversing: false,
  sounded: [],
  asks: false,
  asides: [],
  calling: false,
  bridged: false,
  notices: new Map(),
  played: [],
  sounding: undefined,
  plays: undefined,
  shownAfter: undefined,
  voiced: false,
  playing: false,
  heldMs: undefined,
  finishing: false,
  error: undefined,
  trace: undefined,
};

/** If `notBeforeMs` is Infinity, {@link takeVoice} sets the start later. */
export function openVoice(step: Step, reply: Reply, notBeforeMs: number): number {
  const id = step.state.lastReplyId + 1;
  step.set({ lastReplyId: id, reply: { ...reply, id } });
  step.emit({
    type: 'open_reply',
    replyId: id,
    notBeforeMs: Math.max(step.nowMs, notBeforeMs),
    wantedMs: reply.trace && reply.trace.endedMs + step.rules.transcriptTargetMs,
    preparedId: reply.preparedId,
  });
  step.startTimer('stalled', step.rules.stalledMs);
  return id;
}
