import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, FAIL, loadMp3, TEN } from '../../../test/fakes/speaking-world.js';

beforeAll(loadMp3);

const GUESS = { notBeforeMs: Infinity, guess: true } as const;

describe('a reply that may never be needed', () => {
  it('is synthesised in advance, and played as soon as it may begin', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 300, pieceMs: 20 }]),
    ]);
    const { reply, events, sent } = talk(GUESS);
    reply.say(TEN);
    await clock.advance(5_000);
    expect(sent).toHaveLength(0);
    expect(events).toEqual([]);
    reply.begin(clock.nowMs() + 120);
    reply.end();
    await clock.advance(120);
    expect(sent).toHaveLength(1);
    await clock.advance(10_000);
    expect(events.map(({ type }) => type)).toEqual(['sentence', 'first_packet', 'sentence_sent', 'finished']);
    expect(events.at(-1)).toMatchObject({ stats: { underruns: 0 } });
    await expectNothingLeft();
  });

  it('takes a CPU slot as a guess, and gets a deadline when the reply begins', async () => {
    const { clock, talk, expectNothingLeft, slotRequests } = createSpeakingWorld((clock) => [
      scriptedTts('local', clock, [{ firstMs: 300 }], { local: true }),
    ]);
    const { reply } = talk(GUESS);
    reply.say(TEN);
    await clock.advance(0);
    const [first] = slotRequests;
    expect(first?.deadlineMs).toBeUndefined();
    expect(first?.guess?.deadlineMs).toBeUndefined();
    reply.begin(clock.nowMs() + 120, clock.nowMs() + 50);
    expect(first?.guess?.deadlineMs).toBe(clock.nowMs() + 50);
    reply.say('And one more sentence.');
    reply.end();
    await clock.advance(10_000);
    expect(slotRequests).toHaveLength(2);
    expect(slotRequests[1]?.guess).toBeUndefined();
    expect(slotRequests[1]?.deadlineMs).toBeGreaterThan(0);
    await expectNothingLeft();
  });

  it('leaves nothing behind when it is stopped before playback', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 300, pieceMs: 20 }]),
    ]);
    const { reply, events, sent } = talk(GUESS);
    reply.say(TEN);
    await clock.advance(200);
    expect(reply.stop()).toMatchObject({ text: '', playedMs: 0 });
    await clock.advance(10_000);
    expect([sent.length, events.length, providers[0]?.requests.length]).toEqual([0, 0, 1]);
    await expectNothingLeft();
  });

  it('reports its failure before it begins', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: FAIL }]),
    ]);
    const { reply, events } = talk(GUESS);
    reply.say(TEN);
    await clock.advance(1_000);
    expect(events.map(({ type }) => type)).toEqual(['failed']);
    await expectNothingLeft();
  });
});

describe('takesGuesses', () => {
  const request = { deviceId: 'd', language: 'en-US', voice: undefined };

  type More = Parameters<typeof createSpeakingWorld>[2];
  it.each<[string, More, Partial<ReturnType<typeof scriptedTts>>, boolean]>([
    ['an ordinary voice', {}, {}, true],
    ['a paid voice', {}, { paid: true }, false],
    ['a paid voice, if paid guesses are allowed', { paidGuesses: true }, { paid: true }, true],
    ['a voice that others need', { paidGuesses: true }, { hasRoom: () => false }, false],
    ['a voice with room', {}, { hasRoom: () => true }, true],
    ['a local voice', {}, { local: true }, true],
    ['a local voice with one CPU slot', { localGuesses: false }, { local: true }, false],
    ['a service with one CPU slot', { localGuesses: false }, {}, true],
  ])('decides for %s', (_, more, voice, takes) => {
    const make = (clock: Parameters<typeof scriptedTts>[1]) => [
      Object.assign(scriptedTts('cloud', clock, [{}]), voice),
    ];
    const { speaking } = createSpeakingWorld(make, undefined, more);
    expect(speaking.takesGuesses(request)).toBe(takes);
  });

  it('is false without a voice', () => {
    expect(createSpeakingWorld(() => []).speaking.takesGuesses(request)).toBe(false);
  });
});
