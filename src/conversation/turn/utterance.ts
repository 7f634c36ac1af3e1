import type { ErrorCode } from '../../core/index.js';
import type { ListeningEvent, ListenMode } from '../../speech/listening/listening-port.js';
import type { Recognition } from '../../speech/recognition/recognizer-port.js';
import { forgetJudgement, onAskEarly, onProsody, onWordsAtPause, silentMs, verdictOn } from './end/end-of-turn.js';
import { onPauseAfterPartial } from './end/partial.js';
import type { TurnEvent } from './events.js';
import {
  onBargeIn,
  onMoreOverAnswer,
  onPauseOverAnswer,
  onSoFarRecognised,
  onSpeechSoFar,
  onWordsBeforeAnswer,
  onWordsOverAnswer,
} from './interruption/interruption.js';
import { noteActivity, notePause } from './record/notes.js';
import type { TurnTrace } from './record/turn-trace.js';
import { sayPhrase, speakNotices } from './reply.js';
import { interrupt } from './reply/stopping.js';
import { deviceListens } from './reply/wire.js';
import { heardIn, type OpenListening, type Piece, type Step } from './state.js';
import { waitForAdmission } from './utterance/admission.js';
import { abandonUtterance, failUtterance, onLost, onUnavailable } from './utterance/failure.js';
import { cancelPrepared } from './end/prepared-answer.js';
import { dropSoFar, initialSilenceMs, openListening } from './utterance/listening.js';
import { ask, askOutstanding, commit, confirm, discard, pieceOf, wantedAtMs } from './utterance/pieces.js';
import { forgetTyped } from './utterance/typed.js';

type PieceEvent = Extract<ListeningEvent, { readonly type: 'piece' }>;
type EndEvent = Extract<ListeningEvent, { readonly type: 'utterance_ended' }>;

/** The device listens now, so recognition and speech in progress end. */
export function onListenStart(step: Step, mode: ListenMode): void {
  const { wakePending, farewellSaid, reply } = step.state;
  // After an idle farewell the device listens again by itself. This is no sign of its user.
  const byItself = farewellSaid && mode !== 'manual' && !wakePending && reply === undefined;
  if (!byItself) noteActivity(step);
  forgetTyped(step);
  deviceListens(step);
  interrupt(step, 'interrupted');
  abandonUtterance(step);
  step.set({ mode, everListened: true, wakePending: false });
  // A person who holds the button is about to speak, and needs no greeting.
  if (step.state.draining === 'no') openListening(step, mode, wakePending && mode !== 'manual');
}

export function onListenStop(step: Step): void {
  const { listening } = step.state;
  if (listening === undefined || listening.finishing) return;
  step.set({ listening: { ...listening, finishing: true } });
  step.emit({ type: 'finish_listening', turnId: listening.turnId });
  step.startTimer('recognition', step.rules.recognitionGuardMs);
}

export function onHeard(step: Step, event: ListeningEvent): void {
  const { listening } = step.state;
  if (listening === undefined || listening.turnId !== event.turnId) return;
  switch (event.type) {
    case 'speech_started':
      onSpeech(step, listening, event.atMs);
      onWordsBeforeAnswer(step);
      break;
    case 'barge_in':
      onSpeech(step, listening, event.atMs);
      onBargeIn(step);
      break;
    case 'still_silent':
      if (listening.wake && event.atMs >= step.rules.wakeWaitMs && step.state.reply === undefined)
        greet(step, listening);
      break;
    case 'piece':
      onPiece(step, listening, event);
      break;
    case 'speech_so_far':
      onSpeechSoFar(step, listening, event);
      break;
    case 'speech_resumed':
      onMoreOverAnswer(step);
      onResumed(step, listening, event);
      break;
    case 'utterance_ended':
      onUtteranceEnded(step, event);
      break;
    case 'lost':
      if (event.unavailable) onUnavailable(step, event.silent ?? false);
      else onLost(step, 'engine.crashed');
      break;
    // Only the recogniser uses this event.
    case 'audio':
      break;
  }
}

/** A greeting is no longer needed. A prepared answer continues until the new words are known. */
function onSpeech(step: Step, listening: OpenListening, atMs: number): void {
  const onsetMs = listening.onsetMs ?? Math.min(step.nowMs, listening.openedMs + atMs);
  step.set({ listening: { ...listening, speaking: true, wake: false, onsetMs } });
  if (step.state.reply?.kind === 'greeting') interrupt(step, 'interrupted', { flush: true });
}

function onPiece(step: Step, listening: OpenListening, event: PieceEvent): void {
  const others = listening.pieces.filter((piece) => piece.index !== event.index);
  discard(
    step,
    listening.pieces.filter((piece) => piece.index === event.index),
  );
  const pieces = [...others, pieceOf(event, step.nowMs)].sort((a, b) => a.index - b.index);
  step.set({ listening: { ...listening, speaking: true, wake: false, pieces } });
  onPauseOverAnswer(step);
  onPauseAfterPartial(step);
  askOutstanding(step);
}

/** Work that was begun early at the pause is dropped. */
function onResumed(step: Step, listening: OpenListening, { commits }: { readonly commits?: number }): void {
  cancelPrepared(step);
  step.cancelTimer('ask_early');
  const last = listening.pieces.at(-1);
  // Pauses shorter than this say nothing about the person's habit.
  const roomMs = listening.adapted ? listening.endMs : initialSilenceMs(step, listening.mode);
  if (last !== undefined && silentMs(step, last) > roomMs) notePause(step, silentMs(step, last));
  const stays = (piece: Piece): boolean => piece.committed || piece.index === commits;
  discard(
    step,
    listening.pieces.filter((piece) => !stays(piece)),
  );
  const pieces = listening.pieces.filter(stays).map((piece) => (piece.committed ? piece : commit(step, piece)));
  step.set({ listening: { ...listening, adapted: false, free: false, pieces, partial: undefined } });
  askOutstanding(step);
  if (listening.adapted)
    step.emit({
      type: 'require_silence',
      turnId: listening.turnId,
      silenceMs: initialSilenceMs(step, listening.mode),
    });
}

function greet(step: Step, listening: OpenListening): void {
  step.set({ listening: { ...listening, wake: false } });
  if (speakNotices(step)) return;
  if (step.rules.greeting) sayPhrase(step, { kind: 'greeting', after: 'listen' }, step.phrase('greeting'));
}

function onUtteranceEnded(step: Step, event: EndEvent): void {
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
    // In push to talk the button ends the turn, so the server causes no delay.
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
    // The user may have continued while the first part was being recognised.
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
}

/**
 * The person may not have finished, so the device keeps listening until it speaks. In manual mode the button decides.
 */
function hearOn(step: Step, { mode }: OpenListening, { reason }: EndEvent, pieces: readonly Piece[]): void {
  if (mode === 'realtime') openListening(step, mode);
  else if (mode === 'manual' && pieces.length === 0) onNothingSaid(step);
  else if (mode === 'manual' || (pieces.length > 0 && (reason === 'stopped' || step.state.draining !== 'no')))
    step.emit({ type: 'end_listening' });
  else openListening(step, mode);
}

/** The button was held without speech, so the user waits for an answer. */
function onNothingSaid(step: Step): void {
  step.emit({ type: 'end_listening' });
  if (step.state.reply !== undefined || step.state.utterance !== undefined) return;
  const trace: TurnTrace = { mode: 'manual', endedMs: step.nowMs, endpointMs: 0, freePauseMs: 0, fields: {} };
  sayPhrase(step, { kind: 'apology', after: 'listen', trace }, step.phrase('not_understood'));
}

type Judged = Extract<TurnEvent, { readonly type: 'recognised' | 'recognition_failed' | 'prosody' }>;

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

function onRecognised(step: Step, requestId: number, recognition: Recognition): void {
  const { utterance, listening } = step.state;
  const known = (piece: Piece): Piece =>
    piece.requestId === requestId ? { ...piece, status: 'known', result: recognition } : piece;
  const isIt = (piece: Piece): boolean => piece.requestId === requestId && piece.status === 'asked';
  if (utterance?.pieces.some(isIt)) {
    step.set({ utterance: { ...utterance, pieces: utterance.pieces.map(known) } });
    return;
  }
  const piece = listening?.pieces.find(isIt);
  if (listening === undefined || piece === undefined) return;
  step.set({ listening: { ...listening, pieces: listening.pieces.map(known) } });
  if (step.state.listening !== undefined) onWordsOverAnswer(step, step.state.listening);
  if (!piece.committed) onWordsAtPause(step, piece, recognition);
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
