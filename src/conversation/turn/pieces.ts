import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import type { Piece, Utterance } from './state.js';
import type { Step } from './step.js';

type PieceEvent = Extract<ListeningEvent, { readonly type: 'piece' }>;

export function pieceOf(event: PieceEvent): Piece {
  const { turnId, index, revision, pcm, committed } = event;
  return {
    turnId,
    index,
    revision,
    pcm,
    committed,
    status: 'unasked',
    requestId: undefined,
    speculative: false,
    result: undefined,
  };
}

/** Requests the text of a piece and returns the piece as it is then. */
export function ask(step: Step, piece: Piece, deadlineMs: number | undefined): Piece {
  const requestId = step.state.lastRequestId + 1;
  step.set({ lastRequestId: requestId });
  step.emit({ type: 'recognise', requestId, pcm: piece.pcm, deadlineMs });
  return { ...piece, status: 'asked', requestId, speculative: deadlineMs === undefined };
}

/** What was asked on a guess about this piece is wanted by a deadline now. */
function confirmGuess(step: Step, { status, speculative, requestId }: Piece, withinMs: number): void {
  if (status === 'asked' && speculative && requestId !== undefined)
    step.emit({ type: 'confirm_recognition', requestId, deadlineMs: step.nowMs + withinMs });
}

/** The speech goes on behind this piece: it is part of what is said, and its text is wanted, though not at once. */
export function commit(step: Step, piece: Piece): Piece {
  confirmGuess(step, piece, step.rules.committedTargetMs);
  return {
    ...piece,
    committed: true,
    ...(piece.status === 'dropped' && { status: 'unasked' as const, speculative: false, requestId: undefined }),
  };
}

/** The utterance has ended with these pieces: what is being worked on is wanted by a deadline now. */
export function confirm(step: Step, pieces: readonly Piece[]): void {
  for (const piece of pieces) confirmGuess(step, piece, step.rules.transcriptTargetMs);
}

/** What was asked about these pieces is no longer of interest. */
export function discard(step: Step, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (piece.status === 'asked' && piece.requestId !== undefined)
      step.emit({ type: 'cancel_recognition', requestId: piece.requestId });
    if (piece.speculative && (piece.status === 'asked' || piece.status === 'known'))
      step.emit({ type: 'count_speculation', result: 'wasted', runMs: piece.result?.runMs });
  }
}

/** Wanted so long after the last word was over, not after leave to talk came: who has waited for it goes first. */
export function wantedAtMs({ rules }: Step, { trace }: Utterance): number {
  return trace.endedMs + rules.transcriptTargetMs;
}

/**
 * Asks for what is not asked yet, once the device has leave to talk: pieces of an ended utterance by a deadline, those of
 * an open ear speculatively, unless they are committed.
 */
export function askOutstanding(step: Step): void {
  if (step.state.permit !== 'held') return;
  const { utterance, ear } = step.state;
  if (utterance !== undefined) {
    const pieces = utterance.pieces.map((piece) =>
      piece.status === 'unasked' || piece.status === 'dropped' ? ask(step, piece, wantedAtMs(step, utterance)) : piece,
    );
    step.set({ utterance: { ...utterance, pieces } });
  }
  if (ear !== undefined) {
    const pieces = ear.pieces.map((piece) =>
      piece.status === 'unasked'
        ? ask(step, piece, piece.committed ? step.nowMs + step.rules.committedTargetMs : undefined)
        : piece,
    );
    step.set({ ear: { ...ear, pieces } });
  }
}
