import { describe, expect, it } from 'vitest';
import { heard, timer } from '../../../test/fakes/turn-events.js';
import { answering, session } from '../../../test/fakes/turn-session.js';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import { phrase, type PhraseKey } from '../session/phrases.js';

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
    silence: { type: 'silence' },
    end: { type: 'end' },
  };
  const SILENT: readonly ReplyPart['type'][] = ['first_token', 'usage', 'sources'];

  it.each(Object.values(PARTS))('make the device speak only if they are noticed or have an effect: $type', (part) => {
    const one = answering({ repairMs: 60_000 });
    one.on(one.part(part));
    expect(one.ofType('begin_reply')).toHaveLength(SILENT.includes(part.type) ? 0 : 1);
  });

  it.each(Object.values(PARTS))('are dropped with the answer if the person still speaks: $type', (part) => {
    const one = answering({ repairMs: 60_000 });
    one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }), one.part(part));
    const kept = SILENT.includes(part.type);
    expect(one.state().reply === undefined).toBe(!kept);
    expect([one.said(), one.sent('llm'), one.ofType('play')]).toEqual([[], [], []]);
    expect(one.ofType('count_barge_in')).toHaveLength(kept ? 0 : 1);
  });

  it('are dropped with the answer at its end if the person still speaks', () => {
    const one = answering({ repairMs: 60_000 });
    one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }));
    one.ended();
    expect([one.state().reply, one.ofType('begin_reply'), one.ofType('end_reply')]).toEqual([undefined, [], []]);
  });

  it.each(Object.values(PARTS))('have no effect after the answer has ended: $type', (part) => {
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

  it('begin no music if the server is about to stop', () => {
    const one = answering();
    one.on({ type: 'drain' }, one.part(PARTS.play));
    expect(one.ofType('play')).toEqual([]);
    one.ended();
    one.finish();
    one.on(timer('tail'), timer('drain'));
    expect(one.state().closed).toBe(true);
  });

  it('show only emotions of the protocol', () => {
    const one = answering();
    one.on(one.part({ type: 'emotion', emotion: 'hangry' }), one.part({ type: 'emotion', emotion: 'happy' }));
    expect(one.sent('llm')).toEqual([{ type: 'llm', emotion: 'happy' }]);
  });

  it('are not spoken if they are blank, except within an unfinished sentence', () => {
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

  it('that play sounds release the permit, and no filler is spoken', () => {
    const one = answering();
    one.on(one.part({ type: 'play', sounds: SOUNDS }));
    expect(one.ofType('play')).toEqual([{ type: 'play', replyId: 1, sounds: SOUNDS }]);
    expect(one.timers().has('filler')).toBe(false);
    expect(one.turnedAway()).toEqual([]);
    one.ended();
    expect(one.turnedAway()).toEqual([false]);
  });

  it('that end the conversation are spoken first', () => {
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

  it('is filled according to the request, and once more after 8 s', () => {
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

  it('is not filled again while sound of the answer is on its way or the person speaks', () => {
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

  it('is bridged while a tool works, until the bridging sentence was heard, and never over speech', () => {
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
