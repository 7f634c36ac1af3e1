import type { OverheardReason } from '../../../records/index.js';
import type { PieceVoice } from '../../../speech/listening/listening-port.js';
import { voiceOf, wordsOf } from '../utterance/pieces.js';
import { callsByName } from './name.js';
import { isMuchQuieter, overheardAs } from './overheard.js';
import { BEFORE, type Piece, type Reply, type Step, type TurnState, type Utterance } from '../state.js';

/** Time after the end of a reply in which its echo may still be heard. */
const ECHO_TAIL_MS = 300;
/** Longest echo of words said before the end of a reply. Longer speech is no echo. */
const LONGEST_TAIL_MS = 1000;
/** Time within which a person answers the device's question, or repeats ignored words. */
const RECENT_MS = 20_000;
/** Weight of a new utterance in the average level of the person's speech. */
const LEVEL_SHARE = 0.3;
/** Shortest speech whose level enters this average. */
const LEAST_LEVEL_MS = 300;

/**
 * The reason why this utterance was probably not said to the device. Undefined in push to talk, for typed words, and
 * for words that continue a question, because these are always for the device.
 */
export function overheard(step: Step, { pieces, trace }: Utterance): OverheardReason | undefined {
  if (trace.mode === 'manual') return undefined;
  if (isUnaddressed(step, pieces)) return 'unaddressed';
  if (!step.rules.ignoreOverheard) return undefined;
  return judge(step, pieces, trace.onsetMs);
}

/** True if the device reacts only to its name, and the recognised words do not contain it. */
export function isUnaddressed(step: Step, pieces: readonly Piece[]): boolean {
  return step.state.onlyByName && !callsByName(wordsOf(step, pieces), step.rules.wakeWords);
}

/** True if words over an answer were probably not said to the device, so that they do not stop it. */
export function isOverheard(step: Step, pieces: readonly Piece[], onsetMs: number | undefined): boolean {
  return step.rules.ignoreOverheard && judge(step, pieces, onsetMs) !== undefined;
}

/** True if speech without known words is too quiet to be meant for the device. */
export function isFarAway({ rules, state }: Step, voice: PieceVoice): boolean {
  return rules.ignoreOverheard && isMuchQuieter(voice, state.usualLevelDb);
}

function judge(step: Step, pieces: readonly Piece[], onsetMs: number | undefined): OverheardReason | undefined {
  const { rules, state, nowMs } = step;
  const voice = voiceOf(pieces);
  if (voice === undefined || pieces.some(({ index }) => index === BEFORE)) return undefined;
  const { said, ignored } = state;
  return overheardAs({
    text: wordsOf(step, pieces),
    language: rules.language,
    voice,
    usualLevelDb: state.usualLevelDb,
    played: playedBefore(state, onsetMs ?? nowMs, voice.speechMs),
    asked: said !== undefined && nowMs - said.untilMs < RECENT_MS && asksSomething(said.text),
    ignored: ignored !== undefined && nowMs - ignored.atMs < RECENT_MS ? ignored.text : undefined,
  });
}

/**
 * The words that the device said while, or just before, speech of this length began at `onsetMs`. The microphone may
 * have heard them.
 */
function playedBefore({ reply, said }: TurnState, onsetMs: number, speechMs: number): string | undefined {
  const now = reply?.playing === true ? reply.sounded.join(' ') : '';
  const leftMs = said === undefined ? -Infinity : said.untilMs - onsetMs;
  const before = leftMs > -ECHO_TAIL_MS && speechMs <= leftMs + LONGEST_TAIL_MS ? (said?.text ?? '') : '';
  const text = `${before} ${now}`.trim();
  return text === '' ? undefined : text;
}

const QUESTION_END = /(?:[?？]|[吗呢吧么][。！.!]?)[\s"'”’）)]*$/u;

/** True if the sentence expects an answer. */
export function asksSomething(text: string): boolean {
  return QUESTION_END.test(text);
}

/** Stores an ignored utterance, and counts it. */
export function noteOverheard(step: Step, reason: OverheardReason, text: string): void {
  step.set({ ignored: { text, atMs: step.nowMs } });
  step.emit({ type: 'count_overheard', reason });
}

/** Updates the usual level of the person's speech with an utterance that is answered. */
export function noteLevel(step: Step, { pieces }: Utterance): void {
  const voice = voiceOf(pieces);
  if (voice === undefined || voice.speechMs < LEAST_LEVEL_MS) return;
  const { usualLevelDb = voice.levelDb } = step.state;
  step.set({ usualLevelDb: usualLevelDb + LEVEL_SHARE * (voice.levelDb - usualLevelDb), ignored: undefined });
}

/** Stores the words of a reply, if it ended with this event. */
export function noteSaid(step: Step, before: Reply | undefined): void {
  if (before === undefined || step.state.reply?.id === before.id || before.sounded.length === 0) return;
  step.set({ said: { text: before.sounded.join(' '), untilMs: step.nowMs } });
}
