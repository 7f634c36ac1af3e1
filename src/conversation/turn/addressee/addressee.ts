import type { OverheardReason } from '../../../records/index.js';
import type { PieceVoice } from '../../../speech/listening/listening-port.js';
import { voiceOf, wordsOf } from '../utterance/pieces.js';
import { callsByName } from './name.js';
import { isMuchQuieter, overheardAs } from './overheard.js';
import { BEFORE, type Piece, type Reply, type Step, type TurnState, type Utterance } from '../state.js';

/** After the end of a reply its last echo may still come. */
const ECHO_TAIL_MS = 300;
/** Speech that goes on for longer than this after the end of a reply is not its echo. */
const LONGEST_TAIL_MS = 1000;
/** A person answers the device's question, or repeats words that were ignored, within this time. */
const RECENT_MS = 20_000;
/** Weight of a new utterance in the usual level of the person who talks. */
const LEVEL_SHARE = 0.3;
/** Shortest speech from which the level is learned. */
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

/** True if the device is called only by its name, and its name is not among the words that are known. */
export function isUnaddressed(step: Step, pieces: readonly Piece[]): boolean {
  return step.state.onlyByName && !callsByName(wordsOf(step, pieces), step.rules.wakeWords);
}

/** True if words over an answer were probably not said to the device; they do not stop it. */
export function isOverheard(step: Step, pieces: readonly Piece[], onsetMs: number | undefined): boolean {
  return step.rules.ignoreOverheard && judge(step, pieces, onsetMs) !== undefined;
}

/** True if speech whose words are not known is too quiet to be for the device. */
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
 * Words of the device while or just before speech of this length began at `onsetMs`. The microphone may have heard
 * them.
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

/** Remembers an utterance that was ignored, and counts it. */
export function noteOverheard(step: Step, reason: OverheardReason, text: string): void {
  step.set({ ignored: { text, atMs: step.nowMs } });
  step.emit({ type: 'count_overheard', reason });
}

/** Learns the usual level of the person who talks from an utterance that is answered. */
export function noteLevel(step: Step, { pieces }: Utterance): void {
  const voice = voiceOf(pieces);
  if (voice === undefined || voice.speechMs < LEAST_LEVEL_MS) return;
  const { usualLevelDb = voice.levelDb } = step.state;
  step.set({ usualLevelDb: usualLevelDb + LEVEL_SHARE * (voice.levelDb - usualLevelDb), ignored: undefined });
}

/** Remembers the words of a reply that has ended with this event. */
export function noteSaid(step: Step, before: Reply | undefined): void {
  if (before === undefined || step.state.reply?.id === before.id || before.sounded.length === 0) return;
  step.set({ said: { text: before.sounded.join(' '), untilMs: step.nowMs } });
}
