import { type ApologyKey, ERROR_TABLE, type ErrorCode } from '../../core/index.js';
import { type Emotion, EMOTIONS } from '../../device/protocol/index.js';
import type { TurnOutcome } from '../../records/index.js';
import type { ReplyStats } from '../../speech/speaking/speaking-port.js';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import { joinSpoken } from '../session/phrases.js';
import type { EndedTurn, Exchange, Notice, SpeakingEvent } from './events.js';
import { noteThinking, noteTime, noteTool, noteUsage } from './notes.js';
import { cancelPrepared, closeEar, listenAgain } from './listening.js';
import { noticeSounds, unspoken } from './sounding-notices.js';
import { closeWire, openWire, sendStop } from './wire.js';
import { endedTurn, type Reply, type ReplyKind, type Step, type TurnTrace } from './state.js';

interface NewReply {
  readonly kind: ReplyKind;
  readonly after: Reply['after'];
  readonly userText?: string | undefined;
  readonly error?: ErrorCode | undefined;
  readonly trace?: TurnTrace | undefined;
  readonly shownAfter?: string | undefined;
}

/** Takes the device into speaking. `tts start` leaves at once, so that its gap passes while the text is being made. */
export function openReply(step: Step, { kind, after, userText, error, trace, shownAfter }: NewReply): number {
  const startedMs = openWire(step);
  // In realtime the microphone stays open for the user's own voice, but not for a user who was just refused.
  if (step.state.mode !== 'realtime' || kind === 'busy') closeEar(step);
  return openVoice(
    step,
    {
      id: 0,
      kind,
      after,
      userText,
      conversing: false,
      said: 0,
      sounded: [],
      asides: [],
      bridged: false,
      notices: new Map(),
      plays: false,
      shownAfter,
      ended: false,
      playing: false,
      heldMs: undefined,
      finishing: false,
      error,
      trace,
    },
    startedMs,
  );
}

/** A reply that is one sentence of our own. */
export function sayPhrase(step: Step, reply: NewReply, text: string): void {
  openReply(step, reply);
  speakAside(step, text);
  endReply(step);
}

/** Spoken in one go; the others follow after a pause in which the user may say something. */
const MAX_NOTICES_AT_ONCE = 8;

/** Begins a reply with the notices that wait. False: there are none. */
export function speakNotices(step: Step): boolean {
  const said = step.state.notices.slice(0, MAX_NOTICES_AT_ONCE);
  if (said.length === 0) return false;
  step.set({ notices: step.state.notices.slice(said.length), farewellSaid: false });
  step.cancelTimer('notice');
  openReply(step, { kind: 'notice', after: 'listen' });
  const byFirstSentence = new Map<number, Notice>();
  let sentence = 0;
  for (const notice of said) {
    byFirstSentence.set(sentence, notice);
    sentence += notice.chunks.length;
  }
  step.setReply({ notices: byFirstSentence });
  for (const chunk of said.flatMap(({ chunks }) => chunks)) speakAside(step, chunk);
  endReply(step);
  return true;
}

function openVoice(step: Step, reply: Reply, startedMs: number): number {
  const id = step.state.lastReplyId + 1;
  step.set({ lastReplyId: id, reply: { ...reply, id } });
  step.emit({
    type: 'open_reply',
    replyId: id,
    notBeforeMs: Math.max(step.nowMs, startedMs + step.rules.firstPacketGapMs),
  });
  step.startTimer('stalled', step.rules.stalledMs);
  return id;
}

function speakAside(step: Step, text: string): void {
  const { reply } = step.state;
  if (reply === undefined || reply.ended) return;
  step.setReply({ asides: [...reply.asides, text] });
  step.emit({ type: 'say', replyId: reply.id, text });
}

function endReply(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined || reply.ended) return;
  step.setReply({ ended: true, conversing: false });
  step.cancelTimer('filler');
  step.emit({ type: 'end_reply', replyId: reply.id });
}

/** One part of the model's answer. */
export function onPart(step: Step, reply: Reply, part: ReplyPart): void {
  if (!reply.conversing) return;
  step.startTimer('stalled', step.rules.stalledMs);
  switch (part.type) {
    case 'first_token':
      noteTime(step, reply, { firstTokenMs: step.nowMs });
      noteThinking(step, reply);
      break;
    case 'usage':
      noteUsage(step, reply, part);
      break;
    case 'emotion':
      if (isEmotion(part.emotion)) step.send({ type: 'llm', emotion: part.emotion });
      break;
    case 'speech':
      if (part.text.trim() === '') break;
      if (reply.said === 0) noteTime(step, reply, { firstChunkMs: step.nowMs });
      step.cancelTimer('filler');
      step.setReply({ said: reply.said + 1 });
      step.emit({ type: 'say', replyId: reply.id, text: part.text });
      break;
    case 'tool':
      noteTool(step, reply, part.name);
      break;
    case 'waiting':
      bridge(step, reply);
      break;
    case 'play':
      step.cancelTimer('filler');
      step.setReply({ plays: true });
      step.emit({ type: 'play', replyId: reply.id, sounds: part.sounds });
      break;
    case 'end':
      step.setReply({ after: 'close' });
      break;
  }
}

/** The model has finished. An emotion alone is an answer too; the conversation itself rejects an empty one. */
export function onPartsEnded(step: Step, reply: Reply): void {
  if (!reply.conversing) return;
  noteTime(step, reply, { answeredMs: step.nowMs });
  endReply(step);
}

/** Chunks that exist are still spoken, then the reason why no more follow. */
export function onPartsFailed(step: Step, reply: Reply, code: ErrorCode): void {
  if (!reply.conversing) return;
  step.setReply({ error: code });
  speakAside(step, step.phrase(apologyFor(code, 'llm_failed')));
  endReply(step);
}

/** The silence is too long: say that the answer is being prepared. */
export function onFiller(step: Step): void {
  const { reply } = step.state;
  if (reply?.kind === 'answer' && reply.said === 0 && !reply.ended) speakAside(step, step.phrase('filler'));
}

/** A tool takes long: one short sentence an answer, and never while something is being spoken. */
function bridge(step: Step, reply: Reply): void {
  step.cancelTimer('filler');
  if (reply.bridged) return;
  const text = step.phrase('one_moment');
  if (!reply.asides.includes(text)) step.setReply({ asides: [...reply.asides, text] });
  step.emit({ type: 'say', replyId: reply.id, text, ifQuiet: true });
}

export function onSpeaking(step: Step, reply: Reply, event: SpeakingEvent): void {
  if (reply.finishing) return;
  step.startTimer('stalled', step.rules.stalledMs);
  switch (event.type) {
    case 'sentence':
      noticeSounds(step, event.index);
      step.send({
        type: 'tts',
        state: 'sentence_start',
        text: event.text + (reply.asides.includes(event.text) ? (reply.shownAfter ?? '') : ''),
      });
      if (reply.asides.includes(event.text)) step.setReply({ bridged: true });
      else step.setReply({ sounded: [...reply.sounded, event.text] });
      break;
    case 'first_packet':
      step.cancelTimer('filler');
      step.setReply({ playing: true });
      noteTime(step, reply, { firstPacketMs: reply.trace?.firstPacketMs ?? event.atMs });
      break;
    case 'progress':
      break;
    case 'finished':
      finish(step, event.stats);
      break;
    case 'failed':
      onVoiceFailed(step, reply, event.code, event.stats);
      break;
  }
}

/**
 * If the voice of an answer fails, one apology follows (the phrase cache needs no synthesis). Other replies just end.
 */
function onVoiceFailed(step: Step, reply: Reply, code: ErrorCode, stats: ReplyStats): void {
  if (reply.conversing) step.emit({ type: 'cancel_converse', replyId: reply.id });
  step.cancelTimer('filler');
  step.setReply({ error: reply.error ?? code, conversing: false });
  if (reply.kind !== 'answer') {
    finish(step, stats);
    return;
  }
  const failed = step.state.reply ?? reply;
  openVoice(step, { ...failed, kind: 'apology', ended: false, playing: false }, step.state.wire.startedMs);
  speakAside(step, step.phrase(apologyFor(code, 'internal')));
  endReply(step);
}

/** The voice has ended. The device still plays the tail; `tts stop` comes after it. */
function finish(step: Step, stats: ReplyStats): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  step.cancelTimer('stalled');
  step.cancelTimer('filler');
  step.setReply({ finishing: true, ended: true, conversing: false });
  if (reply.userText !== undefined)
    step.emit({
      type: 'remember',
      userText: reply.userText,
      replyText: joinSpoken(step.rules.language, reply.sounded),
    });
  unspoken(step);
  const record = recordFor(reply, reply.error === undefined ? OUTCOMES[reply.kind] : 'failed');
  if (record !== undefined) step.emit({ type: 'turn_ended', record, stats });
  if (reply.kind === 'answer') step.set({ lastTurnEndedMs: step.nowMs });
  step.startTimer('tail', step.rules.tailMs);
}

/** The device has played everything. */
export function onTail(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  step.set({ reply: undefined });
  step.emit({ type: 'playback_over' });
  if (reply.after === 'listen' && speakNotices(step)) return;
  closeWire(step);
  if (reply.kind !== 'idle_farewell') step.set({ quietSinceMs: step.nowMs });
  if (reply.after === 'close') closeSession(step, reply.kind);
  else listenAgain(step);
}

/** Nothing has happened in the reply for so long that nothing will. */
export function onStalled(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  step.setReply({ error: reply.error ?? 'internal' });
  unspoken(step);
  interrupt(step, 'failed');
  if (reply.after === 'close') closeSession(step, 'stalled');
  else listenAgain(step);
}

interface InterruptOptions {
  /** Silence what the device holds, too. */
  readonly flush?: boolean;
  /** Stay in speaking: another reply follows at once and nothing of this one has sounded. */
  readonly keepWire?: boolean;
  /** The user's words enter the history now; false if they become part of another utterance. */
  readonly remember?: boolean;
}

/** Ends the reply at once: no further packet or sentence. */
export function interrupt(
  step: Step,
  outcome: TurnOutcome,
  { flush = false, keepWire = false, remember = true }: InterruptOptions = {},
): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  for (const name of ['filler', 'stalled', 'tail', 'interruption'] as const) step.cancelTimer(name);
  if (!reply.finishing) {
    if (reply.conversing) step.emit({ type: 'cancel_converse', replyId: reply.id });
    const exchange: Exchange | undefined =
      remember && reply.userText !== undefined ? { userText: reply.userText, asides: reply.asides } : undefined;
    step.emit({ type: 'stop_reply', replyId: reply.id, exchange, record: recordFor(reply, outcome) });
    if (reply.kind === 'answer') step.set({ lastTurnEndedMs: step.nowMs });
  }
  // Notices that were not heard are said later.
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

/** Ends everything. The transport closes; the device plays what it holds. */
export function closeSession(step: Step, reason: string): void {
  if (step.state.closed) return;
  interrupt(step, 'interrupted');
  sendStop(step);
  cancelPrepared(step);
  closeEar(step);
  for (const name of step.state.timers) step.cancelTimer(name);
  step.set({ closed: true });
  step.emit({ type: 'close', reason });
}

export function apologyFor(code: ErrorCode, otherwise: ApologyKey): ApologyKey {
  const row = ERROR_TABLE[code];
  return 'apology' in row ? row.apology : otherwise;
}

function recordFor(reply: Reply, outcome: TurnOutcome): EndedTurn | undefined {
  return reply.trace === undefined ? undefined : endedTurn(reply.trace, outcome, reply.error);
}

const OUTCOMES: Readonly<Record<ReplyKind, TurnOutcome>> = {
  answer: 'answered',
  apology: 'not_understood',
  farewell: 'exit',
  busy: 'busy',
  greeting: 'answered',
  idle_farewell: 'answered',
  notice: 'answered',
};

function isEmotion(name: string): name is Emotion {
  return (EMOTIONS as readonly string[]).includes(name);
}
