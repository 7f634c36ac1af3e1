import type { OverheardReason } from '../../../records/index.js';
import type { PieceVoice } from '../../../speech/listening/listening-port.js';
import { voiceOf, wordsOf } from '../utterance/pieces.js';
import { callsByName } from './name.js';
import { isMuchQuieter, overheardAs } from './overheard.js';
import { BEFORE, type Piece, type Reply, type Step, type TurnState, type Utterance } from '../state.js';

/** The microphone may hear the echo for this time after a reply. */
const ECHO_TAIL_MS = 300;
/** Speech that continues for longer than this after a reply is no echo. */
const LONGEST_TAIL_MS = 1000;
/** Words within this time may answer the device's question, or repeat ignored words. */
const RECENT_MS = 20_000;
const LEVEL_SHARE = 0.3;
/** Shorter speech does not change the average level. */
const LEAST_LEVEL_MS = 300;

/** Undefined if the device should answer. Push to talk and typed words are always for the device. */
export function overheard(step: Step, { pieces, trace }: Utterance): OverheardReason | undefined {
  if (trace.mode === 'manual') return undefined;
  if (isUnaddressed(step, pieces)) return 'unaddressed';
  if (!step.rules.ignoreOverheard) return undefined;
  return judge(step, pieces, trace.onsetMs);
}

export function isUnaddressed(step: Step, pieces: readonly Piece[]): boolean {
  return step.state.onlyByName && !callsByName(wordsOf(pieces), step.rules.wakeWords);
}

/** True if words over an answer were probably not said to the device. */
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
    text: wordsOf(pieces),
    language: rules.language,
    voice,
    usualLevelDb: state.usualLevelDb,
    played: playedBefore(state, onsetMs ?? nowMs, voice.speechMs),
    asked: said !== undefined && nowMs - said.untilMs < RECENT_MS && said.asks,
    ignored: ignored !== undefined && nowMs - ignored.atMs < RECENT_MS ? ignored.text : undefined,
  });
}

/** Returns the device's own words that the microphone may have heard. */
function playedBefore({ reply, said }: TurnState, onsetMs: number, speechMs: number): string | undefined {
  const now = reply?.playing === true ? reply.sounded.join(' ') : '';
  const leftMs = said === undefined ? -Infinity : said.untilMs - onsetMs;
  const before = leftMs > -ECHO_TAIL_MS && speechMs <= leftMs + LONGEST_TAIL_MS ? (said?.text ?? '') : '';
  const text = `${before} ${now}`.trim();
  return text === '' ? undefined : text;
}

const QUESTION_END = /(?:[?？]|[吗呢吧么][。！.!]?)[\s"'”’）)]*$/u;

export function asksSomething(text: string): boolean {
  return QUESTION_END.test(text);
}

export function noteOverheard(step: Step, reason: OverheardReason, text: string): void {
  step.set({ ignored: { text, atMs: step.nowMs } });
  step.emit({ type: 'count_overheard', reason });
}

/** Call it for an utterance that is answered. */
export function noteLevel(step: Step, { pieces }: Utterance): void {
  const voice = voiceOf(pieces);
  if (voice === undefined || voice.speechMs < LEAST_LEVEL_MS) return;
  const { usualLevelDb = voice.levelDb } = step.state;
  step.set({ usualLevelDb: usualLevelDb + LEVEL_SHARE * (voice.levelDb - usualLevelDb), ignored: undefined });
}

export function noteSaid(step: Step, before: Reply | undefined): void {
  if (before === undefined || step.state.reply?.id === before.id || before.sounded.length === 0) return;
  const text = before.sounded.join(' ');
  step.set({ said: { text, asks: before.asks || asksSomething(text), untilMs: step.nowMs } });
}
