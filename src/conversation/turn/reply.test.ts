import { describe, expect, it } from 'vitest';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import type { EndedTurn, SpeakingEvent, TurnEffect, TurnEvent } from './events.js';
import { LONGEST_CALL_MS } from '../tools/tool-call.js';
import { reduce } from './reduce.js';
import { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
import { initialState } from './state.js';

const RULES: TurnRules = {
  ...DEFAULT_TURN_RULES,
  language: 'en-US',
  exitWords: ['bye'],
  wakeWords: ['hi esp'],
  endpoint: { initialSilenceMs: () => 700, requiredSilenceMs: () => 400, ownPauseAfter: () => 0 },
};
const STATS = { packets: 1, bytes: 90, underruns: 0, underrunMs: 0, firstAudioMs: 1, cachedSentences: 0, sentences: 1 };
const pcm = new Int16Array(1);
const heard = (event: ListeningEvent): TurnEvent => ({ type: 'heard', event });
const timer = (name: Extract<TurnEvent, { type: 'timer' }>['name']): TurnEvent => ({ type: 'timer', name });
const abort: TurnEvent = { type: 'abort' };

/** A session that gets one event a second and keeps its decisions. */
function session(rules: Partial<TurnRules> = {}) {
  let nowMs = 0;
  const effects: TurnEffect[] = [];
  let { state } = reduce({ ...RULES, ...rules }, initialState(0), { type: 'opened' }, 0);
  const on = (...events: readonly TurnEvent[]): number => {
    for (const event of events) {
      nowMs += 1000;
      const result = reduce({ ...RULES, ...rules }, state, event, nowMs);
      state = result.state;
      effects.push(...result.effects);
    }
    return nowMs;
  };
  const ofType = <T extends TurnEffect['type']>(type: T): Extract<TurnEffect, { type: T }>[] =>
    effects.filter((effect): effect is Extract<TurnEffect, { type: T }> => effect.type === type);
  const turnId = (): number => ofType('begin_listening').at(-1)?.turn.turnId ?? 0;
  const replyId = (): number => state.lastReplyId;
  const part = (one: ReplyPart): TurnEvent => ({ type: 'part', replyId: replyId(), part: one });
  const speaking = (event: SpeakingEvent): TurnEvent => ({ type: 'speaking', replyId: replyId(), event });
  return {
    on,
    ofType,
    part,
    speaking,
    listen: () => on({ type: 'listen_start', mode: 'auto' }),
    /** Speech begins and ends; permission to talk is requested. */
    speak: () => {
      on(
        heard({ type: 'speech_started', turnId: turnId(), atMs: 300 }),
        heard({
          type: 'piece',
          turnId: turnId(),
          index: 0,
          revision: 0,
          pcm,
          startMs: 0,
          endMs: 900,
          committed: false,
        }),
      );
      return on(
        heard({
          type: 'utterance_ended',
          turnId: turnId(),
          pieces: 1,
          lastRevision: 0,
          reason: 'silence',
          speechEndMs: 900,
          decidedMs: 1500,
        }),
      );
    },
    recognise: (text: string) =>
      on({
        type: 'recognised',
        requestId: ofType('recognise').at(-1)?.requestId ?? 0,
        recognition: { text, asr: 'm', waitMs: 1, runMs: 2, punctuationMeansEnd: true },
      }),
    say: (text: string) => on(part({ type: 'speech', text }), speaking({ type: 'first_packet', atMs: 0 })),
    finish: () => on(speaking({ type: 'finished', stats: STATS })),
    /** Times of the last turn in the admission requests, in order. */
    asked: () => ofType('request_admission').map(({ lastTurnEndedMs }) => lastTurnEndedMs),
    turnedAway: () => ofType('release_admission').map(({ turnedAway }) => turnedAway),
    records: (): (EndedTurn | undefined)[] => [
      ...ofType('turn_ended').map(({ record }) => record),
      ...ofType('stop_reply').map(({ record }) => record),
    ],
  };
}

/** A session in the middle of its first answer. */
function answering(rules: Partial<TurnRules> = {}) {
  const one = session(rules);
  one.listen();
  one.speak();
  one.on({ type: 'admitted' });
  const askedMs = one.recognise('hello');
  return { ...one, askedMs };
}

describe('admission learns', () => {
  it('that a device was turned away when the device hears that all are busy, and only then', () => {
    const refused = session();
    refused.listen();
    refused.speak();
    refused.on(timer('admission'));
    expect(refused.ofType('say')).toHaveLength(1);
    expect(refused.turnedAway()).toEqual([true]);
  });

  it('nothing where it has refused by itself', () => {
    const refused = session();
    refused.listen();
    refused.speak();
    refused.on({ type: 'not_admitted' });
    expect(refused.ofType('say')).toHaveLength(1);
    expect(refused.turnedAway()).toEqual([]);
  });

  it('that nobody was turned away who gave up waiting, or was answered', () => {
    const impatient = session();
    impatient.listen();
    impatient.speak();
    impatient.on({ type: 'closed' });
    expect(impatient.turnedAway()).toEqual([false]);
    const restarted = session();
    restarted.listen();
    restarted.speak();
    restarted.on(abort);
    expect(restarted.turnedAway()).toEqual([false]);
    const served = answering();
    served.say('Hi.');
    served.finish();
    expect(served.turnedAway()).toEqual([false]);
  });

  it('when the last answer ended, so that its conversation goes before new ones', () => {
    const one = answering();
    one.say('Hi.');
    const endedMs = one.finish();
    one.on(timer('tail'));
    one.speak();
    expect(one.asked()).toEqual([undefined, endedMs]);
  });

  it('when the last answer was interrupted', () => {
    const one = answering();
    one.say('Hi.');
    const endedMs = one.on(abort);
    one.listen();
    one.speak();
    expect(one.asked()).toEqual([undefined, endedMs]);
  });

  it('of no conversation after a greeting alone, or one that the speaker broke off', () => {
    for (const brokenOff of [false, true]) {
      const greeted = session();
      greeted.on({ type: 'detect' });
      greeted.listen();
      greeted.on(heard({ type: 'still_silent', turnId: 1, atMs: 400 }));
      if (brokenOff) greeted.on(abort);
      else {
        greeted.finish();
        greeted.on(timer('tail'));
      }
      greeted.listen();
      greeted.speak();
      expect(greeted.asked()).toEqual([undefined]);
    }
  });
});

describe('the record of a turn has', () => {
  it('the tokens of all rounds of the model', () => {
    const one = answering();
    one.on(one.part({ type: 'usage', inputTokens: 100, outputTokens: 7 }));
    one.on(one.part({ type: 'usage', inputTokens: 120, outputTokens: undefined }));
    one.on(one.part({ type: 'usage', inputTokens: undefined, outputTokens: 5 }));
    one.say('Hi.');
    one.finish();
    expect(one.records()).toMatchObject([{ outcome: 'answered', inputTokens: 220, outputTokens: 12, code: undefined }]);
  });

  it('how long the model took to its first token, its first chunk and its end', () => {
    const one = answering();
    const stages = [
      one.on(one.part({ type: 'first_token' })),
      one.on(one.part({ type: 'speech', text: 'Hi.' })),
      one.on(one.part({ type: 'speech', text: 'There.' })) + 1000,
    ].map((atMs) => atMs - one.askedMs);
    one.on({ type: 'parts_ended', replyId: 1 });
    one.finish();
    const [first, chunk, end] = stages;
    expect(one.records()).toMatchObject([
      { stagesMs: { llm_first_token: first, llm_first_chunk: chunk, llm_answer: end } },
    ]);
  });

  it('the tools that were used, sixteen at most', () => {
    const one = answering();
    for (let n = 0; n < 20; n++) one.on(one.part({ type: 'tool', name: `tool ${n}` }));
    one.say('Hi.');
    one.finish();
    expect(one.records()).toMatchObject([{ toolsUsed: Array.from({ length: 16 }, (_, n) => `tool ${n}`) }]);
  });

  it('the failure: a reply in which nothing happens any more, the model, the voice; and the first of several', () => {
    const stalled = answering();
    stalled.on(timer('stalled'));
    expect(stalled.records()).toMatchObject([{ outcome: 'failed', code: 'internal' }]);
    const model = answering();
    model.on({ type: 'parts_failed', replyId: 1, code: 'llm.timeout' });
    model.on(timer('stalled'));
    expect(model.records()).toMatchObject([{ outcome: 'failed', code: 'llm.timeout' }]);
    const voice = answering();
    voice.on(voice.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    voice.finish();
    expect(voice.records()).toMatchObject([{ outcome: 'failed', code: 'tts.failed' }]);
  });
});

describe('a reply without a sign of life', () => {
  const waits = (one: ReturnType<typeof session>): number | undefined =>
    one
      .ofType('start_timer')
      .filter(({ name }) => name === 'stalled')
      .at(-1)?.delayMs;

  it('is given up later while a tool is called than otherwise, also behind the sentence that bridges it', () => {
    const { stalledMs, calledStalledMs } = DEFAULT_TURN_RULES;
    expect(calledStalledMs).toBeGreaterThan(LONGEST_CALL_MS);
    const one = answering();
    expect(waits(one)).toBe(stalledMs);
    one.on(one.part({ type: 'tool', name: 'self_camera_take_photo' }));
    expect(waits(one)).toBe(calledStalledMs);
    one.on(one.part({ type: 'waiting' }), one.speaking({ type: 'first_packet', atMs: 0 }));
    one.on(one.speaking({ type: 'progress' }));
    expect(waits(one)).toBe(calledStalledMs);
    one.say('A cat.');
    expect(waits(one)).toBe(stalledMs);
    one.on(one.part({ type: 'waiting' }));
    expect(waits(one)).toBe(stalledMs);
  });
});
