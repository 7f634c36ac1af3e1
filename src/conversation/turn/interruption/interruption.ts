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
 * Speech over an answer that lasts this long after its detection is regarded as intended, even if its words are not
 * known yet. A series of coughs is over by then. The answer is silent meanwhile, so this wait delays nobody.
 */
const GOES_ON_MS = 900;
/** Longest time for which an answer is held until words are recognised. If none have come by then, it continues. */
const UNDECIDED_MS = 1_500;

/**
 * Handles speech over a reply. A playing answer or music is held until words show that they interrupt it. Other replies
 * end at once.
 */
export function onBargeIn(step: Step): void {
  const { reply } = step.state;
  if (reply === undefined || reply.heldMs !== undefined) return;
  const held = (reply.kind === 'answer' || reply.kind === 'music') && reply.playing && !reply.finishing;
  if (!held) interrupt(step, 'interrupted', { flush: true });
  else hold(step, reply);
}

/** Holds an answer that is about to begin while the person continues, so that it does not play over the person. */
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

/** Handles a pause of the person. The recognised words then decide whether the answer goes on. */
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
 * Handles a sound over an answer that still plays. The sound may be a cry or a hum, so its words are requested
 * speculatively. A sound from far away is probably a television, so the answer continues.
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
 * Handles the words of the speech so far; undefined: there are none. Words either stop the answer or are ignored.
 * False: the request had another purpose.
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

/** True for an answer that words can still stop: it is playing or held. */
function mayStop(reply: Reply | undefined): reply is Reply {
  return reply?.kind === 'answer' && !reply.finishing && (reply.playing || reply.heldMs !== undefined);
}

/** Handles words heard through the open microphone, which may stop the answer. */
export function onWordsOverAnswer(step: Step, listening: OpenListening): void {
  const { reply } = step.state;
  // Words matter only if a sound over the answer came first: it holds the answer, or its words were requested.
  if (!mayStop(reply) || (reply.heldMs === undefined && listening.soFar === undefined)) return;
  if (interrupts(step, reply, listening.pieces, listening.onsetMs ?? step.nowMs)) takeOver(step);
}

/**
 * Handles the end of the wait for words. Silence, or a sound without words, does not interrupt. If no recogniser has
 * looked for words, a person who is still speaking interrupts.
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
 * True if these words, said over an answer since `onsetMs`, are meant to stop it. A short word ("today") that continues
 * the question counts, although elsewhere it may be a misheard "uh-huh". Over music nobody says "uh-huh", so a command
 * to the player needs no minimum number of words.
 */
export function interrupts(step: Step, reply: Reply, pieces: readonly Piece[], onsetMs: number): boolean {
  const text = wordsOf(step, pieces);
  const commanded = reply.plays && !reply.conversing && isMusicCommand(text);
  if (!commanded && (isBackchannel(text) || countWords(text) < step.rules.interruptWords)) return false;
  if (isOverheard(step, pieces, onsetMs)) return false;
  const voice = voiceOf(pieces);
  return commanded || voice === undefined || isCutOff(step, reply, onsetMs) || !maybeBackchannel(text, voice);
}

/** Continues a held answer after the last packet sent. */
export function resume(step: Step): void {
  const { reply } = step.state;
  if (reply?.heldMs === undefined) return;
  step.cancelTimer('interruption');
  step.setReply({ heldMs: undefined });
  step.emit({ type: 'go_on', replyId: reply.id });
  step.emit({ type: 'count_barge_in', result: 'ignored' });
}

/** Stops the answer before the words that interrupt it are complete. */
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
