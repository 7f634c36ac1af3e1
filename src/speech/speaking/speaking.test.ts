import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedSeconds, scriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, FAIL, loadMp3, TEN } from '../../../test/fakes/speaking-world.js';

beforeAll(loadMp3);

describe('a reply', () => {
  it('speaks its sentences in order, announces each with its first packet, and finishes after playback', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 300, pieceMs: 20 }]),
    ]);
    const { reply, events, sent, marks } = talk();
    reply.say(TEN);
    reply.say('And one more sentence.');
    reply.end();
    await clock.advance(10_000);
    expect(events.map((event) => event.type)).toEqual([
      'sentence',
      'first_packet',
      'sentence_sent',
      'sentence',
      'sentence_sent',
      'finished',
    ]);
    expect(marks.indexOf('sentence 0')).toBe(0);
    expect(marks[1]).toBe('packet');
    expect(marks[marks.indexOf('sentence 1') + 1]).toBe('packet');
    const finished = events.at(-1);
    if (finished?.type !== 'finished') throw new Error('not finished');
    expect(finished.stats).toMatchObject({
      packets: sent.length,
      underruns: 0,
      sentences: 2,
      cachedSentences: 0,
      firstAudioMs: 300,
    });
    // The speech lasts 4.2 s. Silence at its end may be trimmed.
    const spokenMs = (scriptedSeconds(TEN) + scriptedSeconds('And one more sentence.')) * 1000;
    expect(sent.length * 60).toBeGreaterThan(spokenMs - 500);
    expect(sent.length * 60).toBeLessThan(spokenMs + 300);
    expect(providers[0]?.requests.map((request) => request.text)).toEqual([TEN, 'And one more sentence.']);
    await expectNothingLeft();
  });

  it('accepts a bridging phrase only while none of its own text is waiting or being played', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 300, pieceMs: 20 }]),
    ]);
    const { reply, events } = talk();
    reply.say(TEN);
    for (const atMs of [0, 400, 1500]) {
      await clock.advance(atMs);
      reply.sayIfQuiet('Not now.');
    }
    await clock.advance(10_000);
    reply.sayIfQuiet('One moment.');
    reply.sayIfQuiet('Nor now.');
    reply.end();
    await clock.advance(10_000);
    expect(events.flatMap((event) => (event.type === 'sentence' ? [event.text] : []))).toEqual([TEN, 'One moment.']);
    await expectNothingLeft();
  });

  it('lets the voice prepare once while its text is being written, and later ends the preparation', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{}]),
      scriptedTts('other', clock, [{}]),
    ]);
    const { reply } = talk();
    await clock.advance(0);
    const [cloud, other] = providers;
    expect(cloud?.expecting.map((signal) => signal.aborted)).toEqual([false]);
    await clock.advance(400);
    reply.say(TEN);
    await clock.advance(400);
    reply.say('And one more sentence.');
    reply.end();
    await clock.advance(10_000);
    expect(cloud?.expecting.map((signal) => signal.aborted)).toEqual([true]);
    const stopped = talk();
    await clock.advance(0);
    stopped.reply.stop();
    await clock.advance(0);
    expect(cloud?.expecting.map((signal) => signal.aborted)).toEqual([true, true]);
    expect(other?.expecting).toEqual([]);
    await expectNothingLeft();
  });

  it('does not let the voice prepare if text comes at once or the voice is paused', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ error: FAIL }]),
    ]);
    for (let i = 0; i < 3; i++) {
      const { reply } = talk();
      reply.say(`${TEN}${i}`);
      reply.end();
      await clock.advance(1000);
    }
    expect(providers[0]?.requests.length).toBeGreaterThanOrEqual(3);
    const { reply } = talk();
    await clock.advance(0);
    reply.stop();
    expect(providers[0]?.expecting).toEqual([]);
    await expectNothingLeft();
  });

  it('sends nothing before the earliest time, and packets at least 20 ms apart', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld((clock) => [scriptedTts('fast', clock, [{}])]);
    const { reply, sent } = talk({ notBeforeMs: 100 });
    reply.say(TEN);
    reply.end();
    await clock.advance(8000);
    expect(sent[0]?.atMs).toBe(100);
    for (const [i, packet] of sent.entries()) {
      if (i === 0) continue;
      expect(packet.atMs - sent[i - 1]!.atMs).toBeGreaterThanOrEqual(20);
      expect(packet.timestampMs).toBeGreaterThan(sent[i - 1]!.timestampMs);
    }
    await expectNothingLeft();
  });

  it('synthesises the next sentence during the current one', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 1500 }]),
    ]);
    const { reply, last } = talk();
    for (let i = 0; i < 4; i++) reply.say(TEN);
    reply.end();
    await clock.advance(2200);
    expect(providers[0]?.requests.length).toBe(2);
    await clock.advance(20_000);
    expect(last()).toMatchObject({ type: 'finished', stats: { underruns: 0 } });
    await expectNothingLeft();
  });

  it('stops reading the provider when 10 s are encoded ahead, and resumes later', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('fast', clock, [{}]),
    ]);
    const long = 'a'.repeat(300); // 30 s
    const { reply, sent, last } = talk();
    reply.say(long);
    reply.end();
    await clock.advance(1000);
    // The encoder is 10 s ahead, and 1.4 s of audio wait between provider and encoder.
    expect(providers[0]!.pieces * 0.2).toBeLessThan(14);
    await clock.advance(40_000);
    expect(sent.length).toBeGreaterThan(485);
    expect(last()).toMatchObject({ type: 'finished', stats: { underruns: 0 } });
    await expectNothingLeft();
  });

  it('makes a fast writer wait until another sentence is needed', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 500 }]),
    ]);
    const { reply } = talk();
    let ready = 0;
    const write = (async () => {
      for (let i = 0; i < 5; i++) {
        await reply.ready();
        ready += 1;
        reply.say(TEN);
      }
      reply.end();
    })();
    await clock.advance(100);
    expect(ready).toBe(3);
    await clock.advance(30_000);
    expect(ready).toBe(5);
    await write;
    await expectNothingLeft();
  });

  it('finishes asynchronously if it is empty', async () => {
    const { clock, talk, expectNothingLeft } = createSpeakingWorld((clock) => [scriptedTts('fast', clock, [{}])]);
    const { reply, events } = talk();
    reply.say('  ');
    reply.end();
    expect(events).toEqual([]);
    await clock.advance(0);
    expect(events).toMatchObject([{ type: 'finished', stats: { packets: 0, sentences: 0 } }]);
    await expectNothingLeft();
  });
});

describe('the end of a reply that is stopped', () => {
  it('means that no more packets are sent, and gives the text that was heard', async () => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ firstMs: 100, pieceMs: 10 }]),
    ]);
    const { reply, sent, events } = talk();
    reply.say('One two three four.');
    reply.say('Five six seven eight nine ten eleven.');
    await clock.advance(100 + 2800);
    const count = events.length;
    const packets = sent.length;
    const heard = reply.stop();
    // The first sentence lasts 1.9 s. Of the second, 0.7 of 3.6 s were played, which is one of seven words.
    expect(heard.text).toBe('One two three four. Five');
    expect(heard.playedMs).toBeGreaterThan(2500);
    expect(heard.playedMs).toBeLessThanOrEqual(2800);
    reply.say('Too late.');
    reply.end();
    await clock.advance(20_000);
    expect(sent).toHaveLength(packets);
    expect(events).toHaveLength(count);
    expect(providers[0]?.requests.length).toBe(2);
    expect(reply.stop().text).toBe(heard.text);
    await expectNothingLeft();
  });

  it.each([
    ['before anything was said', [], 50],
    ['while the voice is silent', [{ firstMs: 2000 }], 500],
    ['while the voice hangs beyond its signal', [{ firstMs: Infinity }], 500],
    ['while the stream hangs beyond its signal', [{ hangAfter: 2 }], 900],
  ])('%s leaves nothing behind', async (_when, script, afterMs) => {
    const { clock, talk, expectNothingLeft, providers } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, script),
    ]);
    const { reply, sent } = talk();
    if (script.length > 0) reply.say(TEN);
    await clock.advance(afterMs);
    const packets = sent.length;
    reply.stop();
    await clock.advance(30_000);
    expect(sent).toHaveLength(packets);
    expect(providers[0]?.signals.every(({ aborted }) => aborted)).toBe(true);
    await expectNothingLeft();
  });

  it('also comes when the server ends', async () => {
    const { clock, talk, scope, speaking } = createSpeakingWorld((clock) => [
      scriptedTts('cloud', clock, [{ pieceMs: 50 }]),
    ]);
    const { reply, sent } = talk();
    reply.say(TEN);
    await clock.advance(500);
    await scope.close();
    const packets = sent.length;
    await clock.advance(5000);
    expect(sent).toHaveLength(packets);
    expect(clock.pending).toBe(0);
    expect(speaking.replies).toBe(0);
    const late = talk();
    late.reply.say(TEN);
    late.reply.end();
    await clock.advance(5000);
    expect(late.sent).toEqual([]);
  });
});
