import type { ErrorCode } from '../../core/index.js';
import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import type { Recognition } from '../../speech/recognition/recognizer-port.js';
import { busyStatus, isExitUtterance, joinSpoken, percentNote, STOP_WORDS } from '../session/phrases.js';
import { interrupts, onSoFarRecognised, onWordsOverAnswer } from './interruption/interruption.js';
import {
  ask,
  askOutstanding,
  closeListening,
  confirm,
  discard,
  dropSoFar,
  listenAgain,
  openListening,
  takePrepared,
  wantedAtMs,
  wordsOf,
} from './utterance/listening.js';
import { dropAnswer, isCutOff } from './interruption/cut-off.js';
import { forgetJudgement, onAskEarly, onProsody, onWordsAtPause, verdictOn } from './end/end-of-turn.js';
import { noteLevel, noteOverheard, overheard } from './addressee/addressee.js';
import { isBackchannel } from './interruption/signs-of-listening.js';
import type { TurnEvent } from './events.js';
import { notePause } from './record/notes.js';
import { openAnswer } from './reply/opening.js';
import { playOn } from './notices/playing-on.js';
import { apologyFor, sayPhrase } from './reply.js';
import { closeSession, interrupt } from './reply/stopping.js';
import { BEFORE, heardIn, type OpenListening, type Piece, type Reply, type Step, type Utterance } from './state.js';
import { endedTurn, noted, type TurnTrace } from './record/turn-trace.js';

type EndEvent = Extract<ListeningEvent, { readonly type: 'utterance_ended' }>;

/** Turns the heard pieces into an utterance that waits for its text. */
export function onUtteranceEnded(step: Step, event: EndEvent): void {
  const { listening } = step.state;
  if (listening === undefined) return;
  const pieces = listening.pieces.filter((piece) => piece.index < event.pieces);
  discard(
    step,
    listening.pieces.filter((piece) => piece.index >= event.pieces),
  );
  dropSoFar(step);
  step.set({ listening: undefined });
  step.cancelTimer('ask_early');
  notePause(step, undefined);
  if (pieces.length > 0) {
    // In push to talk the button ends the turn, so the time until its release is not our delay.
    const endpointMs = event.reason === 'silence' ? Math.max(0, event.decidedMs - event.speechEndMs) : 0;
    const trace: TurnTrace = {
      mode: listening.mode,
      endedMs: step.nowMs,
      endpointMs,
      onsetMs: listening.onsetMs,
      freePauseMs: listening.free ? Math.max(0, endpointMs - listening.endMs) : 0,
      fields: {
        speculated: pieces.every((piece) => piece.status === 'known'),
        prosody: verdictOn(pieces.at(-1)?.prosody),
      },
    };
    // Realtime: if the user continued while the first part was being recognised, both parts are one utterance.
    const all = [...(step.state.utterance?.pieces ?? []), ...pieces];
    step.set({ utterance: { pieces: all, trace: { ...trace, heard: heardIn(all) } } });
    confirm(step, pieces);
    step.startTimer('recognition', step.rules.recognitionGuardMs);
    if (step.state.permit === 'waiting') waitForAdmission(step, trace);
  } else if (step.state.utterance === undefined) {
    step.cancelTimer('recognition');
  }
  hearOn(step, listening, event, pieces);
  askOutstanding(step);
  completeIfKnown(step);
}

/** Continues to listen until the device speaks, in case the person was cut off; in manual mode the button decides. */
function hearOn(step: Step, { mode }: OpenListening, { reason }: EndEvent, pieces: readonly Piece[]): void {
  if (mode === 'realtime') openListening(step, mode);
  else if (mode === 'manual' && pieces.length === 0) onNothingSaid(step);
  else if (mode === 'manual' || (pieces.length > 0 && (reason === 'stopped' || step.state.draining !== 'no')))
    step.emit({ type: 'end_listening' });
  else openListening(step, mode);
}

/** Limits the wait for admission, counted from the last word: it includes the silence that ended the utterance. */
export function waitForAdmission(step: Step, { endedMs, endpointMs }: TurnTrace): void {
  step.startTimer('admission', step.rules.admissionWaitMs - endpointMs - (step.nowMs - endedMs));
}

/** The device was admitted: its work may now use the machine. */
export function onAdmitted(step: Step): void {
  if (step.state.permit !== 'waiting') return;
  step.set({ permit: 'held' });
  step.cancelTimer('admission');
  const { utterance } = step.state;
  if (utterance !== undefined)
    step.set({ utterance: { ...utterance, trace: { ...utterance.trace, admittedMs: step.nowMs } } });
  askOutstanding(step);
  // Typed text needs no recognition.
  completeIfKnown(step);
}

type Judged = Extract<TurnEvent, { readonly type: 'recognised' | 'recognition_failed' | 'prosody' }>;

/** Handles what the recogniser, or the judge of the voice, says of a piece of speech. */
export function onJudged(step: Step, event: Judged): void {
  switch (event.type) {
    case 'recognised':
      if (!onSoFarRecognised(step, event.requestId, event.recognition))
        onRecognised(step, event.requestId, event.recognition);
      break;
    case 'recognition_failed':
      if (!onSoFarRecognised(step, event.requestId, undefined))
        onRecognitionFailed(step, event.requestId, event.code, event.percent);
      break;
    case 'prosody':
      onProsody(step, event.requestId, event.prosody);
      break;
  }
}

/**
 * The device was not admitted in time: says so, also on screen, and hangs up, because an auto-mode device would
 * otherwise ask again at once.
 */
export function onAdmissionTimeout(step: Step): void {
  const { utterance, permit } = step.state;
  if (utterance === undefined || permit === 'held') return;
  dropUtterance(step);
  const text = step.phrase('busy');
  interrupt(step, 'interrupted');
  // No alert is sent while speaking (docs/protocol.md, checklist 57); the sentence is on the screen in any case.
  if (!step.state.wire.open)
    step.send({ type: 'alert', status: busyStatus(step.rules.language), message: text, emotion: 'sad' });
  sayPhrase(step, { kind: 'busy', after: 'close', error: undefined, trace: utterance.trace }, text);
}

function onRecognised(step: Step, requestId: number, recognition: Recognition): void {
  const { utterance, listening } = step.state;
  const known = (piece: Piece): Piece =>
    piece.requestId === requestId ? { ...piece, status: 'known', result: recognition } : piece;
  const isIt = (piece: Piece): boolean => piece.requestId === requestId && piece.status === 'asked';
  if (utterance?.pieces.some(isIt)) {
    step.set({ utterance: { ...utterance, pieces: utterance.pieces.map(known) } });
    completeIfKnown(step);
    return;
  }
  const piece = listening?.pieces.find(isIt);
  if (listening === undefined || piece === undefined) return;
  step.set({ listening: { ...listening, pieces: listening.pieces.map(known) } });
  if (step.state.listening !== undefined) onWordsOverAnswer(step, step.state.listening);
  if (!piece.committed && listening.mode !== 'manual') onWordsAtPause(step, piece, recognition);
  if (step.rules.speculative) onAskEarly(step);
}

function onRecognitionFailed(step: Step, requestId: number, code: ErrorCode | undefined, percent?: number): void {
  const { utterance, listening } = step.state;
  const isIt = (piece: Piece): boolean => piece.requestId === requestId && piece.status === 'asked';
  const openPiece = listening?.pieces.find(isIt);
  if (listening !== undefined && openPiece !== undefined) {
    if (openPiece.speculative) step.emit({ type: 'count_speculation', result: 'dropped', runMs: undefined });
    step.set({
      listening: {
        ...listening,
        pieces: listening.pieces.map((piece) => (piece === openPiece ? { ...piece, status: 'dropped' } : piece)),
      },
    });
    if (!openPiece.committed) forgetJudgement(step);
    return;
  }
  const piece = utterance?.pieces.find(isIt);
  if (utterance === undefined || piece === undefined) return;
  if (!piece.speculative) {
    step.set({
      utterance: {
        ...utterance,
        pieces: utterance.pieces.map((other) => (other === piece ? { ...piece, status: 'dropped' } : other)),
      },
    });
    failUtterance(step, code ?? 'asr.failed', percent);
    return;
  }
  step.emit({ type: 'count_speculation', result: 'dropped', runMs: undefined });
  const again = ask(step, piece, wantedAtMs(step, utterance));
  step.set({ utterance: { ...utterance, pieces: utterance.pieces.map((other) => (other === piece ? again : other)) } });
}

/** Ends an utterance that will have no text. */
export function failUtterance(step: Step, code: ErrorCode, percent?: number): void {
  const { utterance } = step.state;
  if (utterance === undefined) return;
  const before = utterance.pieces.filter(({ index }) => index === BEFORE);
  dropUtterance(step);
  if (before.length > 0) {
    // The earlier words can be answered.
    step.set({ utterance: { ...utterance, pieces: before } });
    completeIfKnown(step);
    return;
  }
  // Realtime: an answer to earlier words is in progress; it is worth more than an apology.
  if (step.state.reply !== undefined) {
    step.emit({ type: 'turn_ended', record: endedTurn(utterance.trace, 'failed', code), stats: undefined });
    return;
  }
  apologise(step, code, utterance.trace, percent);
}

export function apologise(step: Step, code: ErrorCode, trace: TurnTrace | undefined, percent?: number): void {
  const shownAfter = percent === undefined ? undefined : percentNote(step.rules.language, percent);
  sayPhrase(
    step,
    { kind: 'apology', after: 'listen', error: code, trace, shownAfter },
    step.phrase(apologyFor(code, 'internal')),
  );
}

/** Drops the utterance: the user started again or is gone, or there was no text. */
export function dropUtterance(step: Step): void {
  const { utterance } = step.state;
  if (utterance === undefined) return;
  discard(step, utterance.pieces);
  step.cancelTimer('recognition');
  step.cancelTimer('admission');
  step.set({ utterance: undefined });
}

/** Like {@link dropUtterance}, with a record of the turn that ended. */
export function abandonUtterance(step: Step): void {
  const { utterance } = step.state;
  if (utterance === undefined) return;
  dropUtterance(step);
  step.emit({ type: 'turn_ended', record: endedTurn(utterance.trace, 'abandoned'), stats: undefined });
}

/** Answers the utterance if all its pieces have their text. */
export function completeIfKnown(step: Step): void {
  const { utterance } = step.state;
  if (utterance === undefined || utterance.pieces.some((piece) => piece.status !== 'known')) return;
  for (const piece of utterance.pieces)
    if (piece.speculative) step.emit({ type: 'count_speculation', result: 'used', runMs: piece.result?.runMs });
  step.cancelTimer('recognition');
  step.cancelTimer('admission');
  step.set({ utterance: undefined });
  const text = wordsOf(step, utterance.pieces);
  const reason = overheard(step, utterance);
  const trace = noted({ ...withRecognitions(utterance), textMs: step.nowMs }, { userText: text, overheard: reason });
  const { reply } = step.state;
  if (reason !== undefined) noteOverheard(step, reason, text);
  if (text === '' || reason !== undefined || (reply !== undefined && !isMeant(step, reply, utterance, text))) {
    onNothingUnderstood(step, utterance, trace);
    return;
  }
  noteLevel(step, utterance);
  if (isExitUtterance(text, step.rules.exitWords)) sayGoodbye(step, text, trace);
  else if (!stopsNotice(step, text, trace)) answer(step, text, trace);
}

/** True if words said while an answer is being made or heard are more than a sign that the person listens. */
function isMeant(step: Step, reply: Reply, { pieces, trace }: Utterance, text: string): boolean {
  if (isExitUtterance(text, step.rules.exitWords) || (reply.kind !== 'answer' && reply.kind !== 'music')) return true;
  if (reply.playing) return interrupts(step, reply, pieces, trace.onsetMs ?? step.nowMs);
  return !isBackchannel(text);
}

/** A cut off notice was meant if "stop" follows within this time. */
const STOPS_NOTICE_MS = 15_000;

/** "Stop" right after a notice was cut off was meant for the notice: no answer is needed. False: it was not. */
function stopsNotice(step: Step, text: string, trace: TurnTrace): boolean {
  const { noticeCutMs = -Infinity, pausedMusic, reply } = step.state;
  if (reply !== undefined || step.nowMs - noticeCutMs > STOPS_NOTICE_MS || !isExitUtterance(text, STOP_WORDS))
    return false;
  // Who pushed the button to talk waits for an answer.
  if (trace.mode === 'manual' && pausedMusic === undefined) return false;
  step.set({ noticeCutMs: undefined, quietSinceMs: step.nowMs, farewellSaid: false, putOff: 0 });
  step.send({ type: 'stt', text });
  step.emit({ type: 'turn_ended', record: endedTurn(trace, 'answered'), stats: undefined });
  if (!playOn(step)) listenAgain(step);
  return true;
}

function onNothingUnderstood(step: Step, utterance: Utterance, trace: TurnTrace): void {
  if (utterance.trace.mode === 'manual') {
    // Holding the button means that the user wanted to speak. An open microphone hears many sounds that need no reply.
    sayPhrase(step, { kind: 'apology', after: 'listen', trace }, step.phrase('not_understood'));
    return;
  }
  step.emit({ type: 'turn_ended', record: endedTurn(trace, 'empty'), stats: undefined });
  if (step.state.reply === undefined) listenAgain(step);
}

/** The button was held, but nothing was said. The user waits for an answer and is informed at once. */
function onNothingSaid(step: Step): void {
  step.emit({ type: 'end_listening' });
  if (step.state.reply !== undefined || step.state.utterance !== undefined) return;
  const trace: TurnTrace = { mode: 'manual', endedMs: step.nowMs, endpointMs: 0, freePauseMs: 0, fields: {} };
  sayPhrase(step, { kind: 'apology', after: 'listen', trace }, step.phrase('not_understood'));
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
      userText = joinSpoken(step.rules.language, [reply.userText, text]);
      heard = [...(reply.trace?.heard ?? []), ...heard];
      dropAnswer(step, reply, onsetMs);
    } else {
      if (reply.kind === 'answer' && reply.playing) step.emit({ type: 'count_barge_in', result: 'interrupted' });
      interrupt(step, 'interrupted', { flush: true });
    }
  }
  step.set({ quietSinceMs: step.nowMs, farewellSaid: false, putOff: 0 });
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
  step.emit({ type: 'converse', replyId, text: userText, preparedId: prepared?.id });
  const { fillerAfterMs } = step.rules;
  if (fillerAfterMs > 0) step.startTimer('filler', trace.endedMs + fillerAfterMs - step.nowMs);
}

/** Recognition cost of all pieces, speculative ones included, since the text is made of them. */
function withRecognitions({ pieces, trace }: Utterance): TurnTrace {
  const results = pieces.flatMap((piece) => piece.result ?? []);
  const sum = (of: (result: Recognition) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    ...noted(trace, { asr: results.at(-1)?.asr }),
    asrWaitMs: sum((result) => result.waitMs),
    asrRunMs: sum((result) => result.runMs),
  };
}

/**
 * No listener is available now or soon: apologises and hangs up instead of pretending to listen. Words heard before are
 * still answered. If nobody spoke (`silent`), it hangs up without an apology: otherwise all devices of a house would
 * apologise at once.
 */
export function onUnavailable(step: Step, silent: boolean): void {
  const { listening, utterance, reply } = step.state;
  if (listening === undefined) return;
  closeListening(step);
  if (utterance !== undefined || reply !== undefined) return;
  if (silent && !listening.speaking && !listening.finishing) {
    closeSession(step, 'unavailable');
    return;
  }
  sayPhrase(
    step,
    { kind: 'apology', after: 'close', error: 'engine.failed' },
    step.phrase(apologyFor('engine.failed', 'internal')),
  );
}

/** The listening process lost the open utterance, or never delivered the end of one. */
export function onLost(step: Step, code: ErrorCode): void {
  const { listening, reply } = step.state;
  if (listening === undefined) return;
  const meant = listening.speaking || listening.finishing;
  const before = listening.pieces.filter(({ index }) => index === BEFORE);
  closeListening(step);
  if (before.length > 0 && step.state.permit === 'held') {
    const trace: TurnTrace = { mode: listening.mode, endedMs: step.nowMs, endpointMs: 0, freePauseMs: 0, fields: {} };
    step.set({ utterance: { pieces: before, trace: { ...trace, heard: heardIn(before) } } });
    listenAgain(step);
    completeIfKnown(step);
    return;
  }
  if (meant && reply === undefined && step.state.utterance === undefined) apologise(step, code, undefined);
  else if (listening.mode === 'manual' && !listening.finishing) openListening(step, 'manual');
  else listenAgain(step);
}
