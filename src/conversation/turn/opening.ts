import type { ErrorCode } from '../../core/index.js';
import { takeBack } from './cut-off.js';
import { closeEar } from './listening.js';
import { openWire } from './wire.js';
import type { Reply, ReplyKind, Step, TurnTrace } from './state.js';

export interface NewReply {
  readonly kind: ReplyKind;
  readonly after: Reply['after'];
  readonly userText?: string | undefined;
  readonly error?: ErrorCode | undefined;
  readonly trace?: TurnTrace | undefined;
  readonly shownAfter?: string | undefined;
}

/** Takes the device into speaking. `tts start` leaves at once, so that its gap passes while the text is being made. */
export function openReply(step: Step, reply: NewReply): number {
  const startedMs = takeOverDevice(step, reply.kind);
  return openVoice(step, { ...SILENT, ...reply, voiced: true }, startedMs + step.rules.firstPacketGapMs);
}

/**
 * An answer to somebody who may still go on: the device listens until there is something to say. The voice gets ready
 * meanwhile.
 */
export function openAnswer(step: Step, reply: NewReply & { readonly trace: TurnTrace }): number {
  const { endedMs, endpointMs } = reply.trace;
  const repairableMs = endedMs - endpointMs + step.rules.repairMs - step.nowMs;
  const { ear } = step.state;
  if (ear === undefined || ear.mode === 'manual' || repairableMs <= 0) return openReply(step, reply);
  step.startTimer('repair', repairableMs);
  return openVoice(step, { ...SILENT, ...reply }, Infinity);
}

/** Nobody goes on any more. */
export function onRepairTimer(step: Step): void {
  if (step.state.ear?.speaking !== true) takeVoice(step);
}

/**
 * There is something to say: tells the device to speak, if it was not told. False: the person has gone on meanwhile,
 * and their words are one question with those before.
 */
export function takeVoice(step: Step): boolean {
  const { reply, ear } = step.state;
  if (reply === undefined) return false;
  if (reply.voiced) return true;
  if (ear?.speaking === true) {
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
  // In realtime the microphone stays open for the user's own voice, but not for a user who was just refused.
  if (step.state.mode !== 'realtime' || kind === 'busy') closeEar(step);
  return startedMs;
}

const SILENT: Omit<Reply, 'kind' | 'after'> = {
  id: 0,
  userText: undefined,
  conversing: false,
  said: 0,
  sounded: [],
  asides: [],
  bridged: false,
  notices: new Map(),
  plays: false,
  shownAfter: undefined,
  ended: false,
  voiced: false,
  playing: false,
  heldMs: undefined,
  finishing: false,
  error: undefined,
  trace: undefined,
};

/** A voice for the reply; `notBeforeMs` Infinity: {@link takeVoice} says when it may begin. */
export function openVoice(step: Step, reply: Reply, notBeforeMs: number): number {
  const id = step.state.lastReplyId + 1;
  step.set({ lastReplyId: id, reply: { ...reply, id } });
  step.emit({
    type: 'open_reply',
    replyId: id,
    notBeforeMs: Math.max(step.nowMs, notBeforeMs),
    wantedMs: reply.trace && reply.trace.endedMs + step.rules.transcriptTargetMs,
  });
  step.startTimer('stalled', step.rules.stalledMs);
  return id;
}
