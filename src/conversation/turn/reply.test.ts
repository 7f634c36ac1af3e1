import { describe, expect, it } from 'vitest';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import type { EndedTurn, SpeakingEvent, TurnEffect, TurnEvent } from './events.js';
import { LONGEST_CALL_MS } from '../tools/tool-call.js';
import { phrase, type PhraseKey } from '../session/phrases.js';
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
    ended: () => on({ type: 'parts_ended', replyId: replyId() }),
    said: () => ofType('say').map((effect) => effect.text),
    /** Messages to the device of one type. */
    sent: (type: 'llm' | 'tts') => ofType('send').flatMap(({ message }) => (message.type === type ? [message] : [])),
    timers: () => state.timers,
    state: () => state,
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

  it('the documents that the model was given, ten at most and none twice', () => {
    const one = answering();
    one.on(one.part({ type: 'sources', sources: ['a', 'b'] }));
    one.on(one.part({ type: 'sources', sources: ['b', ...Array.from({ length: 20 }, (_, n) => `${n}`)] }));
    one.say('Hi.');
    one.finish();
    expect(one.records()).toMatchObject([{ sources: ['a', 'b', '0', '1', '2', '3', '4', '5', '6', '7'] }]);
  });

  it('when the first sound was sent, also if an apology follows', () => {
    const one = answering();
    one.on(one.part({ type: 'speech', text: 'Hi.' }));
    const soundMs = one.askedMs + 1500;
    one.on(one.speaking({ type: 'first_packet', atMs: soundMs }));
    one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    one.on(one.speaking({ type: 'first_packet', atMs: soundMs + 9000 }));
    one.finish();
    expect(one.records()).toMatchObject([{ outcome: 'failed', stagesMs: { first_packet: 1500 } }]);
  });

  it('how it ended: with an answer, an apology, a farewell, or "busy"', () => {
    const outcomes = (one: ReturnType<typeof session>) => {
      one.finish();
      return one.records().map((record) => record?.outcome);
    };
    const answered = answering();
    answered.say('Hi.');
    expect(outcomes(answered)).toEqual(['answered']);
    const nothing = session();
    nothing.on({ type: 'listen_start', mode: 'manual' });
    nothing.on(
      heard({
        type: 'utterance_ended',
        turnId: 1,
        pieces: 0,
        lastRevision: 0,
        reason: 'stopped',
        speechEndMs: 0,
        decidedMs: 0,
      }),
    );
    expect(outcomes(nothing)).toEqual(['not_understood']);
    const parted = session();
    parted.listen();
    parted.speak();
    parted.on({ type: 'admitted' });
    parted.recognise('bye');
    expect(outcomes(parted)).toEqual(['exit']);
    const refused = session();
    refused.listen();
    refused.speak();
    refused.on(timer('admission'));
    expect(outcomes(refused)).toEqual(['busy']);
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

describe('the parts of an answer', () => {
  const SOUNDS = { next: () => Promise.resolve(undefined), stopped: () => undefined };
  const PARTS: Record<ReplyPart['type'], ReplyPart> = {
    first_token: { type: 'first_token' },
    usage: { type: 'usage', inputTokens: 1, outputTokens: 1 },
    sources: { type: 'sources', sources: ['a'] },
    emotion: { type: 'emotion', emotion: 'happy' },
    speech: { type: 'speech', text: 'Hi.' },
    tool: { type: 'tool', name: 'light' },
    waiting: { type: 'waiting' },
    play: { type: 'play', sounds: SOUNDS },
    end: { type: 'end' },
  };
  const SILENT: readonly ReplyPart['type'][] = ['first_token', 'usage', 'sources'];

  it.each(Object.values(PARTS))('begin to speak only with what is heard, seen or done: $type', (part) => {
    const one = answering({ repairMs: 60_000 });
    one.on(one.part(part));
    expect(one.ofType('begin_reply')).toHaveLength(SILENT.includes(part.type) ? 0 : 1);
  });

  it.each(Object.values(PARTS))('are dropped, the answer too, if the person still speaks: $type', (part) => {
    const one = answering({ repairMs: 60_000 });
    one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }), one.part(part));
    const kept = SILENT.includes(part.type);
    expect(one.state().reply === undefined).toBe(!kept);
    expect([one.said(), one.sent('llm'), one.ofType('play')]).toEqual([[], [], []]);
    expect(one.ofType('count_barge_in')).toHaveLength(kept ? 0 : 1);
  });

  it('are dropped also if there are no more', () => {
    const one = answering({ repairMs: 60_000 });
    one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }));
    one.ended();
    expect([one.state().reply, one.ofType('begin_reply'), one.ofType('end_reply')]).toEqual([undefined, [], []]);
  });

  it.each(Object.values(PARTS))('have no effect after the end of the answer: $type', (part) => {
    const one = answering();
    one.say('Hi.');
    one.ended();
    const { reply } = one.state();
    const before = one.ofType('start_timer').length;
    one.on(one.part(part));
    one.ended();
    one.on({ type: 'parts_failed', replyId: 1, code: 'llm.timeout' });
    expect(one.state().reply).toEqual(reply);
    expect([one.said(), one.sent('llm'), one.ofType('play')]).toEqual([['Hi.'], [], []]);
    expect(one.ofType('end_reply')).toHaveLength(1);
    expect(one.ofType('start_timer')).toHaveLength(before);
  });

  it('show emotions that the protocol knows', () => {
    const one = answering();
    one.on(one.part({ type: 'emotion', emotion: 'hangry' }), one.part({ type: 'emotion', emotion: 'happy' }));
    expect(one.sent('llm')).toEqual([{ type: 'llm', emotion: 'happy' }]);
  });

  it('say no blanks, except as a part of a sentence that is being written', () => {
    const one = answering();
    one.on(one.part({ type: 'speech', text: ' ' }));
    expect(one.timers().has('filler')).toBe(true);
    one.on(
      one.part({ type: 'speech', text: 'Well', part: 'piece' }),
      one.part({ type: 'speech', text: ' ', part: 'end' }),
    );
    one.on(one.part({ type: 'speech', text: 'Bye.' }));
    expect(one.ofType('say')).toEqual([
      { type: 'say', replyId: 1, text: 'Well', part: 'piece' },
      { type: 'say', replyId: 1, text: ' ', part: 'end' },
      { type: 'say', replyId: 1, text: 'Bye.' },
    ]);
    expect(one.timers().has('filler')).toBe(false);
  });

  it('may be spoken by the model itself', () => {
    const speech = { voice: 'v', format: { encoding: 'pcm', sampleRateHz: 16_000 } } as never;
    const one = answering();
    one.on(one.part({ type: 'speech', text: 'Hi.', speech }));
    expect(one.ofType('say')).toEqual([{ type: 'say', replyId: 1, text: 'Hi.', speech }]);
  });

  it('play sounds, during which the device gives its permission back and says no filler', () => {
    const one = answering();
    one.on(one.part({ type: 'play', sounds: SOUNDS }));
    expect(one.ofType('play')).toEqual([{ type: 'play', replyId: 1, sounds: SOUNDS }]);
    expect(one.timers().has('filler')).toBe(false);
    expect(one.turnedAway()).toEqual([]);
    one.ended();
    expect(one.turnedAway()).toEqual([false]);
  });

  it('end the conversation once they were spoken', () => {
    const one = answering();
    one.on(one.part({ type: 'end' }));
    one.say('Bye.');
    one.finish();
    one.on(timer('tail'));
    expect(one.ofType('close')).toEqual([{ type: 'close', reason: 'answer' }]);
  });
});

describe('a silence before the answer', () => {
  const text = (key: PhraseKey): string => phrase('en-US', key);
  const asked = (words: string) => {
    const one = session();
    one.listen();
    one.speak();
    one.on({ type: 'admitted' });
    one.recognise(words);
    return one;
  };

  it('is filled by what was asked for, once more after 8 s, and then no more', () => {
    const one = asked('Why is the sky blue?');
    one.on(timer('filler'));
    expect(one.said()).toEqual([text('filler')]);
    expect(one.ofType('start_timer').at(-1)).toEqual({ type: 'start_timer', name: 'filler', delayMs: 8000 });
    one.on(timer('filler'));
    expect(one.said()).toEqual([text('filler'), text('one_moment')]);
    expect(one.timers().has('filler')).toBe(false);
    const other = asked('Turn on the light.');
    other.on(timer('filler'));
    expect(other.said()).toEqual([text('one_moment')]);
  });

  it('is not filled again while a sound of the answer is on its way, nor over the person', () => {
    const one = asked('hello');
    one.on(timer('filler'), one.speaking({ type: 'first_packet', atMs: 0 }));
    expect(one.timers().has('filler')).toBe(true);
    one.on(one.part({ type: 'speech', text: 'Hi.' }));
    expect(one.timers().has('filler')).toBe(false);
    const two = answering({ repairMs: 60_000 });
    two.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }), timer('filler'));
    expect(two.said()).toEqual([]);
    expect(two.timers().has('filler')).toBe(false);
  });

  it('is bridged while a tool works, once it has sounded, and never over speech', () => {
    const one = asked('hello');
    one.on(one.part({ type: 'waiting' }), one.part({ type: 'waiting' }));
    const bridge = { type: 'say', replyId: 1, text: text('one_moment'), ifQuiet: true };
    expect(one.ofType('say')).toEqual([bridge, bridge]);
    expect(one.state().reply?.asides).toEqual([text('one_moment')]);
    expect(one.timers().has('filler')).toBe(false);
    one.on(one.speaking({ type: 'sentence', index: 0, text: text('one_moment') }), one.part({ type: 'waiting' }));
    expect(one.ofType('say')).toHaveLength(2);
  });
});

describe('when an answer fails', () => {
  const text = (key: PhraseKey): string => phrase('en-US', key);

  it('the reason is said, after what there is of it', () => {
    const one = answering();
    one.say('Hi.');
    one.on({ type: 'parts_failed', replyId: 1, code: 'llm.timeout' });
    expect(one.said()).toEqual(['Hi.', text('llm_timeout')]);
    expect(one.ofType('end_reply')).toHaveLength(1);
    const other = answering();
    other.on({ type: 'parts_failed', replyId: 1, code: 'protocol.bad_message' });
    expect(other.said()).toEqual([text('llm_failed')]);
  });

  it('nothing is said over the person who goes on', () => {
    const one = answering({ repairMs: 60_000 });
    one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }));
    one.on({ type: 'parts_failed', replyId: 1, code: 'llm.timeout' });
    expect(one.said()).toEqual([]);
    expect(one.state().reply).toBeUndefined();
  });

  it('because its voice does, another voice apologises, once the device has had time to open its speaker', () => {
    const one = answering();
    one.on(one.part({ type: 'speech', text: 'Hi.' }));
    one.on(one.speaking({ type: 'failed', code: 'tts.unavailable', stats: STATS }));
    expect(one.said()).toEqual(['Hi.', text('voice_missing')]);
    expect(one.sent('tts')).toHaveLength(1);
    one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    // The apology failed as well: the reply is over.
    expect(one.said()).toHaveLength(2);
    expect(one.ofType('cancel_converse')).toEqual([{ type: 'cancel_converse', replyId: 1 }]);
    expect(one.records()).toMatchObject([{ outcome: 'failed', code: 'tts.unavailable' }]);
  });

  it('for a reason that has no sentence of its own, one of us is said', () => {
    const one = answering();
    one.on(one.speaking({ type: 'failed', code: 'protocol.bad_message', stats: STATS }));
    expect(one.said()).toEqual([text('internal')]);
    expect([one.timers().has('filler'), one.state().reply?.playing]).toEqual([false, false]);
  });

  it('before the device was told to speak, it is told so for the apology', () => {
    const one = answering({ repairMs: 60_000 });
    expect(one.sent('tts')).toEqual([]);
    const failedMs = one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    expect(one.sent('tts')).toEqual([{ type: 'tts', state: 'start' }]);
    expect(one.ofType('open_reply').at(-1)).toMatchObject({ notBeforeMs: failedMs + RULES.firstPacketGapMs });
    expect(one.timers().has('repair')).toBe(false);
  });
});

describe('what was spoken', () => {
  it('is shown sentence by sentence and remembered, without what only bridged the wait', () => {
    const one = answering();
    one.on(timer('filler'));
    const [filler = ''] = one.said();
    one.on(one.speaking({ type: 'sentence', index: 0, text: filler }));
    one.say('Hi.');
    one.on(one.speaking({ type: 'sentence', index: 1, text: 'Hi.' }));
    one.on(one.speaking({ type: 'sentence', index: 2, text: 'There.' }));
    one.ended();
    one.finish();
    expect(one.sent('tts').slice(1)).toEqual(
      [filler, 'Hi.', 'There.'].map((text) => ({ type: 'tts', state: 'sentence_start', text })),
    );
    expect(one.ofType('remember')).toEqual([{ type: 'remember', userText: 'hello', replyText: 'Hi. There.' }]);
  });

  it('is not remembered if nobody asked', () => {
    const one = session();
    one.on({ type: 'detect' });
    one.listen();
    one.on(heard({ type: 'still_silent', turnId: 1, atMs: 400 }));
    one.finish();
    expect(one.ofType('remember')).toEqual([]);
    expect(one.ofType('turn_ended')).toEqual([]);
  });

  it('is followed by the progress of a download, on the screen only', () => {
    const one = session();
    one.listen();
    one.speak();
    one.on({ type: 'admitted' });
    one.on({
      type: 'recognition_failed',
      requestId: one.ofType('recognise').at(-1)?.requestId ?? 0,
      code: 'asr.failed',
      percent: 40,
    });
    const [said = ''] = one.said();
    one.on(one.speaking({ type: 'sentence', index: 0, text: said }));
    expect(one.sent('tts').at(-1)).toEqual({ type: 'tts', state: 'sentence_start', text: `${said} (40%)` });
  });

  it('leaves no filler to be said', () => {
    const one = answering();
    one.finish();
    expect(one.timers().has('filler')).toBe(false);
  });

  it('ends once: nothing of its voice counts after that', () => {
    const one = answering();
    one.say('Hi.');
    one.finish();
    const { reply } = one.state();
    one.finish();
    one.on(one.speaking({ type: 'sentence', index: 1, text: 'More.' }), one.part({ type: 'speech', text: 'More.' }));
    expect(one.state().reply).toEqual(reply);
    expect(one.said()).toEqual(['Hi.']);
    expect(one.records()).toHaveLength(1);
    expect([one.timers().has('stalled'), one.timers().has('filler')]).toEqual([false, false]);
  });
});

describe('notices', () => {
  const notice = (id: string, ...chunks: readonly string[]): TurnEvent => ({
    type: 'notice',
    notice: { id, chunks, urgent: false },
  });
  const over = (one: ReturnType<typeof session>) =>
    one.ofType('notice_over').map(({ id, spoken }) => `${id} ${spoken ? 'spoken' : 'not spoken'}`);

  it('follow a reply after which the device listens, eight at once and then the others', () => {
    const one = answering();
    for (let n = 1; n <= 10; n++) one.on(notice(`${n}`, `Notice ${n}.`));
    one.say('Hi.');
    one.finish();
    one.on(timer('tail'));
    expect(one.said()).toEqual(['Hi.', ...Array.from({ length: 8 }, (_, n) => `Notice ${n + 1}.`)]);
    expect(one.sent('tts')).toHaveLength(1);
    one.finish();
    one.on(timer('tail'));
    expect(one.said().slice(-2)).toEqual(['Notice 9.', 'Notice 10.']);
    one.finish();
    one.on(timer('tail'));
    expect(one.said()).toHaveLength(11);
    expect(one.sent('tts').at(-1)).toEqual({ type: 'tts', state: 'stop' });
    expect(one.ofType('close')).toEqual([]);
  });

  it('do not follow a farewell', () => {
    const one = answering();
    one.on(notice('a', 'Tea.'), one.part({ type: 'end' }));
    one.say('Bye.');
    one.finish();
    one.on(timer('tail'));
    expect(one.said()).toEqual(['Bye.']);
    expect(one.ofType('close')).toHaveLength(1);
  });

  it('count as spoken from their first sentence on; those that did not sound are not', () => {
    const one = answering();
    one.on(notice('a', 'Tea is ready.', 'Really.'), notice('b', 'Rain.'), notice('c', 'Sun.'));
    one.say('Hi.');
    one.finish();
    one.on(timer('tail'));
    one.on(one.speaking({ type: 'sentence', index: 0, text: 'Tea is ready.' }));
    one.on(one.speaking({ type: 'sentence', index: 1, text: 'Really.' }));
    one.on(one.speaking({ type: 'sentence', index: 2, text: 'Rain.' }));
    expect(over(one)).toEqual(['a spoken', 'b spoken']);
    one.finish();
    expect(over(one)).toEqual(['a spoken', 'b spoken', 'c not spoken']);
    expect(one.ofType('remember')).toHaveLength(1);
  });

  it('wait until the device has changed its state, and the farewell comes again after them', () => {
    const one = session({ noticeGapMs: 1500 });
    one.listen();
    const second = timer('typed');
    for (let seconds = 0; seconds < 60; seconds++) one.on(second);
    one.on(timer('idle'));
    one.finish();
    one.on(timer('tail'));
    expect(one.state().farewellSaid).toBe(true);
    one.on(notice('a', 'Tea.'));
    expect(one.timers().has('notice')).toBe(true);
    one.on(second);
    expect(one.said().at(-1)).toBe('Tea.');
    expect(one.state().farewellSaid).toBe(false);
    expect(one.timers().has('notice')).toBe(false);
  });
});
