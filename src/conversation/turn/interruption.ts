import { isOwnEcho } from './addressee.js';
import { countWords } from '../session/phrases.js';
import { voiceOf, wordsOf } from './listening.js';
import { isCutOff, takeBack } from './cut-off.js';
import { isBackchannel, maybeBackchannel } from './signs-of-listening.js';
import { interrupt } from './stopping.js';
import type { OpenListening, Piece, Reply, Step } from './state.js';

/**
 * Speech that lasts this long after its detection is intended: a series of coughs is over by then. The answer is silent
 * meanwhile, so nobody waits for this decision.
 */
const GOES_ON_MS = 900;
/** After this time it is clear whether words were said; the answer waits no longer. */
const UNDECIDED_MS = 1_500;

/** Speech over a reply. A playing answer is held until words show that they interrupt it; other replies end at once. */
export function onBargeIn(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined || reply.heldMs !== undefined) return;
  if (reply.kind !== 'answer' || !reply.playing || reply.finishing) interrupt(step, 'interrupted', { flush: true });
  else hold(step, reply);
}

/** The person continues to speak while the answer is about to start: it is not played over the speech. */
export function onWordsBeforeAnswer(step: Step): void {
  const { reply } = step.state;
  if (reply?.kind === 'answer' && reply.voiced && !reply.playing && reply.heldMs === undefined) hold(step, reply);
}

function hold(step: Step, reply: Reply): void {
  step.setReply({ heldMs: step.nowMs });
  step.emit({ type: 'hold_reply', replyId: reply.id });
  step.startTimer('interruption', GOES_ON_MS);
}

/** The person pauses: waits for the words, which decide. */
export function onPauseOverAnswer(step: Step): void {
  const { reply } = step.state;
  if (reply?.heldMs !== undefined) step.startTimer('interruption', reply.heldMs + UNDECIDED_MS - step.nowMs);
}

export function onMoreOverAnswer(step: Step): void {
  if (step.state.reply?.heldMs !== undefined) step.startTimer('interruption', GOES_ON_MS);
}

/** The words from the open microphone are known: they may stop a held answer. */
export function onWordsOverAnswer(step: Step, listening: OpenListening): void {
  const { reply } = step.state;
  if (reply?.heldMs === undefined) return;
  if (interrupts(step, reply, listening.pieces, listening.onsetMs ?? step.nowMs)) takeOver(step);
}

/** The time is up. A person who still speaks interrupts; silence without words was only a sound. */
export function onInterruptionTimer(step: Step): void {
  const { listening, reply } = step.state;
  if (reply?.heldMs === undefined) return;
  if (listening?.speaking === true && listening.pieces.at(-1)?.committed !== false) takeOver(step);
  else resume(step);
}

/**
 * True if these words, said over an answer since `onsetMs`, are meant to stop it. Any short word ("today") may continue
 * the question.
 */
export function interrupts(step: Step, reply: Reply, pieces: readonly Piece[], onsetMs: number): boolean {
  const text = wordsOf(step, pieces);
  if (isBackchannel(text) || countWords(text) < step.rules.interruptWords) return false;
  if (isOwnEcho(step, pieces, onsetMs)) return false;
  const voice = voiceOf(pieces);
  return voice === undefined || isCutOff(step, reply, onsetMs) || !maybeBackchannel(text, voice);
}

/** Continues a held answer with its next packet. */
export function resume(step: Step): void {
  const { reply } = step.state;
  if (reply?.heldMs === undefined) return;
  step.cancelTimer('interruption');
  step.setReply({ heldMs: undefined });
  step.emit({ type: 'go_on', replyId: reply.id });
  step.emit({ type: 'count_barge_in', result: 'ignored' });
}

/** Stops the answer while the interrupting words are not complete yet. */
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
