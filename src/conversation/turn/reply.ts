import { type ApologyKey, ERROR_TABLE, type ErrorCode, joinText } from '../../core/index.js';
import { type Emotion, EMOTIONS } from '../../device/protocol/index.js';
import type { TurnOutcome } from '../../records/index.js';
import type { ReplyStats } from '../../speech/speaking/speaking-port.js';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import { HINT_TONE } from '../../speech/speaking/speaking-port.js';
import { fillerFor } from '../session/phrases.js';
import { asksSomething } from './addressee/addressee.js';
import type { Notice, SpeakingEvent } from './events.js';
import { noteSources, noteThinking, noteTime, noteTool, noteUsage } from './record/notes.js';
import { listenAgain } from './utterance/listening.js';
import { type NewReply, openReply, openVoice, takeOverDevice, takeVoice } from './reply/opening.js';
import { musicWaits, pauseMusic } from './notices/paused-music.js';
import { playOnAfter } from './notices/playing-on.js';
import { noticeSent, noticeSounds, unspoken } from './notices/sounding-notices.js';
import { dropExpired } from './notices/waiting-notices.js';
import { closeSession, interrupt, recordFor } from './reply/stopping.js';
import { closeWire } from './reply/wire.js';
import type { Reply, ReplyKind, Step } from './state.js';

export function sayPhrase(step: Step, reply: NewReply, text: string): void {
  openReply(step, reply);
  speakAside(step, text);
  endReply(step);
}

/** Maximum number of notices in one reply. Further notices follow in the next reply. */
const MAX_NOTICES_AT_ONCE = 8;

/** Returns false if no notices are waiting. */
export function speakNotices(step: Step): boolean {
  dropExpired(step);
  const said = step.state.notices.slice(0, MAX_NOTICES_AT_ONCE);
  if (said.length === 0) return false;
  step.set({ notices: step.state.notices.slice(said.length), farewellSaid: false, onlyByName: false });
  step.cancelTimer('notice');
  openReply(step, { kind: 'notice', after: 'listen' });
  const byFirstSentence = new Map<number, Notice>();
  let sentence = 0;
  for (const notice of said) {
    byFirstSentence.set(sentence, notice);
    sentence += notice.chunks.length;
  }
  const answerMs = Math.max(...said.map((notice) => notice.answerMs ?? 0));
  step.setReply({ notices: byFirstSentence, asks: answerMs > 0 });
  if (answerMs > 0) musicWaits(step, answerMs);
  for (const { chunks, recording } of said) for (const chunk of chunks) speakAside(step, chunk, recording);
  endReply(step);
  return true;
}

function speakAside(step: Step, text: string, recording?: readonly Uint8Array[]): void {
  const { reply } = step.state;
  if (reply === undefined || !takeVoice(step)) return;
  step.setReply({ asides: [...reply.asides, text] });
  step.emit({ type: 'say', replyId: reply.id, text, ...(recording && { recording }) });
}

function endReply(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  step.setReply({ conversing: false });
  step.cancelTimer('filler');
  step.emit({ type: 'end_reply', replyId: reply.id });
}

/** The person notices these parts, or they have an effect that cannot be undone. */
const SAYS: ReadonlySet<ReplyPart['type']> = new Set([
  'emotion',
  'speech',
  'tool',
  'waiting',
  'play',
  'silence',
  'end',
]);

export function onPart(step: Step, reply: Reply, part: ReplyPart): void {
  if (!reply.conversing) return;
  step.setReply({ calling: part.type === 'tool' || (part.type === 'waiting' && reply.calling) });
  awaitProgress(step);
  // The person may continue the question until a part from `SAYS` comes.
  if (SAYS.has(part.type) && !takeVoice(step)) return;
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
      if (part.text.trim() === '' && part.part === undefined) break;
      noteTime(step, reply, { firstChunkMs: reply.trace?.firstChunkMs ?? step.nowMs });
      step.cancelTimer('filler');
      step.emit({
        type: 'say',
        replyId: reply.id,
        text: part.text,
        ...(part.part && { part: part.part }),
        ...(part.speech && { speech: part.speech }),
      });
      break;
    case 'tool':
      noteTool(step, reply, part.name);
      break;
    case 'sources':
      noteSources(step, reply, part.sources);
      break;
    case 'waiting':
      bridge(step, reply);
      break;
    case 'play':
      // Music may last for hours, and would delay the end of the server.
      if (step.state.draining !== 'no') break;
      step.cancelTimer('filler');
      if (part.after !== undefined && asksSomething(part.after)) {
        pauseMusic(step, part.sounds);
        break;
      }
      step.setReply({ plays: part.sounds });
      step.set({ pausedMusic: undefined });
      step.emit({ type: 'play', replyId: reply.id, sounds: part.sounds });
      break;
    case 'silence':
      step.set({ pausedMusic: undefined });
      break;
    case 'end':
      step.setReply({ after: 'close' });
      break;
  }
}

/** An answer in which nothing was said is not checked here, because the conversation reports it as an error. */
export function onPartsEnded(step: Step, reply: Reply): void {
  if (!reply.conversing) return;
  noteTime(step, reply, { answeredMs: step.nowMs });
  takeVoice(step);
  endReply(step);
}

/** The chunks that the model already wrote are spoken first, then the reason. */
export function onPartsFailed(step: Step, reply: Reply, code: ErrorCode): void {
  if (!reply.conversing) return;
  step.setReply({ error: code });
  speakAside(step, step.phrase(apologyFor(code, 'llm_failed')));
  endReply(step);
}

const FILLER_AGAIN_MS = 8_000;
/** A filler counts as progress. Without a limit, a stalled reply would never end. */
const MAX_FILLERS = 2;

export function onFiller(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  const words = reply.asides.length === 0 ? fillerFor(reply.userText ?? '') : 'one_moment';
  speakAside(step, step.rules.hintTone ? HINT_TONE : step.phrase(words));
  if (step.state.reply?.id === reply.id && reply.asides.length + 1 < MAX_FILLERS)
    step.startTimer('filler', FILLER_AGAIN_MS);
}

/** A slow tool gets a short sentence once per answer, and only while nothing is being spoken. */
function bridge(step: Step, reply: Reply): void {
  step.cancelTimer('filler');
  if (reply.bridged) return;
  const text = step.phrase('one_moment');
  if (!reply.asides.includes(text)) step.setReply({ asides: [...reply.asides, text] });
  step.emit({ type: 'say', replyId: reply.id, text, ifQuiet: true });
}

export function onSpeaking(step: Step, reply: Reply, event: SpeakingEvent): void {
  if (reply.finishing) return;
  awaitProgress(step);
  switch (event.type) {
    case 'sentence':
      noticeSounds(step, event.index);
      step.send({
        type: 'tts',
        state: 'sentence_start',
        text: event.text + (reply.asides.includes(event.text) ? (reply.shownAfter ?? '') : ''),
      });
      if (reply.kind !== 'notice' && reply.asides.includes(event.text)) step.setReply({ bridged: true });
      else step.setReply({ sounded: [...reply.sounded, event.text] });
      break;
    case 'first_packet':
      step.setReply({ playing: true });
      noteTime(step, reply, { firstPacketMs: reply.trace?.firstPacketMs ?? event.atMs });
      break;
    case 'sentence_sent':
      noticeSent(step, event.index);
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

/** An answer whose voice fails ends with an apology, which was synthesised in advance. */
function onVoiceFailed(step: Step, reply: Reply, code: ErrorCode, stats: ReplyStats): void {
  if (reply.conversing) step.emit({ type: 'cancel_converse', replyId: reply.id });
  step.setReply({ error: reply.error ?? code });
  if (reply.kind !== 'answer') {
    finish(step, stats);
    return;
  }
  const failed = step.state.reply ?? reply;
  const startedMs = failed.voiced ? step.state.wire.startedMs : takeOverDevice(step, 'apology');
  step.cancelTimer('repair');
  openVoice(
    step,
    { ...failed, kind: 'apology', voiced: true, playing: false },
    startedMs + step.rules.firstPacketGapMs,
  );
  speakAside(step, step.phrase(apologyFor(code, 'internal')));
  endReply(step);
}

/** The voice has finished. The device still plays the rest, and `tts stop` is sent afterwards. */
function finish(step: Step, stats: ReplyStats): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  step.cancelTimer('stalled');
  step.cancelTimer('filler');
  step.setReply({ finishing: true, conversing: false });
  if (reply.userText !== undefined)
    step.emit({
      type: 'remember',
      userText: reply.userText,
      replyText: joinText(reply.sounded),
    });
  unspoken(step);
  const record = recordFor(step, reply, reply.error === undefined ? OUTCOMES[reply.kind] : 'failed');
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
  if (reply.after === 'listen' && (speakNotices(step) || playOnAfter(step, reply))) return;
  closeWire(step);
  if (reply.kind !== 'idle_farewell') step.set({ quietSinceMs: step.nowMs });
  if (reply.after === 'close') closeSession(step, reply.kind);
  else listenAgain(step);
}

function awaitProgress(step: Step): void {
  const { stalledMs, calledStalledMs } = step.rules;
  step.startTimer('stalled', step.state.reply?.calling === true ? calledStalledMs : stalledMs);
}

export function onStalled(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined) return;
  step.setReply({ error: reply.error ?? 'internal' });
  unspoken(step);
  interrupt(step, 'failed');
  if (reply.after === 'close') closeSession(step, 'stalled');
  else listenAgain(step);
}

export function apologyFor(code: ErrorCode, otherwise: ApologyKey): ApologyKey {
  const row = ERROR_TABLE[code];
  return 'apology' in row ? row.apology : otherwise;
}

const OUTCOMES: Readonly<Record<ReplyKind, TurnOutcome>> = {
  answer: 'answered',
  apology: 'not_understood',
  farewell: 'exit',
  busy: 'busy',
  greeting: 'answered',
  idle_farewell: 'answered',
  notice: 'answered',
  music: 'answered',
};

function isEmotion(name: string): name is Emotion {
  return (EMOTIONS as readonly string[]).includes(name);
}
