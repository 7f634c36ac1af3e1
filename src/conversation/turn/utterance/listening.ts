import type { ListenMode, ListeningEvent, PieceVoice } from '../../../speech/listening/listening-port.js';
import { isExitUtterance, joinSpoken } from '../../session/phrases.js';
import {
  BEFORE,
  type OpenListening,
  type Piece,
  type Prepared,
  type SpeechSoFar,
  type Step,
  type Utterance,
} from '../state.js';

/** Opens the microphone for a new turn and forgets what it heard before. */
export function openListening(step: Step, mode: ListenMode, wake = false): void {
  forgetListening(step);
  const turnId = step.state.lastTurnId + 1;
  step.set({
    lastTurnId: turnId,
    listening: {
      turnId,
      mode,
      wake,
      speaking: false,
      openedMs: step.nowMs,
      onsetMs: undefined,
      finishing: false,
      adapted: false,
      endMs: 0,
      free: false,
      pieces: [],
      partial: undefined,
      soFar: undefined,
      earlyStarts: 0,
    },
  });
  step.emit({
    type: 'begin_listening',
    turn: { turnId, mode, endpointSilenceMs: initialSilenceMs(step) },
  });
}

export function initialSilenceMs({ rules, state }: Step): number {
  const { language, patience } = rules;
  return rules.endpoint.initialSilenceMs({ language, patience, ownPauseMs: state.ownPauseMs });
}

export function closeListening(step: Step): void {
  if (step.state.listening === undefined) return;
  forgetListening(step);
  step.emit({ type: 'end_listening' });
}

/** Listens again if the device's microphone is open by itself. In manual mode the button decides. */
export function listenAgain(step: Step): void {
  const { mode, listening, everListened } = step.state;
  if (mode === 'manual' || !everListened) closeListening(step);
  else if (listening === undefined || listening.mode !== mode) openListening(step, mode);
}

function forgetListening(step: Step): void {
  const { listening } = step.state;
  if (listening === undefined) return;
  if (listening.finishing && step.state.utterance === undefined) step.cancelTimer('recognition');
  step.cancelTimer('ask_early');
  discard(step, listening.pieces);
  dropSoFar(step);
  step.set({ listening: undefined });
}

/** The words of the speech so far are no longer needed: a pause or the end has come. */
export function dropSoFar(step: Step): void {
  const { listening } = step.state;
  if (listening?.soFar?.piece.status !== 'asked') return;
  const { piece } = listening.soFar;
  discard(step, [piece]);
  const soFar: SpeechSoFar = { ...listening.soFar, piece: { ...piece, status: 'dropped' } };
  step.set({ listening: { ...listening, soFar } });
}

/** The recognised words of the pieces, in order; a piece without a result adds nothing. */
export function wordsOf({ rules }: Step, pieces: readonly Piece[]): string {
  return joinSpoken(
    rules.language,
    pieces.map(({ result }) => result?.text ?? ''),
  );
}

/** The speech of the pieces together; undefined: it was not measured. */
export function voiceOf(pieces: readonly Piece[]): PieceVoice | undefined {
  let [speechMs, power, probability] = [0, 0, 0];
  for (const { voice, index } of pieces) {
    if (index === BEFORE) continue;
    if (voice === undefined) return undefined;
    speechMs += voice.speechMs;
    power += voice.speechMs * 10 ** (voice.levelDb / 10);
    probability += voice.speechMs * voice.probability;
  }
  if (speechMs === 0) return undefined;
  return { speechMs, levelDb: 10 * Math.log10(power / speechMs), probability: probability / speechMs };
}

type PieceEvent = Extract<ListeningEvent, { readonly type: 'piece' }>;

export function pieceOf(event: PieceEvent, nowMs: number): Piece {
  const { turnId, index, revision, pcm, committed, voice } = event;
  return {
    turnId,
    index,
    revision,
    pcm,
    committed,
    voice,
    heardMs: nowMs,
    status: 'unasked',
    requestId: undefined,
    speculative: false,
    result: undefined,
  };
}

/** Requests the text of a piece and returns the updated piece. */
export function ask(step: Step, piece: Piece, deadlineMs: number | undefined): Piece {
  const requestId = step.state.lastRequestId + 1;
  step.set({ lastRequestId: requestId });
  step.emit({ type: 'recognise', requestId, pcm: piece.pcm, deadlineMs });
  return { ...piece, status: 'asked', requestId, speculative: deadlineMs === undefined };
}

/** Gives the speculative recognition of this piece a deadline. */
function confirmGuess(step: Step, { status, speculative, requestId }: Piece, withinMs: number): void {
  if (status === 'asked' && speculative && requestId !== undefined)
    step.emit({ type: 'confirm_recognition', requestId, deadlineMs: step.nowMs + withinMs });
}

/** Speech continues after this piece, so it belongs to the utterance: its text is needed, but not at once. */
export function commit(step: Step, piece: Piece): Piece {
  confirmGuess(step, piece, step.rules.committedTargetMs);
  return {
    ...piece,
    committed: true,
    ...(piece.status === 'dropped' && { status: 'unasked' as const, speculative: false, requestId: undefined }),
  };
}

/** The utterance has ended with these pieces: gives their recognitions in progress a deadline. */
export function confirm(step: Step, pieces: readonly Piece[]): void {
  for (const piece of pieces) confirmGuess(step, piece, step.rules.transcriptTargetMs);
}

/** Cancels the recognitions of these pieces, and counts the speculative ones as wasted. */
export function discard(step: Step, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (piece.status === 'asked' && piece.requestId !== undefined)
      step.emit({ type: 'cancel_recognition', requestId: piece.requestId });
    if (piece.speculative && (piece.status === 'asked' || piece.status === 'known'))
      step.emit({ type: 'count_speculation', result: 'wasted', runMs: piece.result?.runMs });
  }
}

/**
 * The deadline counts from the end of the utterance, not from admission: a turn that waited for admission goes first.
 */
export function wantedAtMs({ rules }: Step, { trace }: Utterance): number {
  return trace.endedMs + rules.transcriptTargetMs;
}

/**
 * Requests missing recognitions once the device has permission to talk: pieces of an ended utterance with a deadline,
 * uncommitted pieces of an open microphone speculatively.
 */
export function askOutstanding(step: Step): void {
  if (step.state.permit !== 'held') return;
  const { utterance, listening } = step.state;
  if (utterance !== undefined) {
    const pieces = utterance.pieces.map((piece) =>
      piece.status === 'unasked' || piece.status === 'dropped' ? ask(step, piece, wantedAtMs(step, utterance)) : piece,
    );
    step.set({ utterance: { ...utterance, pieces } });
  }
  if (listening !== undefined) {
    const pieces = listening.pieces.map((piece) =>
      piece.status === 'unasked'
        ? ask(step, piece, piece.committed ? step.nowMs + step.rules.committedTargetMs : undefined)
        : piece,
    );
    step.set({ listening: { ...listening, pieces } });
  }
}

/** Most answers begun before the end in a turn of many pauses, since each that is cancelled costs the model's time. */
const MOST_STARTS = 8;

/**
 * Prepares an answer to the words at a pause while the microphone is open. Does nothing if the last piece is committed,
 * because no event reports that speech continues after it.
 */
export function prepareAnswer(step: Step): void {
  const { pieces = [] } = step.state.listening ?? {};
  if (pieces.at(-1)?.committed !== false || pieces.some((piece) => piece.status !== 'known')) return;
  prepareAnswerTo(step, wordsOf(step, pieces));
}

/**
 * Prepares an answer to the words of the open microphone, unless it is being prepared. Does nothing if another
 * utterance or reply is in progress, because the history lacks it; and in push to talk, where the button ends the turn.
 */
export function prepareAnswerTo(step: Step, text: string): void {
  const { listening, utterance, reply, permit } = step.state;
  if (listening === undefined || listening.mode === 'manual' || permit !== 'held') return;
  if (utterance !== undefined || reply !== undefined) return;
  if (step.state.prepared?.text === text) return;
  cancelPrepared(step);
  if (listening.earlyStarts >= MOST_STARTS) return;
  if (text === '' || isExitUtterance(text, step.rules.exitWords)) return;
  const id = step.state.lastPreparedId + 1;
  step.set({
    lastPreparedId: id,
    prepared: { id, turnId: listening.turnId, sinceMs: step.nowMs, text },
    listening: { ...listening, earlyStarts: listening.earlyStarts + 1 },
  });
  step.emit({ type: 'prepare', preparedId: id, text });
}

/** Cancels the prepared answer: it was for another question. */
export function cancelPrepared(step: Step): void {
  const { prepared } = step.state;
  if (prepared === undefined) return;
  step.set({ prepared: undefined });
  step.emit({ type: 'cancel_prepared', preparedId: prepared.id });
}

/** Preparing failed: the model will be asked when the words are certain, so a longer pause has no purpose. */
export function onPreparationFailed(step: Step, preparedId: number): void {
  if (step.state.prepared?.id !== preparedId) return;
  step.set({ prepared: undefined });
  const { listening } = step.state;
  if (listening?.free === true) endAsJudged(step, listening);
}

/** Ends the turn after the pause that the words require, whatever the model does. */
export function endAsJudged(step: Step, listening: OpenListening): void {
  step.set({ listening: { ...listening, free: false } });
  step.emit({ type: 'require_silence', turnId: listening.turnId, silenceMs: listening.endMs });
}

/** Takes the answer prepared for exactly these words; an answer to other words is cancelled. */
export function takePrepared(step: Step, text: string): Prepared | undefined {
  const { prepared } = step.state;
  if (prepared?.text !== text) {
    cancelPrepared(step);
    return undefined;
  }
  step.set({ prepared: undefined });
  return prepared;
}

/** Runs after every event: cancels a prepared answer whose words are no longer awaited. */
export function dropOrphan(step: Step): void {
  const { prepared, listening, utterance, reply, permit } = step.state;
  if (prepared === undefined) return;
  const waitedFor =
    (listening?.turnId === prepared.turnId && (listening.pieces.length > 0 || listening.partial !== undefined)) ||
    utterance?.pieces.some((piece) => piece.turnId === prepared.turnId) === true;
  if (reply !== undefined || permit !== 'held' || !waitedFor) cancelPrepared(step);
}
