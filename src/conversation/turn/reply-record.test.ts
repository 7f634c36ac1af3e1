import { describe, expect, it } from 'vitest';
import { abort, heard, STATS, timer } from '../../../test/fakes/turn-events.js';
import { answering, session } from '../../../test/fakes/turn-session.js';
import { LONGEST_CALL_MS } from '../tools/tool-call.js';
import { DEFAULT_TURN_RULES } from './rules.js';

describe('admission', () => {
  it('is told that a device was turned away only when the device plays the "busy" phrase', () => {
    const refused = session();
    refused.listen();
    refused.speak();
    refused.on(timer('admission'));
    expect(refused.ofType('say')).toHaveLength(1);
    expect(refused.turnedAway()).toEqual([true]);
  });

  it('is told nothing if admission itself refused the device', () => {
    const refused = session();
    refused.listen();
    refused.speak();
    refused.on({ type: 'not_admitted' });
    expect(refused.ofType('say')).toHaveLength(1);
    expect(refused.turnedAway()).toEqual([]);
  });

  it('is told that a device was not turned away if the device gave up or was answered', () => {
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

  it('is told when the last answer ended, so that it can prefer this conversation to new ones', () => {
    const one = answering();
    one.say('Hi.');
    const endedMs = one.finish();
    one.on(timer('tail'));
    one.speak();
    expect(one.asked()).toEqual([undefined, endedMs]);
  });

  it('is told when the last answer was interrupted', () => {
    const one = answering();
    one.say('Hi.');
    const endedMs = one.on(abort);
    one.listen();
    one.speak();
    expect(one.asked()).toEqual([undefined, endedMs]);
  });

  it('is told of no conversation after a mere greeting, even if the greeting was interrupted', () => {
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

describe('the record of a turn contains', () => {
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

  it('the tools that were used, at most sixteen', () => {
    const one = answering();
    for (let n = 0; n < 20; n++) one.on(one.part({ type: 'tool', name: `tool ${n}` }));
    one.say('Hi.');
    one.finish();
    expect(one.records()).toMatchObject([{ toolsUsed: Array.from({ length: 16 }, (_, n) => `tool ${n}`) }]);
  });

  it('the documents that the model was given, at most ten and each once', () => {
    const one = answering();
    one.on(one.part({ type: 'sources', sources: ['a', 'b'] }));
    one.on(one.part({ type: 'sources', sources: ['b', ...Array.from({ length: 20 }, (_, n) => `${n}`)] }));
    one.say('Hi.');
    one.finish();
    expect(one.records()).toMatchObject([{ sources: ['a', 'b', '0', '1', '2', '3', '4', '5', '6', '7'] }]);
  });

  it('the time of the first sound, even if an apology follows', () => {
    const one = answering();
    one.on(one.part({ type: 'speech', text: 'Hi.' }));
    const soundMs = one.askedMs + 1500;
    one.on(one.speaking({ type: 'first_packet', atMs: soundMs }));
    one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    one.on(one.speaking({ type: 'first_packet', atMs: soundMs + 9000 }));
    one.finish();
    expect(one.records()).toMatchObject([{ outcome: 'failed', stagesMs: { first_packet: 1500 } }]);
  });

  it('the outcome: an answer, an apology, a farewell, or "busy"', () => {
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

  it('the first failure, whether of a stalled reply, the model or the voice', () => {
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

describe('a reply without progress', () => {
  const waits = (one: ReturnType<typeof session>): number | undefined =>
    one
      .ofType('start_timer')
      .filter(({ name }) => name === 'stalled')
      .at(-1)?.delayMs;

  it('has a longer limit while a tool is called, even after a bridging sentence', () => {
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
