import { describe, expect, it } from 'vitest';
import { heard, RULES, STATS, timer } from '../../../test/fakes/turn-events.js';
import { answering, session } from '../../../test/fakes/turn-session.js';
import { phrase, type PhraseKey } from '../session/phrases.js';
import type { TurnEvent } from './events.js';

describe('a failing answer', () => {
  const text = (key: PhraseKey): string => phrase('en-US', key);

  it('says the reason after the text that it already has', () => {
    const one = answering();
    one.say('Hi.');
    one.on({ type: 'parts_failed', replyId: 1, code: 'llm.timeout' });
    expect(one.said()).toEqual(['Hi.', text('llm_timeout')]);
    expect(one.ofType('end_reply')).toHaveLength(1);
    const other = answering();
    other.on({ type: 'parts_failed', replyId: 1, code: 'protocol.bad_message' });
    expect(other.said()).toEqual([text('llm_failed')]);
  });

  it('says nothing over a person who continues', () => {
    const one = answering({ repairMs: 60_000 });
    one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }));
    one.on({ type: 'parts_failed', replyId: 1, code: 'llm.timeout' });
    expect(one.said()).toEqual([]);
    expect(one.state().reply).toBeUndefined();
  });

  it('apologises in another voice if its voice fails, and waits as after `tts start`', () => {
    const one = answering();
    one.on(one.part({ type: 'speech', text: 'Hi.' }));
    one.on(one.speaking({ type: 'failed', code: 'tts.unavailable', stats: STATS }));
    expect(one.said()).toEqual(['Hi.', text('voice_missing')]);
    expect(one.sent('tts')).toHaveLength(1);
    one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    expect(one.said()).toHaveLength(2);
    expect(one.ofType('cancel_converse')).toEqual([{ type: 'cancel_converse', replyId: 1 }]);
    expect(one.records()).toMatchObject([{ outcome: 'failed', code: 'tts.unavailable' }]);
  });

  it('gives a general reason if its error has no sentence', () => {
    const one = answering();
    one.on(one.speaking({ type: 'failed', code: 'protocol.bad_message', stats: STATS }));
    expect(one.said()).toEqual([text('internal')]);
    expect([one.timers().has('filler'), one.state().reply?.playing]).toEqual([false, false]);
  });

  it('switches the device to speaking for the apology, if necessary', () => {
    const one = answering({ repairMs: 60_000 });
    expect(one.sent('tts')).toEqual([]);
    const failedMs = one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    expect(one.sent('tts')).toEqual([{ type: 'tts', state: 'start' }]);
    expect(one.ofType('open_reply').at(-1)).toMatchObject({ notBeforeMs: failedMs + RULES.firstPacketGapMs });
    expect(one.timers().has('repair')).toBe(false);
  });
});

describe('the spoken text', () => {
  it('is shown sentence by sentence, and remembered without fillers', () => {
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

  it('is remembered with spaces if it is English on a Chinese device', () => {
    const one = answering({ language: 'zh-CN' });
    for (const text of ['It is noon.', 'The weather is fine.'])
      one.on(one.part({ type: 'speech', text }), one.speaking({ type: 'sentence', index: 0, text }));
    one.ended();
    one.finish();
    expect(one.ofType('remember')).toMatchObject([{ replyText: 'It is noon. The weather is fine.' }]);
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

  it('is followed by the progress of a download, which is shown but not spoken', () => {
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

  it('cancels the filler when it ends', () => {
    const one = answering();
    one.finish();
    expect(one.timers().has('filler')).toBe(false);
  });

  it('ends once, and later events of its voice have no effect', () => {
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

  it('follow a reply after which the device listens, at most eight at a time', () => {
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

  it('count as spoken once nearly all of their sound was sent, otherwise as not spoken', () => {
    const one = answering();
    one.on(notice('a', 'Tea is ready.', 'Really.'), notice('b', 'Rain.'), notice('c', 'Sun.'));
    one.say('Hi.');
    one.finish();
    one.on(timer('tail'));
    one.on(one.speaking({ type: 'sentence', index: 0, text: 'Tea is ready.' }));
    one.on(one.speaking({ type: 'sentence_sent', index: 0 }));
    one.on(one.speaking({ type: 'sentence', index: 1, text: 'Really.' }));
    expect(over(one)).toEqual([]);
    one.on(one.speaking({ type: 'sentence_sent', index: 1 }));
    expect(over(one)).toEqual(['a spoken']);
    one.on(one.speaking({ type: 'sentence', index: 2, text: 'Rain.' }));
    expect(over(one)).toEqual(['a spoken']);
    one.finish();
    expect(over(one)).toEqual(['a spoken', 'b spoken', 'c not spoken']);
    expect(one.ofType('remember')).toHaveLength(1);
  });

  it('are over when the user interrupts them, but not when the connection is lost', () => {
    for (const [event, outcome] of [
      [{ type: 'abort' }, ['a spoken']],
      [{ type: 'closed' }, []],
    ] as const) {
      const one = answering();
      one.on(notice('a', 'Tea is ready.'));
      one.say('Hi.');
      one.finish();
      one.on(timer('tail'));
      one.on(one.speaking({ type: 'sentence', index: 0, text: 'Tea is ready.' }));
      one.on(event);
      expect(over(one)).toEqual(outcome);
    }
  });

  it('wait until the device has changed its state, and the farewell is repeated after them', () => {
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
