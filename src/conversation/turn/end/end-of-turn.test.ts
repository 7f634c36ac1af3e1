import { expect, it } from 'vitest';
import { createEndpointPolicy } from '../../../speech/listening/endpointing/endpoint.js';
import type { Prosody } from '../../../speech/listening/endpointing/prosody-port.js';
import type { ListeningEvent } from '../../../speech/listening/listening-port.js';
import type { TurnEffect, TurnEvent } from '../events.js';
import { reduce } from '../reduce.js';
import { DEFAULT_TURN_RULES, type TurnRules } from '../rules.js';
import { initialState, type TurnState } from '../state.js';

const RULES: TurnRules = {
  ...DEFAULT_TURN_RULES,
  language: 'en-US',
  exitWords: [],
  wakeWords: [],
  endpoint: createEndpointPolicy({ patience: 'normal' }),
  prosody: true,
};
const FINISHED = 'It is my birthday today.';
const RECOGNITION_MS = 100;

class Pause {
  nowMs = 0;
  state: TurnState = initialState(0);

  constructor(
    text: string,
    private readonly rules: TurnRules = RULES,
    mode: 'auto' | 'manual' = 'auto',
    known: Partial<TurnState> = {},
  ) {
    this.state = { ...this.state, ...known };
    this.do({ type: 'opened' });
    this.do({ type: 'listen_start', mode });
    this.hear({ type: 'speech_started', turnId: 1, atMs: 0 });
    this.do({ type: 'admitted' });
    this.nowMs = 2000;
    this.piece(Int16Array.of(1, 2));
    this.nowMs += RECOGNITION_MS;
    this.words = this.do(this.text(text));
  }

  readonly words: readonly TurnEffect[];

  do(event: TurnEvent): readonly TurnEffect[] {
    const { state, effects } = reduce(this.rules, this.state, event, this.nowMs);
    this.state = state;
    return effects;
  }

  hear(event: ListeningEvent): readonly TurnEffect[] {
    return this.do({ type: 'heard', event });
  }

  piece(pcm: Int16Array, index = 0): void {
    const piece = { turnId: 1, index, revision: 0, pcm, startMs: 0, endMs: 900, committed: false } as const;
    this.hear({ type: 'piece', ...piece });
  }

  text(text: string, requestId = 1): TurnEvent {
    const recognition = { text, asr: 'm', waitMs: 1, runMs: 2, punctuationMeansEnd: true };
    return { type: 'recognised', requestId, recognition };
  }

  verdict(prosody: Prosody | undefined, afterMs = 70, requestId = 1): readonly TurnEffect[] {
    this.nowMs += afterMs;
    return this.do({ type: 'prosody', requestId, prosody });
  }
}

const asked = (effects: readonly TurnEffect[]): readonly TurnEffect[] =>
  effects.filter(({ type }) => type === 'judge_prosody');
const silences = (effects: readonly TurnEffect[]): readonly number[] =>
  effects.flatMap((effect) => (effect.type === 'require_silence' ? [effect.silenceMs] : []));

it('asks about the voice if the words look finished, and sends the speech so far', () => {
  const pause = new Pause(FINISHED);
  expect(asked(pause.words)).toEqual([{ type: 'judge_prosody', requestId: 1, pcm: Int16Array.of(1, 2) }]);
  expect(silences(pause.words)).toEqual([350]);
});

it.each([
  ['complete', 350],
  ['incomplete', 1300],
  ['broken_off', 1600],
  [undefined, 350],
] as const)('a verdict of %s makes the pause %d ms', (prosody, silenceMs) => {
  const effects = new Pause(FINISHED).verdict(prosody);
  expect(silences(effects)).toEqual([silenceMs]);
  expect(asked(effects)).toEqual([]);
});

it('does not ask if the verdict cannot change the wait', () => {
  expect(asked(new Pause('It is my birthday').words)).toHaveLength(1);
  expect(asked(new Pause('It is my birthday and').words)).toEqual([]);
  expect(asked(new Pause('').words)).toEqual([]);
  expect(asked(new Pause('我的生日和', { ...RULES, language: 'zh-CN' }).words)).toEqual([]);
  expect(asked(new Pause(FINISHED, { ...RULES, prosody: false }).words)).toEqual([]);
  expect(asked(new Pause(FINISHED, RULES, 'manual').words)).toEqual([]);
  // This person's pauses already require the longest wait.
  expect(asked(new Pause(FINISHED, RULES, 'auto', { ownPauseMs: 1600 }).words)).toEqual([]);
});

it('waits for the verdict before the turn may end, but no longer than the limit', () => {
  const rules = { ...RULES, prosodyWaitMs: 150 };
  const pause = new Pause(FINISHED, rules);
  // The words come 100 ms after the piece, which comes after 128 ms of silence.
  expect(silences(pause.words)).toEqual([128 + RECOGNITION_MS + 150]);
  expect(silences(pause.verdict(undefined))).toEqual([350]);
});

it('accepts one verdict per pause, and none once the pause is over', () => {
  const pause = new Pause(FINISHED);
  expect(pause.verdict('incomplete', 70, 2)).toEqual([]);
  pause.verdict('complete');
  expect(pause.verdict('incomplete')).toEqual([]);

  const resumed = new Pause(FINISHED);
  resumed.hear({ type: 'speech_resumed', turnId: 1, atMs: 2300 });
  expect(resumed.verdict('incomplete')).toEqual([]);

  const over = new Pause(FINISHED);
  const end = { pieces: 1, lastRevision: 0, reason: 'silence', speechEndMs: 1872, decidedMs: 2222 } as const;
  over.hear({ type: 'utterance_ended', turnId: 1, ...end });
  expect(over.verdict('incomplete')).toEqual([]);
  expect(over.state.reply?.userText).toBe(FINISHED);
});

it('writes the verdict, if there was one, into the record of the turn', () => {
  const noted = (prosody: Prosody | undefined): unknown => {
    const pause = new Pause(FINISHED);
    pause.verdict(prosody);
    const end = { pieces: 1, lastRevision: 0, reason: 'silence', speechEndMs: 1872, decidedMs: 2222 } as const;
    pause.hear({ type: 'utterance_ended', turnId: 1, ...end });
    return pause.state.reply?.trace?.fields.prosody;
  };
  expect([noted('incomplete'), noted('complete'), noted(undefined)]).toEqual(['incomplete', 'complete', undefined]);
});

it('asks again at the next pause, and sends all pieces', () => {
  const pause = new Pause(FINISHED);
  pause.verdict('incomplete');
  pause.hear({ type: 'speech_resumed', turnId: 1, atMs: 2300, commits: 0 });
  pause.piece(Int16Array.of(3), 1);
  expect(asked(pause.do(pause.text('I want a cake.', 2)))).toEqual([
    { type: 'judge_prosody', requestId: 2, pcm: Int16Array.of(1, 2, 3) },
  ]);
});

it('asks the model later if the voice sounds incomplete, and still lets the person continue meanwhile', () => {
  const pause = new Pause(FINISHED, RULES, 'auto', { thinkingMs: 700 });
  const timers = (effects: readonly TurnEffect[]): readonly number[] =>
    effects.flatMap((effect) => (effect.type === 'start_timer' && effect.name === 'ask_early' ? [effect.delayMs] : []));
  expect(timers(pause.words)).toEqual([350 - 228]);
  expect(timers(pause.verdict('incomplete'))).toEqual([1300 - 298]);
  expect(pause.state.listening?.endMs).toBe(1300);
});

it('measures the free pause from the time at which the model was asked, not from the verdict', () => {
  const rules = { ...RULES, speculative: true };
  const pause = new Pause(FINISHED, rules, 'auto', { thinkingMs: 700 });
  expect(pause.state.prepared?.sinceMs).toBe(2100);
  expect(silences(pause.words)).toEqual([228 + 700 - 150]);
  expect(silences(pause.verdict('complete'))).toEqual([228 + 700 - 150]);
});
