import { describe, expect, it } from 'vitest';
import {
  abort,
  admitted,
  after,
  ended,
  heard,
  hearing,
  listening,
  pcm,
  PIECE,
  piece,
  recognising,
  RULES,
  say,
  silent,
  speaking,
  speech,
  start,
  text,
  thinking,
  timer,
  voice,
  word,
} from '../../../test/fakes/turn-events.js';
import { phrase } from '../session/phrases.js';
import type { Notice, TurnEffect, TurnEvent } from './events.js';
import { reduce } from './reduce.js';
import { initialState, type TurnState } from './state.js';

it('keeps the pieces of an utterance in order when the first is revised', () => {
  const part = (index: number, revision = 0): TurnEvent => heard({ ...PIECE, index, revision });
  const { state } = after([...hearing, part(0), part(1), part(0, 1)]);
  expect(state.listening?.pieces.map(({ index, revision }) => [index, revision])).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

it('counts a pause as a habit of the person only if it was longer than the silence that the words require', () => {
  const pause = (endMs: number): number => {
    const endpoint = {
      ...RULES.endpoint,
      requiredSilenceMs: () => endMs,
      ownPauseAfter: (knownMs: number, pauseMs?: number) => pauseMs ?? knownMs,
    };
    const goesOn = heard({ type: 'speech_resumed', turnId: 1, atMs: 1 });
    return after([...hearing, piece(), text('hello'), goesOn], { ...RULES, endpoint }).state.ownPauseMs;
  };
  // One second passes per event, so the speech resumes 2128 ms after it stopped.
  expect(pause(2000)).toBe(2128);
  expect(pause(2500)).toBe(0);
});

describe('the table of states and events', () => {
  it('waits for admission up to 3 s after the last word', () => {
    const { state, nowMs } = after([...listening, speech(), piece()]);
    expect(reduce({ ...RULES, admissionWaitMs: 3000 }, state, ended(), nowMs).effects).toContainEqual({
      type: 'start_timer',
      name: 'admission',
      delayMs: 2400,
    });
  });

  it('sets the deadline of the text from the end of the utterance, however late admission comes', () => {
    const { state, nowMs } = after([...listening, speech(), piece(), ended()]);
    expect(reduce(RULES, state, admitted, nowMs + 2000).effects).toContainEqual({
      type: 'recognise',
      requestId: 1,
      pcm,
      deadlineMs: nowMs + RULES.transcriptTargetMs,
    });
  });

  it('does not change the given state', () => {
    const { state, nowMs } = after(thinking);
    const before = structuredClone(state);
    reduce(RULES, state, say('Hi.'), nowMs);
    reduce(RULES, state, abort, nowMs);
    expect(state).toEqual(before);
  });
});

function timeline(events: readonly (readonly [atMs: number, event: TurnEvent])[], rules = RULES): TurnState {
  let { state } = reduce(rules, initialState(0), { type: 'opened' }, 0);
  for (const [atMs, event] of events) ({ state } = reduce(rules, state, event, atMs));
  return state;
}
const idleAt = (state: TurnState, atMs: number) => reduce(RULES, state, timer('idle'), atMs).effects;
const words = (effects: readonly TurnEffect[]) => effects.map(word);
const said = (effects: readonly TurnEffect[]) =>
  effects.flatMap((effect) => (effect.type === 'say' ? [effect.text] : []));

describe('a silent session', () => {
  const idle = (delayMs: number) => ({ type: 'start_timer', name: 'idle', delayMs });
  const FAREWELL = [
    [1000, start()],
    [61_000, timer('idle')],
    [62_000, voice('finished')],
    [63_000, timer('tail')],
  ] as const;

  it('starts the idle timer when it opens', () => {
    expect(reduce(RULES, initialState(0), { type: 'opened' }, 0).effects).toEqual([idle(60_000)]);
  });

  it('says goodbye exactly 60 s after the user was last active, and hangs up 10 s later', () => {
    const state = timeline([[1000, start()]]);
    expect(idleAt(state, 60_999)).toEqual([idle(1)]);
    expect(idleAt(state, 61_000)).toContainEqual(idle(10_000));
    expect(said(idleAt(state, 61_000))).toEqual([phrase('en-US', 'farewell')]);
    const over = timeline(FAREWELL);
    expect(idleAt(over, 70_999)).toEqual([idle(1)]);
    expect(words(idleAt(over, 71_000))).toContain('close: idle');
  });

  it('measures the silence from the end of its last reply', () => {
    const talk = [...speaking, voice('finished')].map((event, second) => [(second + 1) * 1000, event] as const);
    const state = timeline([...talk, [50_000, timer('tail')]]);
    expect(idleAt(state, 109_999)).toEqual([idle(1)]);
    expect(said(idleAt(state, 110_000))).toHaveLength(1);
  });

  it('stays open if the user is active, but not if the device listens by itself after the farewell', () => {
    const later = (...events: readonly TurnEvent[]) =>
      words(idleAt(timeline([...FAREWELL, ...events.map((event) => [64_000, event] as const)]), 71_000));
    expect(later(start())).toContain('close: idle');
    expect(later(start('realtime'))).toContain('close: idle');
    expect(later(start('manual'))).toEqual(['+idle']);
    expect(later({ type: 'detect' }, start())).toEqual(['+idle']);
    expect(said(idleAt(timeline([...FAREWELL.slice(0, 2), [62_000, start()]]), 122_000))).toHaveLength(1);
  });

  it('stays open after the abort of a question, but not after an abort without effect', () => {
    expect(
      said(
        idleAt(
          timeline([
            [1000, start()],
            [30_000, abort],
          ]),
          61_000,
        ),
      ),
    ).toHaveLength(1);
    const asked = recognising.map((event, second) => [(second + 1) * 1000, event] as const);
    expect(idleAt(timeline([...asked, [30_000, abort]]), 61_000)).toEqual([idle(29_000)]);
  });

  it('checks again after 10 s while it speaks', () => {
    const { state } = after(speaking);
    for (const atMs of [state.quietSinceMs + 60_000, 300_000]) expect(idleAt(state, atMs)).toEqual([idle(10_000)]);
  });

  it('says no farewell to a device that never listened', () => {
    expect(idleAt(timeline([]), 60_000)).toEqual([idle(10_000)]);
  });

  it('waits six times because of sounds without words, sends an emotion each time, then says goodbye', () => {
    for (const sounds of [hearing, recognising]) {
      let { state } = after(sounds);
      for (let times = 0; times < 6; times++) {
        const { effects, state: next } = reduce(RULES, state, timer('idle'), 100_000);
        expect(effects).toEqual([{ type: 'send', message: { type: 'llm', emotion: 'neutral' } }, idle(10_000)]);
        state = next;
      }
      const effects = idleAt(state, 100_000);
      expect(said(effects)).toEqual([phrase('en-US', 'farewell')]);
      expect(words(effects).includes('turn abandoned')).toBe(sounds === recognising);
      state = reduce(RULES, state, start(), 100_000).state;
      state = reduce(RULES, state, speech(state.listening?.turnId), 101_000).state;
      expect(words(idleAt(state, 200_000))).toEqual(['llm', '+idle']);
    }
  });
});

describe('the heard speech', () => {
  it('begins where speech was first detected, but never in the future', () => {
    const onset = (...atMs: readonly number[]) =>
      timeline([
        [1000, start()],
        ...atMs.map((at) => [2000, heard({ type: 'speech_started', turnId: 1, atMs: at })] as const),
      ]).listening?.onsetMs;
    expect(onset(300)).toBe(1300);
    expect(onset(5000)).toBe(2000);
    expect(onset(300, 700)).toBe(1300);
  });

  it('yields those pauses of the person that are longer than the current wait', () => {
    const resumed = heard({ type: 'speech_resumed', turnId: 1, atMs: 1 });
    const pauses = (resumedMs: number, ...words: readonly TurnEvent[]) => {
      const passed: (number | undefined)[] = [];
      const ownPauseAfter = (known: number, pauseMs: number | undefined): number => {
        passed.push(pauseMs);
        return known;
      };
      timeline(
        [
          [1000, start()],
          [2000, speech()],
          [2100, admitted],
          [2200, resumed],
          [3000, piece()],
          ...words.map((event) => [3050, event] as const),
          [resumedMs, resumed],
        ],
        { ...RULES, endpoint: { ...RULES.endpoint, ownPauseAfter } },
      );
      return passed;
    };
    expect(pauses(3700, text('hello'))).toEqual([700 + RULES.pieceSilenceMs]);
    // A wait of 400 ms ends 272 ms after the piece was heard.
    expect(pauses(3272, text('hello'))).toEqual([]);
    // Without known words, the initial wait of 700 ms applies.
    expect(pauses(3573)).toEqual([701]);
    expect(pauses(3572)).toEqual([]);
  });

  it('has to arrive within 20 s after the button is released; otherwise an apology follows', () => {
    const { state, nowMs } = after([start('manual'), speech(), admitted]);
    const stopped = reduce(RULES, state, { type: 'listen_stop' }, nowMs);
    expect(stopped.effects).toContainEqual({ type: 'start_timer', name: 'recognition', delayMs: 20_000 });
    const { effects } = reduce(RULES, stopped.state, timer('recognition'), nowMs + 20_000);
    expect(said(effects)).toEqual([phrase('en-US', 'asr_failed')]);
    const lost = reduce(RULES, state, heard({ type: 'lost', turnId: 1 }), nowMs);
    expect(said(lost.effects)).toEqual([phrase('en-US', 'internal')]);
  });

  it('fails with the code of a timeout if its text comes too late', () => {
    const { state, nowMs } = after(recognising);
    const failed = reduce(RULES, state, timer('recognition'), nowMs);
    expect(failed.state.reply?.error).toBe('asr.timeout');
  });
});

describe('a wake word with no request after it', () => {
  const tea: Notice = { id: 'a', chunks: ['Tea.'], urgent: false };

  it('is answered with the waiting notice', () => {
    const { state, nowMs } = after([{ type: 'detect' }, start(), { type: 'notice', notice: tea }]);
    expect(said(reduce(RULES, state, silent(400), nowMs).effects)).toEqual(['Tea.']);
  });

  it('is answered with a greeting', () => {
    const { state, nowMs } = after([{ type: 'detect' }, start()]);
    expect(said(reduce(RULES, state, silent(400), nowMs).effects)).toEqual([phrase('en-US', 'greeting')]);
  });

  it('is over after a silence, so that a later notice does not wait', () => {
    const rules = { ...RULES, greeting: false };
    const { state, nowMs } = after([{ type: 'detect' }, start(), silent(400)], rules);
    expect(said(reduce(rules, state, { type: 'notice', notice: tea }, nowMs + 2000).effects)).toEqual(['Tea.']);
  });

  it('is greeted once, even if the microphone stays open', () => {
    const { state, nowMs } = after([
      { type: 'detect' },
      start('realtime'),
      silent(400),
      voice('finished'),
      timer('tail'),
    ]);
    expect(reduce(RULES, state, silent(800), nowMs).effects).toEqual([]);
  });
});
