import type { ListeningEvent, PieceVoice } from '../../../speech/listening/listening-port.js';
import { joinText } from '../../../core/index.js';
import { BEFORE, type Piece, type Step, type Utterance } from '../state.js';

export function wordsOf(pieces: readonly Piece[]): string {
  return joinText(pieces.map(({ result }) => result?.text ?? ''));
}

/** Undefined if a piece was not measured, or if there is no speech. */
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

export function ask(step: Step, piece: Piece, deadlineMs: number | undefined): Piece {
  const requestId = step.state.lastRequestId + 1;
  step.set({ lastRequestId: requestId });
  step.emit({ type: 'recognise', requestId, pcm: piece.pcm, deadlineMs });
  return { ...piece, status: 'asked', requestId, speculative: deadlineMs === undefined };
}

function confirmGuess(step: Step, { status, speculative, requestId }: Piece, withinMs: number): void {
  if (status === 'asked' && speculative && requestId !== undefined)
    step.emit({ type: 'confirm_recognition', requestId, deadlineMs: step.nowMs + withinMs });
}

/** The person continues. The text is needed, but not at once. */
export function commit(step: Step, piece: Piece): Piece {
  confirmGuess(step, piece, step.rules.committedTargetMs);
  return {
    ...piece,
    committed: true,
    ...(piece.status === 'dropped' && { status: 'unasked' as const, speculative: false, requestId: undefined }),
  };
}

export function confirm(step: Step, pieces: readonly Piece[]): void {
  for (const piece of pieces) confirmGuess(step, piece, step.rules.transcriptTargetMs);
}

/** Cancels the recognitions of these pieces, and counts speculative ones as wasted. */
export function discard(step: Step, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (piece.status === 'asked' && piece.requestId !== undefined)
      step.emit({ type: 'cancel_recognition', requestId: piece.requestId });
    if (piece.speculative && (piece.status === 'asked' || piece.status === 'known'))
      step.emit({ type: 'count_speculation', result: 'wasted', runMs: piece.result?.runMs });
  }
}

/** Counts from the end of the utterance, so a turn that waited for admission goes first. */
export function wantedAtMs({ rules }: Step, { trace }: Utterance): number {
  return trace.endedMs + rules.transcriptTargetMs;
}

/**
 * Does nothing before admission. While the microphone is open, uncommitted pieces are recognised speculatively, without
 * a deadline.
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
