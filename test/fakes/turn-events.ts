import { expect } from 'vitest';
import type { TurnEffect, TurnEvent } from '../../src/conversation/turn/events.js';
import { reduce } from '../../src/conversation/turn/reduce.js';
import { DEFAULT_TURN_RULES, type TurnRules } from '../../src/conversation/turn/rules.js';
import { initialState, phaseOf, type Phase, type TurnState } from '../../src/conversation/turn/state.js';
import type { ListeningEvent, ListenMode } from '../../src/speech/listening/listening-port.js';
import { fakeEndpoint } from './fake-endpoint.js';

export const RULES: TurnRules = {
  ...DEFAULT_TURN_RULES,
  language: 'en-US',
  exitWords: ['bye'],
  wakeWords: ['hi esp'],
  endpoint: fakeEndpoint(),
};

export const STATS = {
  packets: 1,
  bytes: 90,
  underruns: 0,
  underrunMs: 0,
  firstAudioMs: 1,
  cachedSentences: 0,
  sentences: 1,
  musicMs: 0,
};
export const pcm = new Int16Array(1);
export const start = (mode: ListenMode = 'auto'): TurnEvent => ({ type: 'listen_start', mode });
export const heard = (event: ListeningEvent): TurnEvent => ({ type: 'heard', event });
export const speech = (turnId = 1): TurnEvent => heard({ type: 'speech_started', turnId, atMs: 300 });
export const barge = (turnId: number): TurnEvent => heard({ type: 'barge_in', turnId, atMs: 3500 });
export const silent = (atMs: number): TurnEvent => heard({ type: 'still_silent', turnId: 1, atMs });
export const PIECE = {
  type: 'piece',
  turnId: 1,
  index: 0,
  revision: 0,
  pcm,
  startMs: 0,
  endMs: 900,
  committed: false,
} as const;
export const piece = (turnId = 1, committed = false): TurnEvent => heard({ ...PIECE, turnId, committed });
export const ended = (turnId = 1, pieces = 1): TurnEvent =>
  heard({
    type: 'utterance_ended',
    turnId,
    pieces,
    lastRevision: 0,
    reason: 'silence',
    speechEndMs: 900,
    decidedMs: 1500,
  });
export const text = (words: string, requestId = 1): TurnEvent => ({
  type: 'recognised',
  requestId,
  recognition: { text: words, asr: 'm', waitMs: 1, runMs: 2, punctuationMeansEnd: true },
});
export const noText = (code?: 'asr.failed', requestId = 1): TurnEvent => ({
  type: 'recognition_failed',
  requestId,
  code,
});
export const say = (words: string, replyId = 1): TurnEvent => ({
  type: 'part',
  replyId,
  part: { type: 'speech', text: words },
});
export const voice = (type: 'first_packet' | 'finished' | 'failed', replyId = 1): TurnEvent => ({
  type: 'speaking',
  replyId,
  event:
    type === 'first_packet'
      ? { type, atMs: 0 }
      : type === 'finished'
        ? { type, stats: STATS }
        : { type, code: 'tts.failed', stats: STATS },
});
export const end: TurnEvent = { type: 'part', replyId: 1, part: { type: 'end' } };
export const timer = (name: Extract<TurnEvent, { type: 'timer' }>['name']): TurnEvent => ({ type: 'timer', name });
export const WAITING: TurnEvent = { type: 'part', replyId: 1, part: { type: 'waiting' } };
export const SOUNDS: TurnEvent = {
  type: 'speaking',
  replyId: 1,
  event: { type: 'sentence', index: 0, text: 'One moment.' },
};
export const admitted: TurnEvent = { type: 'admitted' };
export const abort: TurnEvent = { type: 'abort' };

/** For each phase, the events that lead to it. They are one second apart. */
export const listening = [start()];
export const hearing = [...listening, speech(), admitted];
export const recognising = [...hearing, piece(), ended()];
export const thinking = [...recognising, text('hello')];
export const speaking = [...thinking, say('Hi.'), voice('first_packet')];
export const realtime = [
  start('realtime'),
  speech(),
  admitted,
  piece(),
  ended(),
  text('hello'),
  say('Hi.'),
  voice('first_packet'),
];
export const closing = [...recognising, text('Bye!')];
/** The rules for this are {@link GUESSING}. */
export const prepared = [...hearing, piece(), text('hello')];
export const GUESSING: Partial<TurnRules> = { speculative: true };

/** Describes an effect in a few words. */
export function word(effect: TurnEffect): string {
  switch (effect.type) {
    case 'send':
      return effect.message.type === 'tts' ? `tts ${effect.message.state}` : effect.message.type;
    case 'start_timer':
      return `+${effect.name}`;
    case 'cancel_timer':
      return `-${effect.name}`;
    case 'begin_listening':
      return `listen ${effect.turn.mode}`;
    case 'recognise':
      return effect.deadlineMs === undefined ? 'recognise speculatively' : 'recognise';
    case 'count_speculation':
      return `speculation ${effect.result}`;
    case 'turn_ended':
      return `turn ${effect.record.outcome}`;
    case 'stop_reply':
      return `stop reply${effect.record === undefined ? '' : `, turn ${effect.record.outcome}`}`;
    case 'converse':
      return effect.preparedId === undefined ? 'converse' : 'converse prepared';
    case 'close':
      return `close: ${effect.reason}`;
    default:
      return effect.type.replaceAll('_', ' ');
  }
}

export function after(events: readonly TurnEvent[], rules = RULES): { state: TurnState; nowMs: number } {
  let nowMs = 0;
  let { state } = reduce(rules, initialState(0), { type: 'opened' }, 0);
  for (const event of events) {
    nowMs += 1000;
    ({ state } = reduce(rules, state, event, nowMs));
  }
  return { state, nowMs };
}

export type Row = readonly [
  name: string,
  given: readonly TurnEvent[],
  event: TurnEvent,
  effects: readonly string[],
  then: Phase,
  rules?: Partial<TurnRules>,
];

export const OPEN = ['tts start', 'open reply', '+stalled'];
/** Effects if the microphone had stayed open because the person might continue. */
export const CLOSE = ['tts start', 'end listening', 'open reply', '+stalled'];
/** Effects if the person may still continue after the end of the turn. */
export const WAIT = ['+repair', 'open reply', '+stalled'];
export const PHRASE = ['say', 'end reply'];

/** Turns each row into its name and the arguments of {@link expectReduced}. */
export const casesOf = (rows: readonly Row[]) =>
  rows.map(
    ([name, given, event, effects, then, changes]) =>
      [name, given, event, effects, then, { ...RULES, ...changes }] as const,
  );

/** Expects that the event, one second after the others, has these effects and leads to this phase. */
export function expectReduced(
  given: readonly TurnEvent[],
  event: TurnEvent,
  effects: readonly string[],
  then: Phase,
  rules: TurnRules,
): void {
  const { state, nowMs } = after(given, rules);
  const result = reduce(rules, state, event, nowMs + 1000);
  expect(result.effects.map(word)).toEqual(effects);
  expect(phaseOf(result.state)).toBe(then);
}
