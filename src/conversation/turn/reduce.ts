import { joinText } from '../../core/index.js';
import type { Recognition } from '../../speech/recognition/recognizer-port.js';
import { isExitUtterance, STOP_WORDS } from '../session/phrases.js';
import { noteLevel, noteOverheard, noteSaid, overheard } from './addressee/addressee.js';
import { mayClose, onDrain, onDrainTimer } from './close/draining.js';
import { onIdleTimer } from './close/idle.js';
import { onAskEarly } from './end/end-of-turn.js';
import { onPartial } from './end/partial.js';
import type { TimerName, TurnEffect, TurnEvent } from './events.js';
import { dropAnswer, isCutOff } from './interruption/cut-off.js';
import { interrupts, onInterruptionTimer, resume } from './interruption/interruption.js';
import { isBackchannel } from './interruption/signs-of-listening.js';
import { onNotice, sayNotices } from './notices/notices.js';
import { stopRinging } from './notices/waiting-notices.js';
import { playOn } from './notices/playing-on.js';
import { noteActivity } from './record/notes.js';
import { endedTurn, noted, type TurnTrace } from './record/turn-trace.js';
import { onFiller, onPart, onPartsEnded, onPartsFailed, onSpeaking, onStalled, onTail, sayPhrase } from './reply.js';
import { onRepairTimer, openAnswer, takeVoice } from './reply/opening.js';
import { closeSession, interrupt } from './reply/stopping.js';
import { closeWire, sendStop } from './reply/wire.js';
import type { TurnRules } from './rules.js';
import { type Reply, Step, type TurnState, type Utterance } from './state.js';
import { onHeard, onJudged, onListenStart, onListenStop } from './utterance.js';
import { onAdmissionTimeout, onAdmitted, waitForAdmission } from './utterance/admission.js';
import { abandonUtterance, failUtterance, onLost } from './utterance/failure.js';
import { dropOrphan, onPreparationFailed, takePrepared } from './end/prepared-answer.js';
import { listenAgain } from './utterance/listening.js';
import { discard, wordsOf } from './utterance/pieces.js';
import { forgetTyped, onDetect, onTyped } from './utterance/typed.js';

export interface Reduction {
  readonly state: TurnState;
  readonly effects: readonly TurnEffect[];
}

/** Makes every decision of a conversation. docs/lifecycle.md has the table of states and events. */
export function reduce(rules: TurnRules, state: TurnState, event: TurnEvent, nowMs: number): Reduction {
  if (state.closed) return { state, effects: [] };
  const step = new Step(state, nowMs, rules);
  if (isUse(event)) stopRinging(step);
  handle(step, event);
  answerOnceKnown(step);
  noteSaid(step, state.reply);
  settle(step);
  noteSaid(step, state.reply);
  return { state: step.state, effects: step.effects };
}

/** True if a user caused the event. Outside manual mode, the device may send `listen start` by itself. */
function isUse(event: TurnEvent): boolean {
  return (
    event.type === 'detect' || event.type === 'abort' || (event.type === 'listen_start' && event.mode === 'manual')
  );
}

function handle(step: Step, event: TurnEvent): void {
  switch (event.type) {
    case 'opened':
      step.startTimer('idle', step.rules.idleFarewellMs);
      break;
    case 'listen_start':
      onListenStart(step, event.mode);
      break;
    case 'listen_stop':
      onListenStop(step);
      break;
    case 'detect':
      onDetect(step, event.text ?? '');
      break;
    case 'abort':
      onAbort(step);
      break;
    case 'closed':
      abandonUtterance(step);
      closeSession(step, 'device');
      break;
    case 'drain':
      onDrain(step);
      break;
    case 'notice':
      onNotice(step, event.notice);
      break;
    case 'heard':
      onHeard(step, event.event);
      break;
    case 'partial':
      onPartial(step, event);
      break;
    case 'recognised':
    case 'recognition_failed':
    case 'prosody':
      onJudged(step, event);
      break;
    case 'admitted':
      onAdmitted(step);
      break;
    case 'not_admitted':
      if (step.state.permit === 'waiting') step.set({ permit: 'none' });
      onAdmissionTimeout(step);
      break;
    case 'preparation_failed':
      onPreparationFailed(step, event.preparedId);
      break;
    case 'part':
    case 'parts_ended':
    case 'parts_failed':
    case 'speaking':
      if (step.state.reply?.id === event.replyId) onReplyEvent(step, step.state.reply, event);
      break;
    case 'timer':
      onTimer(step, event.name, event.noticeSoon ?? false);
      break;
  }
}

function answerOnceKnown(step: Step): void {
  const { utterance, permit, closed } = step.state;
  if (closed || permit !== 'held' || utterance?.pieces.every((piece) => piece.status === 'known') !== true) return;
  for (const piece of utterance.pieces)
    if (piece.speculative) step.emit({ type: 'count_speculation', result: 'used', runMs: piece.result?.runMs });
  step.cancelTimer('recognition');
  step.cancelTimer('admission');
  step.set({ utterance: undefined });
  const text = wordsOf(utterance.pieces);
  const reason = overheard(step, utterance);
  const known = noted({ ...withRecognitions(utterance), textMs: step.nowMs }, { overheard: reason });
  // Nobody called the device by its name, so nothing of this speech is kept.
  const trace = reason === 'unaddressed' ? { ...known, heard: [] } : noted(known, { userText: text });
  const { reply } = step.state;
  if (reason !== undefined) noteOverheard(step, reason, text);
  if (text === '' || reason !== undefined || (reply !== undefined && !isMeant(step, reply, utterance, text))) {
    onNothingUnderstood(step, utterance, trace);
    return;
  }
  noteLevel(step, utterance);
  step.emit({ type: 'attended' });
  stopRinging(step);
  if (isExitUtterance(text, step.rules.exitWords)) sayGoodbye(step, text, trace);
  else if (!stopsNotice(step, text, trace)) answer(step, text, trace);
}

function isMeant(step: Step, reply: Reply, { pieces, trace }: Utterance, text: string): boolean {
  if (isExitUtterance(text, step.rules.exitWords) || (reply.kind !== 'answer' && reply.kind !== 'music')) return true;
  if (reply.playing) return interrupts(step, reply, pieces, trace.onsetMs ?? step.nowMs);
  return !isBackchannel(text);
}

/** "stop" refers to a notice that was interrupted within this time. */
const STOPS_NOTICE_MS = 15_000;

function stopsNotice(step: Step, text: string, trace: TurnTrace): boolean {
  const { noticeCutMs = -Infinity, pausedMusic, reply } = step.state;
  if (reply !== undefined || step.nowMs - noticeCutMs > STOPS_NOTICE_MS || !isExitUtterance(text, STOP_WORDS))
    return false;
  // A person who pressed the button to talk expects an answer.
  if (trace.mode === 'manual' && pausedMusic === undefined) return false;
  step.set({ noticeCutMs: undefined });
  noteActivity(step);
  step.send({ type: 'stt', text });
  step.emit({ type: 'turn_ended', record: endedTurn(trace, 'answered'), stats: undefined });
  if (!playOn(step)) listenAgain(step);
  return true;
}

function onNothingUnderstood(step: Step, utterance: Utterance, trace: TurnTrace): void {
  if (utterance.trace.mode === 'manual') {
    // A held button shows that the user wanted to speak. An open microphone hears many sounds that need no reply.
    sayPhrase(step, { kind: 'apology', after: 'listen', trace }, step.phrase('not_understood'));
    return;
  }
  step.emit({ type: 'turn_ended', record: endedTurn(trace, 'empty'), stats: undefined });
  if (step.state.reply === undefined) listenAgain(step);
}

function sayGoodbye(step: Step, text: string, trace: TurnTrace): void {
  interrupt(step, 'interrupted');
  step.send({ type: 'stt', text });
  sayPhrase(step, { kind: 'farewell', after: 'close', trace }, step.phrase('farewell'));
}

function answer(step: Step, text: string, trace: TurnTrace): void {
  const { reply } = step.state;
  let userText = text;
  let { heard = [] } = trace;
  if (reply !== undefined) {
    const onsetMs = trace.onsetMs ?? step.nowMs;
    if (reply.userText !== undefined && isCutOff(step, reply, onsetMs)) {
      userText = joinText([reply.userText, text]);
      heard = [...(reply.trace?.heard ?? []), ...heard];
      dropAnswer(step, reply, onsetMs);
    } else {
      if (reply.kind === 'answer' && reply.playing) step.emit({ type: 'count_barge_in', result: 'interrupted' });
      interrupt(step, 'interrupted', { flush: true });
    }
  }
  noteActivity(step);
  step.send({ type: 'stt', text: userText });
  const prepared = takePrepared(step, userText);
  const replyId = openAnswer(step, {
    kind: 'answer',
    after: 'listen',
    userText,
    preparedId: prepared?.id,
    trace: {
      ...noted(trace, { userText, prepared: prepared !== undefined }),
      heard,
      askedMs: prepared?.sinceMs ?? step.nowMs,
    },
  });
  step.setReply({ conversing: true });
  step.emit({ type: 'converse', replyId, text: userText, typed: heard.length === 0, preparedId: prepared?.id });
  const { fillerAfterMs } = step.rules;
  if (fillerAfterMs > 0) step.startTimer('filler', trace.endedMs + fillerAfterMs - step.nowMs);
}

/** Speculative recognitions count, too, because their text is part of the utterance. */
function withRecognitions({ pieces, trace }: Utterance): TurnTrace {
  const results = pieces.flatMap((piece) => piece.result ?? []);
  const sum = (of: (result: Recognition) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    ...noted(trace, { asr: results.at(-1)?.asr }),
    asrWaitMs: sum((result) => result.waitMs),
    asrRunMs: sum((result) => result.runMs),
  };
}

function onReplyEvent(step: Step, reply: Reply, event: Extract<TurnEvent, { readonly replyId: number }>): void {
  switch (event.type) {
    case 'part':
      onPart(step, reply, event.part);
      break;
    case 'parts_ended':
      onPartsEnded(step, reply);
      break;
    case 'parts_failed':
      onPartsFailed(step, reply, event.code);
      break;
    case 'speaking':
      onSpeaking(step, reply, event.event);
      break;
  }
}

/** The session closes now if it was to close after the reply. */
function onAbort(step: Step): void {
  forgetTyped(step);
  step.set({ wakePending: false });
  const { reply, utterance } = step.state;
  if (reply === undefined && utterance === undefined) return;
  noteActivity(step);
  interrupt(step, 'interrupted');
  abandonUtterance(step);
  if (reply?.after === 'close') closeSession(step, reply.kind);
  else listenAgain(step);
}

function onTimer(step: Step, name: TimerName, noticeSoon: boolean): void {
  if (!step.state.timers.has(name)) return;
  step.forgetTimer(name);
  switch (name) {
    case 'idle':
      onIdleTimer(step, noticeSoon);
      break;
    case 'admission':
      onAdmissionTimeout(step);
      break;
    case 'interruption':
      onInterruptionTimer(step);
      break;
    case 'ask_early':
      onAskEarly(step);
      break;
    case 'recognition':
      if (step.state.utterance !== undefined) failUtterance(step, 'asr.timeout');
      else onLost(step, 'asr.timeout');
      break;
    case 'repair':
      onRepairTimer(step);
      break;
    case 'filler':
      onFiller(step);
      break;
    case 'tail':
      onTail(step);
      break;
    case 'stop_gap':
      sendStop(step);
      break;
    case 'typed':
      onTyped(step);
      break;
    case 'stalled':
      onStalled(step);
      break;
    case 'notice':
      break; // `settle` speaks waiting notices.
    case 'drain':
      onDrainTimer(step);
      break;
  }
}

function settle(step: Step): void {
  if (!step.state.closed && mayClose(step)) closeSession(step, 'draining');
  dropOrphan(step);
  if (step.state.closed) {
    discard(step, step.state.utterance?.pieces ?? []);
    if (step.state.permit !== 'none') step.emit({ type: 'release_admission', turnedAway: false });
    step.set({ permit: 'none', utterance: undefined });
    return;
  }
  sayNotices(step);
  // The microphone is closed, so nobody can continue. A waiting answer may begin.
  if (step.state.listening === undefined) takeVoice(step);
  if (step.state.reply === undefined) closeWire(step);
  const { reply, utterance, listening, permit } = step.state;
  // Nobody is interrupting any more, so a held answer continues.
  if (utterance === undefined && listening?.speaking !== true) resume(step);
  const talking =
    utterance !== undefined ||
    listening?.speaking === true ||
    (reply?.kind === 'answer' && !reply.finishing && (reply.conversing || !reply.plays));
  if (talking && permit === 'none') {
    step.set({ permit: 'waiting' });
    step.emit({ type: 'request_admission', lastTurnEndedMs: step.state.lastTurnEndedMs });
    if (utterance !== undefined) waitForAdmission(step, utterance.trace);
  } else if (!talking && permit !== 'none') {
    step.set({ permit: 'none' });
    step.emit({ type: 'release_admission', turnedAway: permit === 'waiting' && reply?.kind === 'busy' });
  }
}
