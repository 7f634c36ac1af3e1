import type { ListeningEvent } from '../../../speech/listening/listening-port.js';
import type { Recognition } from '../../../speech/recognition/recognizer-port.js';
import { isFarAway, isOverheard } from '../addressee/addressee.js';
import { countWords } from '../../session/phrases.js';
import { dropSoFar } from '../utterance/listening.js';
import { ask, pieceOf, voiceOf, wordsOf } from '../utterance/pieces.js';
import { isCutOff, takeBack } from './cut-off.js';
import { isBackchannel, isMusicCommand, maybeBackchannel } from './signs-of-listening.js';
import { interrupt } from '../reply/stopping.js';
import type { OpenListening, Piece, Reply, Step } from '../state.js';

/**
 * Longer speech over an answer counts as intended, unless a recogniser looks for its words. A series of coughs is over
 * by then.
 */
const GOES_ON_MS = 900;
/** Longest time for which an answer is held. Afterwards {@link onInterruptionTimer} decides. */
const UNDECIDED_MS = 1_500;

/** Pauses a playing answer or music until it is clear whether the speech interrupts it. Other replies end at once. */
export function onBargeIn(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined || reply.heldMs !== undefined) return;
  const held = (reply.kind === 'answer' || reply.kind === 'music') && reply.playing && !reply.finishing;
  if (!held) interrupt(step, 'interrupted', { flush: true });
  else hold(step, reply);
}

export function onWordsBeforeAnswer(step: Step): void {
  const { reply } = step.state;
  if (reply?.kind === 'answer' && reply.voiced && !reply.playing && reply.heldMs === undefined) hold(step, reply);
}

function hold(step: Step, reply: Reply): void {
  dropSoFar(step);
  const { listening } = step.state;
  if (listening !== undefined) step.set({ listening: { ...listening, soFar: undefined } });
  step.setReply({ heldMs: step.nowMs });
  step.emit({ type: 'hold_reply', replyId: reply.id });
  step.startTimer('interruption', GOES_ON_MS);
}

/** At a pause, the recognised words decide whether the answer continues. */
export function onPauseOverAnswer(step: Step): void {
  dropSoFar(step);
  const { reply } = step.state;
  if (reply?.heldMs !== undefined) waitUndecided(step, reply.heldMs);
}

export function onMoreOverAnswer(step: Step): void {
  const { heldMs } = step.state.reply ?? {};
  if (heldMs !== undefined) step.startTimer('interruption', Math.min(GOES_ON_MS, heldMs + UNDECIDED_MS - step.nowMs));
}

function waitUndecided(step: Step, heldMs: number): void {
  step.startTimer('interruption', heldMs + UNDECIDED_MS - step.nowMs);
}

type SoFarEvent = Extract<ListeningEvent, { readonly type: 'speech_so_far' }>;

/**
 * The sound may be a cry or a hum, so its words are requested. A sound from far away is probably a television, so the
 * answer continues.
 */
export function onSpeechSoFar(step: Step, listening: OpenListening, { turnId, pcm, voice }: SoFarEvent): void {
  const { reply, permit } = step.state;
  if (!mayStop(reply)) return;
  if (isFarAway(step, voice)) {
    resume(step);
    return;
  }
  if (permit !== 'held' || listening.soFar?.piece.status === 'asked') return;
  const index = (listening.pieces.at(-1)?.index ?? 0) + 1;
  const piece = pieceOf(
    { type: 'piece', turnId, index, revision: 0, pcm, voice, startMs: 0, endMs: 0, committed: false },
    step.nowMs,
  );
  const soFar = { piece: ask(step, piece, undefined), wordless: listening.soFar?.wordless ?? false };
  step.set({ listening: { ...listening, soFar } });
}

/**
 * An undefined `result` means that the recognition failed or was cancelled. Returns false if the request had another
 * purpose.
 */
export function onSoFarRecognised(step: Step, requestId: number, result: Recognition | undefined): boolean {
  const { listening, reply } = step.state;
  const { soFar } = listening ?? {};
  if (listening === undefined || soFar?.piece.requestId !== requestId || soFar.piece.status !== 'asked') return false;
  if (result === undefined) {
    step.emit({ type: 'count_speculation', result: 'dropped', runMs: undefined });
    step.set({ listening: { ...listening, soFar: { ...soFar, piece: { ...soFar.piece, status: 'dropped' } } } });
    return true;
  }
  const piece = { ...soFar.piece, status: 'known', result } as const;
  step.emit({ type: 'count_speculation', result: 'used', runMs: result.runMs });
  step.set({ listening: { ...listening, soFar: { piece, wordless: true } } });
  if (!mayStop(reply)) return true;
  if (interrupts(step, reply, [...listening.pieces, piece], listening.onsetMs ?? step.nowMs)) takeOver(step);
  return true;
}

/** True for an answer that words can still stop. */
function mayStop(reply: Reply | undefined): reply is Reply {
  return reply?.kind === 'answer' && !reply.finishing && (reply.playing || reply.heldMs !== undefined);
}

export function onWordsOverAnswer(step: Step, listening: OpenListening): void {
  const { reply } = step.state;
  // Words can interrupt only after a sound over the answer. The sound has held the answer, or its words were requested.
  if (!mayStop(reply) || (reply.heldMs === undefined && listening.soFar === undefined)) return;
  if (interrupts(step, reply, listening.pieces, listening.onsetMs ?? step.nowMs)) takeOver(step);
}

/**
 * Silence, or a sound without words, does not interrupt. If no recogniser has looked for words, a person who is still
 * speaking interrupts.
 */
export function onInterruptionTimer(step: Step): void {
  const { listening, reply } = step.state;
  if (reply?.heldMs === undefined) return;
  const speaking = listening?.speaking === true && listening.pieces.at(-1)?.committed !== false;
  const { piece, wordless = false } = listening?.soFar ?? {};
  if (speaking && (wordless || piece?.status === 'asked') && step.nowMs < reply.heldMs + UNDECIDED_MS)
    waitUndecided(step, reply.heldMs);
  else if (speaking && !wordless) takeOver(step);
  else resume(step);
}

/**
 * A short word that continues the question stops the answer. Elsewhere such a word may be a misheard "uh-huh". Nobody
 * says "uh-huh" over music, so a command to the player may be short.
 */
export function interrupts(step: Step, reply: Reply, pieces: readonly Piece[], onsetMs: number): boolean {
  const text = wordsOf(pieces);
  const commanded = reply.plays && !reply.conversing && isMusicCommand(text);
  if (!commanded && (isBackchannel(text) || countWords(text) < step.rules.interruptWords)) return false;
  if (isOverheard(step, pieces, onsetMs)) return false;
  const voice = voiceOf(pieces);
  return commanded || voice === undefined || isCutOff(step, reply, onsetMs) || !maybeBackchannel(text, voice);
}

export function resume(step: Step): void {
  const { reply } = step.state;
  if (reply?.heldMs === undefined) return;
  step.cancelTimer('interruption');
  step.setReply({ heldMs: undefined });
  step.emit({ type: 'go_on', replyId: reply.id });
  step.emit({ type: 'count_barge_in', result: 'ignored' });
}

/** Ends the answer while the person may still be speaking. Words that continue the question are joined to it. */
function takeOver(step: Step): void {
  const { reply, listening } = step.state;
  if (reply === undefined) return;
  if (listening?.onsetMs !== undefined && isCutOff(step, reply, listening.onsetMs)) {
    takeBack(step);
    return;
  }
  step.emit({ type: 'count_barge_in', result: 'interrupted' });
  interrupt(step, 'interrupted', { flush: true });
}
